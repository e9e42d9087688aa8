#!/bin/sh
# Stands for the interpreter in a template only, where there is no main.rb yet: ruby reads the beginning of its script
# before it loads what is preloaded. So it gets another main.rb, and wait.rb takes it back.
PATH=/usr/local/bin:/usr/bin:/bin
cd /usr/local/lib/tvm/ruby/stub || exit
exec ruby "$@"
