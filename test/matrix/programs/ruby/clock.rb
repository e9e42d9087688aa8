# Time zones, calendars and the encoding of the locale.
require 'time'
require 'date'

puts Encoding.default_external, Encoding.find('locale'), ENV['LANG'], Time.now.zone
moment = Time.at(1_700_000_000)
%w[UTC America/New_York Asia/Kolkata Australia/Lord_Howe Europe/Berlin].each do |zone|
  ENV['TZ'] = zone
  puts "#{zone.ljust(20)} #{Time.at(moment.to_i).strftime('%Y-%m-%d %H:%M:%S %Z %z')} #{Time.at(moment.to_i).dst?}"
end
puts Time.local(2024, 3, 31, 1, 30) + 3600, Time.local(2024, 10, 27, 3, 30) - 7200
puts moment.getlocal('+05:45').iso8601(3), moment.utc.httpdate
puts Time.parse('2024-02-29T12:00:00+09:00').utc, Time.strptime('31/12/99', '%d/%m/%y').year
leap = Date.new(2024, 2, 28) + 2
puts leap, leap.cweek, leap.strftime('%A %-d %B %Y'), leap >> 12, Date.valid_date?(2023, 2, 29), (Date.new(2024, 12, 25) - leap).to_i
puts DateTime.new(2001, 2, 3.5).to_s
begin
  Date.parse('no date')
rescue Date::Error => e
  puts e.message
end
before = Process.clock_gettime(Process::CLOCK_MONOTONIC)
sleep 0.05
elapsed = Process.clock_gettime(Process::CLOCK_MONOTONIC) - before
p elapsed >= 0.05 && elapsed < 3, Time.now.year >= 2024
