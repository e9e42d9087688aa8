# Preloaded, by RUBYOPT, by an interpreter that waits for its program. It is loaded last of all that runs before the program,
# when ruby has opened the script (so far an empty one, see wait.sh) and is about to tell that file its encoding: there,
# when this file and its `require` are done with and out of sight, the interpreter waits to open the real script. The
# environment gets the order that it has without the shell of wait.sh.
Dir.chdir('/workspace')
environment = ENV.slice('PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'TMPDIR')
ENV.clear
ENV.update(environment)
script = ObjectSpace.each_object(File).find { |file| !file.closed? && file.path == 'main.rb' }
def script.set_encoding(*encoding)
  singleton_class.send(:remove_method, :set_encoding)
  $LOADED_FEATURES.delete('/usr/local/lib/tvm/ruby/wait.rb')
  # Makes ruby's index of the features anew.
  require 'monitor'
  reopen('main.rb')
  # Draws a new seed: the one of the start is the same in all clones.
  srand
  beginning = read(256).to_s
  # Options in the first line, or another interpreter's name, are for an interpreter that begins.
  exec('ruby', 'main.rb') if /\A#!(?!.*ruby\s*$)/.match?(beginning)
  rewind
  # As ruby counts: it reads such a line for itself first.
  self.lineno = 1 if beginning.start_with?('#!')
  set_encoding(*encoding)
end
