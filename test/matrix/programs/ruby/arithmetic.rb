# Integers of any size, floats to the last bit, rationals, decimals, complex numbers.
require 'bigdecimal'
require 'bigdecimal/util'
require 'prime'
require 'matrix'

p 2**200, -7 / 2, -7 % 3, -7.remainder(3), 7.divmod(-2), 3.pow(10**6, 10**9 + 7), 2**-2
factorial = (1..500).inject(:*)
p factorial.to_s.size, factorial.digits.sum, factorial.bit_length, (2**61 - 1).gcd(3**40), Integer.sqrt(10**40)
p 0.1 + 0.2, 1e16 + 1, Float::MIN, Float::MAX * 10, Float::NAN == Float::NAN, 2.5.round, 2.5.round(half: :even), -3.7.truncate, 1234.567.round(-2)
p [0.1] * 10 == [0.1] * 10, ([0.1] * 10).sum, ([0.1] * 10).inject(:+), 0.1.rationalize(Rational(1, 100)), 0.1.next_float
p Rational(1, 3) + 1/6r, (1..29).sum { |n| Rational(1, n) }, Complex(1, 2) * Complex(3, -1), Complex('3+4i').abs, Math.hypot(3, 4), Math.cbrt(27)
p BigDecimal('0.1') + BigDecimal('0.2') == BigDecimal('0.3'), BigDecimal(2).sqrt(30).round(30).to_s('F'), '1.50'.to_d.to_s
p 'zz'.to_i(36), 255.to_s(2), format('%#x %08b %.3e %+d %s', 255, 5, 12_345.678, 5, 12.0), '12abc'.to_i, 0b1010 ^ 0x0f, ~5, 1 << 70, -1 >> 3
p Prime.first(10), 360.prime_division, Matrix[[1, 2], [3, 4]].determinant, Matrix[[2, 0], [0, 4]].inverse
p 10.clamp(1, 5), 1.step(2, 0.5).to_a, 17.lcm(5), 3.7 % 1 > 0.69, 10.fdiv(4), 100.digits(16)
random = Random.new(42)
p random.rand(100), random.rand(1.0), [1, 2, 3, 4, 5].shuffle(random: random), random.bytes(3).bytes
['1 / 0', 'Integer("12a")', 'Math.sqrt(-1)', '1 + nil', '0 ** -1'].each do |expression|
  eval(expression)
rescue StandardError => e
  puts "#{e.class}: #{e.message[/\A.{1,20}/]}"
end
