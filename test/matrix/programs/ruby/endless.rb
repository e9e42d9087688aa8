# Never ends, and takes no notice of signals that ask it to.
%w[TERM INT HUP].each { |name| trap(name, 'IGNORE') }
puts 'turning'
$stdout.flush
loop {}
