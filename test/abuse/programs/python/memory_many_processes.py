import os

# Each process stays small; all together are not.
for _ in range(100):
    if os.fork() == 0:
        block = bytearray(b"x" * (3 << 20))
        while True:
            block[0] = 1
            os.sched_yield()
while True:
    os.sched_yield()
