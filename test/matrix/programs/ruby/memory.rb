# Uses most of the memory that it may have, and makes garbage all the while.
blocks = Array.new(12) { |n| (n + 97).chr * (5 * 1024 * 1024) }
p blocks.sum(&:bytesize) / 1_048_576, blocks.map { |block| block[4096] }.join
blocks.clear
GC.start
numbers = Array.new(300_000) { |n| n * n }
p numbers.sum
10.times { Array.new(20_000) { |n| "garbage #{n}" } }
table = numbers.each_slice(3).to_h { |a, b, _| [a, b] }
p table.size, table[9], GC.count.positive?
require 'objspace'
p ObjectSpace.memsize_of('x' * 100_000) >= 100_000
