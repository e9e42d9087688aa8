# Ends with a code of its own, after everything that must run at the end has run.
at_exit { puts "last, #{$!.class} #{$!.status}" }
at_exit { puts 'at exit' }
END { puts 'END' }
BEGIN { puts 'BEGIN' }

def work
  yield
ensure
  puts 'ensure'
end

work do
  warn 'to stderr'
  exit 42
end
puts 'never'
