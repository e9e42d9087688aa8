# Files in memory are memory: /dev/shm, deleted but open.
files = []
loop do
  file = File.open("/dev/shm/#{files.size}", "w+")
  File.delete(file.path)
  file.write("x" * (1 << 20))
  files << file
rescue Errno::ENOSPC
  files << ("y" * (1 << 20))
end
