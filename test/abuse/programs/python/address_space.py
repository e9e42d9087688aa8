import ctypes

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_long
libc.mmap.argtypes = [ctypes.c_ulong, ctypes.c_ulong, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
PRIVATE, FIXED, LOCKED, HUGE = 0x22, 0x10, 0x2000, 0x40000


def mapped(*args):
    return "ESCAPED" if libc.mmap(*args) != -1 else "refused"


print("page zero", mapped(0, 4096, 3, PRIVATE | FIXED, -1, 0))
print("the kernel's half", mapped(0xFFFF800000000000, 4096, 3, PRIVATE | FIXED, -1, 0))
print("the vsyscall page", mapped(0xFFFFFFFFFF600000, 4096, 3, PRIVATE | FIXED, -1, 0))
print("all of it", mapped(0, 1 << 62, 3, PRIVATE, -1, 0))
print("locked", mapped(0, 1 << 20, 3, PRIVATE | LOCKED, -1, 0))
print("huge pages", mapped(0, 1 << 30, 3, PRIVATE | HUGE, -1, 0))
print("mlockall", "ESCAPED" if libc.mlockall(3) == 0 else "refused")
print("writing the vsyscall page", "ESCAPED" if libc.mprotect(ctypes.c_ulong(0xFFFFFFFFFF600000), 4096, 7) == 0 else "refused")
area = libc.mmap(0, 1 << 20, 3, PRIVATE, -1, 0)
for advice, name in {100: "hwpoison", 101: "soft offline"}.items():
    print("madvise", name, "ESCAPED" if libc.madvise(ctypes.c_ulong(area), 4096, advice) == 0 else "refused")
