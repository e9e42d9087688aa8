"""Uses most of the memory that it may have, and gives it back."""
import array
import gc

blocks = []
for n in range(14):
    block = bytearray(5 * 1024 * 1024)
    for offset in range(0, len(block), 4096):
        block[offset] = n
    blocks.append(block)
print(sum(map(len, blocks)) >> 20, [block[4096] for block in blocks])
blocks.clear()
numbers = array.array("q", range(1_000_000))
objects = [[n] for n in range(200_000)]
print(sum(numbers), len(objects))
del objects
print(gc.collect() >= 0)
squares = {n: n * n for n in range(200_000)}
print(squares[199_999])
