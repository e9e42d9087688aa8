"""Integers of any size, floats to the last bit, decimals, fractions, complex numbers."""
import cmath
import math
import statistics
from decimal import Decimal, getcontext
from fractions import Fraction

print(2**200, -7 // 2, -7 % 3, divmod(-7, 2), 7 ** -2, pow(3, 10**6, 10**9 + 7))
factorial = math.factorial(500)
print(len(str(factorial)), sum(map(int, str(factorial))), factorial.bit_length(), math.gcd(2**61 - 1, 3**40))
print(0.1 + 0.2, 1e16 + 1, 5e-324, 1.7976931348623157e308 * 10, float("nan") != float("nan"), round(2.5), round(-3.5))
print(math.fsum([0.1] * 10), (0.1).hex(), (0.1).as_integer_ratio(), math.isclose(math.sin(math.pi), 0, abs_tol=1e-15))
getcontext().prec = 50
print(Decimal(2).sqrt(), Decimal("0.1") + Decimal("0.2"))
print(Fraction(1, 3) + Fraction(1, 6), sum(Fraction(1, n) for n in range(1, 30)))
print(cmath.sqrt(-2), (1 + 2j) * (3 - 1j), abs(3 + 4j))
print(int("zz", 36), f"{255:#x} {255:08b} {1234567.891:,.2f} {0.000012345:e}", int.from_bytes(b"\x01\x00\xff", "big"))
print(statistics.mean([1, 2, 3, 4]), statistics.median([5, 1, 4]), statistics.pstdev([2, 4, 4, 4, 5, 5, 7, 9]))
for expression in ("1 // 0", "math.sqrt(-1)", "2.0 ** 5000", "int('12a')"):
    try:
        eval(expression)
    except (ArithmeticError, ValueError) as error:
        print(type(error).__name__)
