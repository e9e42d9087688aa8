# Threads that share work: a queue, a mutex, a condition, locals, errors, fibers.
require 'timeout'
require 'fiber'

tasks = Queue.new
done = []
mutex = Mutex.new
workers = Array.new(8) do
  Thread.new do
    while (number = tasks.pop) != :end
      mutex.synchronize { done << number * number }
    end
  end
end
200.times { |n| tasks << n }
8.times { tasks << :end }
workers.each(&:join)
p done.size, done.sum

counter = 0
turn = ConditionVariable.new
pair = [0, 1].map do |mine|
  Thread.new do
    100.times do
      mutex.synchronize do
        turn.wait(mutex) until counter % 2 == mine
        counter += 1
        turn.broadcast
      end
    end
  end
end
pair.each(&:join)
p counter

failing = Thread.new do
  Thread.current.report_on_exception = false
  raise ArgumentError, 'in a thread'
end
begin
  failing.join
rescue ArgumentError => e
  puts e.message
end
begin
  Timeout.timeout(0.05) { sleep }
rescue Timeout::Error => e
  puts e.class
end
thread = Thread.new { Thread.current[:a] = 1; Thread.stop; :value }
sleep 0.01 until thread.stop?
p thread[:a], thread.status, thread.run.value
begin
  Queue.new.pop
rescue Exception => e
  puts e.class, e.message[/No live threads left/]
end

fibonacci = Enumerator.new do |yielder|
  a, b = 0, 1
  loop do
    yielder << a
    a, b = b, a + b
  end
end
p fibonacci.lazy.select(&:even?).first(8), fibonacci.next, fibonacci.next, fibonacci.peek
fiber = Fiber.new { |x| y = Fiber.yield(x * 2); y + 1 }
p fiber.resume(5), fiber.resume(10), fiber.alive?
limited = SizedQueue.new(2)
producer = Thread.new { 5.times { |n| limited << n }; limited.close }
received = []
while (n = limited.pop)
  received << n
end
producer.join
p received
