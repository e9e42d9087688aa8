# Never stops to ask for memory.
puts 'begin'
$stdout.flush
blocks = []
loop { blocks << 'x' * (1024 * 1024) }
