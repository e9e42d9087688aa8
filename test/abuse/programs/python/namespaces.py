import ctypes, os

libc = ctypes.CDLL(None, use_errno=True)
FLAGS = {
    "mount": 0x20000, "cgroup": 0x2000000, "uts": 0x4000000, "ipc": 0x8000000, "user": 0x10000000, "pid": 0x20000000,
    "net": 0x40000000, "user and mount": 0x10020000, "user and net": 0x50000000,
}
for name, flag in FLAGS.items():
    print("unshare", name, "ESCAPED" if libc.unshare(flag) == 0 else "refused")
    pid = libc.syscall(56, ctypes.c_ulong(flag | 17), 0, 0, 0, 0)
    if pid == 0:
        os._exit(0)
    print("clone", name, "ESCAPED" if pid > 0 else "refused")
for name in sorted(os.listdir("/proc/self/ns")):
    for target in ("self", "1"):
        try:
            entered = libc.setns(os.open(f"/proc/{target}/ns/{name}", os.O_RDONLY), 0) == 0
        except OSError:
            entered = False
        if entered:
            print("setns", target, name, "ESCAPED")
pidfd = libc.syscall(434, 1, 0)
print("setns of PID 1", "ESCAPED" if libc.setns(pidfd, 0x20000) == 0 else "refused")
