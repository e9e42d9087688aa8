"""Never stops to ask for memory."""
print("begin", flush=True)
blocks = []
while True:
    block = bytearray(1024 * 1024)
    for offset in range(0, len(block), 4096):
        block[offset] = 1
    blocks.append(block)
