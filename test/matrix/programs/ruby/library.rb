# A walk through the standard library.
require 'json'
require 'yaml'
require 'csv'
require 'set'
require 'digest'
require 'openssl'
require 'zlib'
require 'base64'
require 'erb'
require 'ostruct'
require 'securerandom'
require 'stringio'
require 'strscan'
require 'forwardable'
require 'singleton'
require 'observer'
require 'benchmark'
require 'logger'
require 'pp'
require 'uri'
require 'net/http'
require 'open3'
require 'shellwords'
require 'tsort'
require 'weakref'
require 'rexml/document'
require 'socket'
require 'io/console'
require 'minitest'
require 'fiddle'

data = { 'b' => [1, 2.5, nil, true], 'a' => 'é', 'n' => { 'x' => {} } }
puts JSON.generate(data), JSON.pretty_generate(data['n']), JSON.parse('{"k": [1, {"z": null}]}', symbolize_names: true)
puts YAML.dump({ 'b' => [1, 2.5, true], 'a' => 'é', 'c' => {} }), YAML.safe_load("- 1\n- {a: b}\n- |\n  text\n").inspect
puts CSV.parse("id,text\n1,\"a, \"\"b\"\"\"\n", headers: true).map { |row| row['text'] }.inspect, ['x', 'y,z'].to_csv
p Set[3, 1] | [2], Set[1, 2] ^ Set[2, 3], Digest::SHA256.hexdigest('tvm')[0, 16], Digest::MD5.hexdigest('tvm')[0, 8]
p OpenSSL::HMAC.hexdigest('SHA1', 'key', 'data')[0, 16], Zlib.crc32('tvm'), Zlib::Inflate.inflate(Zlib::Deflate.deflate('x' * 1000)).size
cipher = OpenSSL::Cipher.new('aes-128-cbc').encrypt
cipher.key = 'k' * 16
cipher.iv = 'i' * 16
p Base64.strict_encode64(cipher.update('secret') + cipher.final), SecureRandom.hex(8).size
puts ERB.new("<% 3.times do |i| %><%= i %>;<% end %>\n").result
record = Struct.new(:name, :age, keyword_init: true)
p record.new(name: 'a', age: 1), OpenStruct.new(x: 1).x, record.new(name: 'a', age: 1) == record.new(name: 'a', age: 1)
scanner = StringScanner.new('key = 12')
p scanner.scan(/\w+/), scanner.skip(/\s*=\s*/), scanner.scan(/\d+/).to_i, scanner.eos?
p URI.parse('http://u@h:8/p?q=a#f').port, URI.encode_www_form(q: 'a b&c'), Shellwords.split("a 'b c' d")
output, status = Open3.capture2('tr a-z A-Z', stdin_data: 'shout')
p output, status.success?, `echo $((6 * 7))`.chomp, $?.exitstatus, system('exit 3')

class Deps < Hash
  include TSort
  alias tsort_each_node each_key
  def tsort_each_child(node, &block)
    fetch(node, []).each(&block)
  end
end
deps = Deps.new
deps[:a] = [:b, :c]
deps[:b] = [:c]
deps[:c] = []
p deps.tsort

class Registry
  include Singleton
  extend Forwardable
  def_delegators :@items, :<<, :size, :each
  include Enumerable
  def initialize
    @items = []
  end
end
Registry.instance << 3 << 1
p Registry.instance.sort, Registry.instance.min_by { |n| n }, Registry.instance.each_with_index.to_a
document = REXML::Document.new("<r><i k='1'>x</i><i k='2'/></r>")
p document.get_elements('//i').map { |e| [e.attributes['k'], e.text] }
log = StringIO.new
logger = Logger.new(log, formatter: ->(level, _, _, message) { "#{level}: #{message}\n" })
logger.warn('careful')
p log.string, PP.pp({ k: [1] }, +''), Benchmark.realtime { 1 + 1 } < 5
reader, writer = IO.pipe
pid = fork do
  reader.close
  writer.write Marshal.dump([1, 'two', :three])
  exit! 7
end
writer.close
p Marshal.load(reader.read), Process.wait2(pid)[1].exitstatus
left, right = UNIXSocket.pair
left.puts 'through a socket'
p right.gets, Fiddle::Function.new(Fiddle.dlopen(nil)['abs'], [Fiddle::TYPE_INT], Fiddle::TYPE_INT).call(-5)
module Loud
  refine String do
    def loud
      upcase + '!'
    end
  end
end
using Loud
p 'hey'.loud, 5.then { |n| n + 1 }, [1, 2, 3, 4].each_slice(2).map(&:sum), %w[a b].zip([1, 2]).to_h, (1..).lazy.map { |n| n * 2 }.first(2)
$VERBOSE = nil
case { name: 'x', tags: [1, 2, 3] }
in { name: String => name, tags: [Integer => first, *rest] }
  p name, first, rest
end
p Comparable.instance_method(:clamp).owner, ObjectSpace.each_object(Class).include?(Registry), defined?(Gem), RUBY_ENGINE
