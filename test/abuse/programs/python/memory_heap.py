blocks = []
while True:
    blocks.append(bytearray(4 << 20))
