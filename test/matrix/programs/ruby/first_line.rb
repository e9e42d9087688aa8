#!/usr/bin/env ruby -w
# frozen_string_literal: true
# Options in the first line count, and so do the comments after it.
p $VERBOSE, 'a'.frozen?, __LINE__, $PROGRAM_NAME
p ENV.keys.grep(/RUBY/), $LOADED_FEATURES.grep(/tvm/), ENV['PATH'], caller
