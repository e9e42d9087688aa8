# The stack, and what unwinds it.
def deeper(n) = n.zero? ? 0 : 1 + deeper(n + 1)
begin
  deeper(1)
rescue SystemStackError
  puts "the stack ends"
end
nested = []
200_000.times { nested = [nested] }
begin
  nested.flatten
  nested.inspect
rescue SystemStackError
  puts "again"
end
STDOUT.flush
loop { eval("[" * 100_000) rescue SyntaxError }
