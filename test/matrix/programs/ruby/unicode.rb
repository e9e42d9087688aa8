# Text in several scripts and encodings.
line = $stdin.gets.chomp
p line, line.size, line.bytesize, line.encoding
%w[straße Ωμέγα ёлка 日本語 naïve 🐍🚀].each do |word|
  puts [word.upcase, word.swapcase, word.reverse, word.size, word.unpack1('H*'), word.unicode_normalize(:nfd).size].join(' ')
end
p "e\u0301".unicode_normalize == 'é', '👨‍👩‍👧é'.grapheme_clusters.size, 'ß'.casecmp?('SS'), "日本".ljust(5, '*').center(9, '-')
p '日本'.encode('Shift_JIS').bytes, '€'.encode('Windows-1252').bytes, "\xff\xfe".valid_encoding?, "a\xffb".scrub('?')
begin
  '日本'.encode('US-ASCII')
rescue Encoding::UndefinedConversionError => e
  puts e.message
end
p '日本'.encode('US-ASCII', fallback: ->(c) { "u#{c.ord.to_s(16)}" }), "\u{1F600}".codepoints, 'añb'.tr('ñ', 'n'), "äöü" =~ /ü/, 'ÄB'[/[[:upper:]]+/]
変数 = 5
p 変数 + 1, :"ключ", { "é": 1 }, 'a'.."e", 'az'.succ, 'Zz'.next, "%-5s|%5s" % %w[é 日]
puts <<~TEXT
  indented #{1 + 1}
    more “quotes”
TEXT
p __ENCODING__, "x".force_encoding('BINARY').encoding, "\u0000\u0001\u0002".inspect, 'tab	bell'.dump
