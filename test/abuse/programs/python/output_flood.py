import os

# Both streams in turn, without a line break.
while True:
    os.write(1, b"o" * 4096)
    os.write(2, b"e" * 4096)
