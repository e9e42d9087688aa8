# Files in the work folder and the temporary one, and what is not to be written.
require 'fileutils'
require 'tempfile'
require 'tmpdir'
require 'pathname'
require 'etc'

puts Dir.pwd, Dir.children('.').sort.inspect, Dir.home, Etc.getpwuid.name, __dir__
FileUtils.mkdir_p('data/deep')
3.times { |n| File.write("data/deep/file #{n}.txt", "línea #{n}\n" * (n + 1)) }
File.symlink('file 1.txt', 'data/deep/soft')
File.link('data/deep/file 0.txt', 'data/deep/hard')
Dir.glob('data/**/*').sort.each { |path| puts "#{path} #{File.file?(path) ? File.size(path) : 'folder'} #{File.symlink?(path)}" }
File.open('data/deep/file 2.txt', 'r+b') do |file|
  file.seek(-5, IO::SEEK_END)
  file.write('TAIL')
  file.truncate(file.pos)
end
p File.binread('data/deep/file 2.txt')[-8..], format('%o', File.stat('data/deep/hard').mode), File.foreach('data/deep/soft').to_a
File.open('log', 'a') { |file| file.puts 'one', 'two' }
File.open('log', 'a+') { |file| file.puts 'three'; file.rewind; p file.each_line.map(&:chomp), file.lineno }
FileUtils.mv('log', 'data/log')
p Pathname.new('data').join('log').relative_path_from(Pathname.new('data/deep')).to_s
FileUtils.rm_rf('data')
p Dir.children('.').sort
Tempfile.create('x') { |file| p File.dirname(file.path), File.exist?(file.path) }
Dir.mktmpdir { |folder| p File.dirname(folder), Dir.empty?(folder) }
%w[/etc/new /usr/new].each do |path|
  File.write(path, 'x')
rescue Errno::EROFS, Errno::EACCES
  puts "#{path} is not to be written"
end
p Process.uid == Process.euid, Process.uid.zero?
p DATA.each_line.map(&:chomp), DATA.path
__END__
first line of data
second
