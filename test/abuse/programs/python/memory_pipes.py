import fcntl, os

# What lies in pipes is nobody's heap.
chunk = b"x" * 65536
while True:
    try:
        reader, writer = os.pipe()
    except OSError:
        if os.fork() == 0:
            os.closerange(3, 1024)
            continue
        os.wait()
    try:
        fcntl.fcntl(writer, 1031, 1 << 20)
    except OSError:
        pass
    os.set_blocking(writer, False)
    try:
        while True:
            os.write(writer, chunk)
    except BlockingIOError:
        pass
