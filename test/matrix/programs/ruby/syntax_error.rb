# A program that does not even parse.
puts 'never'
def broken(
  puts 1
