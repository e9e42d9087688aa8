"""Recursion: deep enough to work, too deep to be allowed."""
import sys
from functools import lru_cache


@lru_cache(maxsize=None)
def ways(amount, coins):
    if amount == 0:
        return 1
    if amount < 0 or not coins:
        return 0
    return ways(amount - coins[0], coins) + ways(amount, coins[1:])


def depth(n):
    return 0 if n == 0 else 1 + depth(n - 1)


def forever(n):
    return forever(n + 1)


def hanoi(n, a, b, c):
    if n:
        yield from hanoi(n - 1, a, c, b)
        yield a + c
        yield from hanoi(n - 1, b, a, c)


print(ways(500, (50, 20, 10, 5, 2, 1)), depth(900), len(list(hanoi(10, "A", "B", "C"))))
sys.setrecursionlimit(6000)
print(depth(5000))
try:
    forever(0)
except RecursionError as error:
    print(str(error)[:32])
