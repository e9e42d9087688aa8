import ctypes, os, signal

libc = ctypes.CDLL(None, use_errno=True)


def attempt(name, attack):
    try:
        worked = attack()
    except OSError:
        worked = -1
    print(name, "refused" if worked is not None and worked < 0 else "ESCAPED")


for number in range(1, 65):
    if libc.kill(1, number) == 0 or libc.syscall(200, 1, number) == 0 or libc.syscall(234, 1, 1, number) == 0:
        print("signal", number, "ESCAPED")
parent = os.getppid()
attempt("kill of the parent", lambda: libc.kill(parent or 1, signal.SIGKILL))
pidfd = libc.syscall(434, 1, 0)
buffer = ctypes.create_string_buffer(64)
vector = (ctypes.c_void_p * 2)(ctypes.addressof(buffer), 64)
attempt("pidfd_send_signal", lambda: libc.syscall(424, pidfd, 9, None, 0))
attempt("pidfd_getfd", lambda: libc.syscall(438, pidfd, 0, 0))
attempt("process_madvise", lambda: libc.syscall(440, pidfd, vector, 1, 21, 0))
attempt("ptrace attach", lambda: libc.ptrace(16, 1, 0, 0))
attempt("ptrace seize", lambda: libc.ptrace(0x4206, 1, 0, 0))
attempt("process_vm_readv", lambda: libc.process_vm_readv(1, vector, 1, vector, 1, 0))
attempt("process_vm_writev", lambda: libc.process_vm_writev(1, vector, 1, vector, 1, 0))
attempt("sched_setaffinity", lambda: libc.sched_setaffinity(1, 8, bytes([1]) + bytes(7)))
attempt("setpriority", lambda: libc.setpriority(0, 1, 19))
attempt("sched_setscheduler", lambda: libc.sched_setscheduler(1, 5, bytes(8)))
attempt("ioprio_set", lambda: libc.syscall(251, 1, 1, 3 << 13))
attempt("prlimit", lambda: libc.prlimit(1, 7, bytes(16), None))
attempt("setpgid", lambda: libc.setpgid(1, 0))
attempt("kcmp", lambda: libc.syscall(312, 1, 1, 0, 0, 0))
attempt("move_pages", lambda: libc.syscall(279, 1, 0, None, None, None, 0))
for name in ("mem", "environ", "maps", "root", "cwd", "exe", "fd", "fdinfo", "ns", "cmdline", "stack", "syscall", "auxv", "task"):
    attempt(f"/proc/1/{name}", lambda: os.open(f"/proc/1/{name}", os.O_RDONLY))
for name in ("mem", "oom_score_adj", "coredump_filter", "clear_refs", "timerslack_ns", "uid_map", "comm", "attr/exec"):
    attempt(f"writing /proc/1/{name}", lambda: os.open(f"/proc/1/{name}", os.O_WRONLY))
print([entry for entry in os.listdir("/proc") if entry.isdigit() and int(entry) < os.getpid()])
