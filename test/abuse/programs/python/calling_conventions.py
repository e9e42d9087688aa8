import ctypes, mmap, os

# Machine code that makes system calls in the ways of 64-bit, x32 and 32-bit programs, past any wrapper of libc.
memory = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
native = bytes.fromhex("4889f8 4889f7 4889d6 4889ca 4d89c2 4d89c8 0f05 c3")
legacy = bytes.fromhex("53 89f8 89f3 87ca 4489c6 31ff cd80 5b c3")
memory.write(native + bytes(64 - len(native)) + legacy)
address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_long, ctypes.c_long, ctypes.c_long, ctypes.c_long, ctypes.c_long)
native, legacy = kind(address), kind(address + 64)
X32 = 0x40000000
ATTACKS = {
    "vsock": (native, 41, 40, 1, 0),
    "vsock, high bits": (native, 41, 40 | 1 << 32, 1, 0),
    "vsock, x32": (native, 41 | X32, 40, 1, 0),
    "vsock, 32 bit": (legacy, 359, 40, 1, 0),
    "socketcall, 32 bit": (legacy, 102, 1, 0, 0),
    "socketpair of vsock": (native, 53, 40, 1, 0),
    "io_uring": (native, 425, 8, 0, 0),
    "io_uring, x32": (native, 425 | X32, 8, 0, 0),
    "io_uring, 32 bit": (legacy, 425, 8, 0, 0),
    "io_uring_register": (native, 427, 0, 0, 0),
    "mount, 32 bit": (legacy, 21, 0, 0, 0),
    "umount, 32 bit": (legacy, 22, 0, 0, 0),
    "stime, 32 bit": (legacy, 25, 0, 0, 0),
    "ptrace of PID 1, 32 bit": (legacy, 26, 16, 1, 0),
    "kill of PID 1, 32 bit": (legacy, 37, 1, 9, 0),
    "reboot, 32 bit": (legacy, 88, 0xFEE1DEAD - (1 << 32), 672274793, 0x01234567),
    "setuid, 32 bit": (legacy, 213, 0, 0, 0),
    "vm86, 32 bit": (legacy, 166, 1, 0, 0),
    "iopl, 32 bit": (legacy, 110, 3, 0, 0),
    "bpf, x32": (native, 321 | X32, 0, 0, 0),
    "unknown": (native, 0x3FFFFFFF, 0, 0, 0),
    "negative": (native, -2, 0, 0, 0),
}
print("own id", native(39, 0, 0, 0, 0) == os.getpid(), flush=True)
for name, (way, *numbers) in ATTACKS.items():
    # In a process of its own: without 32-bit programs in the kernel their way of calling is a fault.
    pid = os.fork()
    if pid == 0:
        os._exit(way(*numbers, 0) >= 0)
    print(name, "ESCAPED" if os.waitpid(pid, 0)[1] == 256 else "refused", flush=True)
