# Some 200 KB of output in pieces of many sizes, by every way to write.
state = 12_345
2000.times do |number|
  state = (state * 1_103_515_245 + 12_345) % 2**31
  puts "#{number} #{'x' * (state / 65_536 % 150)}"
  if (number % 500).zero?
    $stdout.flush
    $stdout.syswrite("raw #{number}\n")
  end
end
$stdout << (0...8000).map { |n| format("%05d\n", n) }.join
