"""Some 200 KB of output in pieces of many sizes, by every way to write."""
import os
import sys

state = 12345
for number in range(2000):
    state = (state * 1103515245 + 12345) % 2**31
    print(number, "x" * (state // 65536 % 150))
    if number % 500 == 0:
        sys.stdout.flush()
        os.write(1, b"raw %d\n" % number)
sys.stdout.writelines(f"{n:05}\n" for n in range(8000))
