# Threads and processes, all into one stream.
4.times { fork { loop { $stdout.syswrite("p" * 8192) } } }
4.times { Thread.new { loop { $stdout.syswrite("t" * 8192) } } }
sleep
