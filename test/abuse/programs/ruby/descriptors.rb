require "socket"

# Descriptors in flight: passed through a socket that nobody reads, they are in no table.
held = []
sent = 0
begin
  loop do
    left, right = UNIXSocket.pair
    held << left << right
    100.times do
      left.send_io(File.open("/dev/null"))
      sent += 1
      GC.start if (sent % 50).zero?
    end
  end
rescue SystemCallError => error
  puts "refused: #{error.class.name[/\w+$/]}"
end
puts sent < 5000 ? "and few are in flight" : "ESCAPED #{sent}"
