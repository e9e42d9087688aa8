# An exception that nobody catches, with its cause.
class ConfigError < StandardError
  def initialize(text)
    super("bad configuration #{text.inspect}")
  end
end

def parse(text)
  text.split(',').to_h do |part|
    key, value = part.split('=')
    [key, Integer(value)]
  end
end

def load_configuration(text)
  parse(text)
rescue ArgumentError
  raise ConfigError, text
end

p load_configuration('a=1,b=2')
tries = 0
begin
  tries += 1
  raise IOError, "try #{tries}" if tries < 3

  puts "worked at try #{tries}"
rescue IOError
  retry
else
  puts 'else'
ensure
  puts 'ensure'
end
result = catch(:found) do
  10.times { |n| throw :found, n if n * n > 30 }
  nil
end
p result
begin
  [1, 2].fetch(9)
rescue IndexError, KeyError => e
  puts e.class, e.backtrace.first[/main\.rb:\d+/]
end
load_configuration('a=1,b=x')
