# Parses its arguments, then shows what is left.
require 'optparse'

original = ARGV.dup
options = { count: 1 }
parser = OptionParser.new do |o|
  o.banner = 'Usage: tool [options]'
  o.on('-cN', '--count=N', Integer, 'how often') { |n| options[:count] = n }
  o.on('-v', '--[no-]verbose') { |v| options[:verbose] = v }
end
rest = parser.parse!(ARGV)
rest.each { |name| puts ([name] * options[:count]).join(' ') + (options[:verbose] ? '!' : '') }
original.each_with_index { |argument, index| puts "#{index + 1} #{argument.dump} #{argument.bytesize}" }
begin
  parser.parse(%w[--count=x])
rescue OptionParser::InvalidArgument => e
  puts e.message
end
puts parser.banner
