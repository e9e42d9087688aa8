# Counts words on standard input.
lines = $stdin.readlines(chomp: true)
counts = lines.flat_map { |line| line.downcase.scan(/[[:alpha:]]+/) }.tally
puts "#{lines.size} lines, #{counts.values.sum} words, #{counts.size} different"
counts.sort_by { |word, count| [-count, word] }.first(5).each do |word, count|
  puts format('%-8s%3d %s', word, count, '#' * count)
end
p $stdin.eof?, gets, lines.last, $PROGRAM_NAME == __FILE__
