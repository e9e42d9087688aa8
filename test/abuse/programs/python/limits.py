import ctypes, os, resource

libc = ctypes.CDLL(None, use_errno=True)


def attempt(name, attack):
    try:
        attack()
        print(name, "ESCAPED")
    except (OSError, ValueError):
        print(name, "refused")


for name in ("CORE", "FSIZE", "NOFILE", "MEMLOCK", "MSGQUEUE", "NICE", "RTPRIO"):
    number = getattr(resource, f"RLIMIT_{name}", None)
    soft, hard = resource.getrlimit(number)
    if hard != resource.RLIM_INFINITY:
        attempt(f"raising {name}", lambda: resource.setrlimit(number, (hard + 1, hard + 1)))
        attempt(f"{name} without limit", lambda: resource.setrlimit(number, (-1, -1)))
    else:
        print(name, "ESCAPED: there is none")
attempt("nice -5", lambda: os.nice(-5))
attempt("setpriority", lambda: os.setpriority(os.PRIO_PROCESS, 0, -20))
for name in ("FIFO", "RR"):
    attempt(f"SCHED_{name}", lambda: os.sched_setscheduler(0, getattr(os, f"SCHED_{name}"), os.sched_param(50)))
attributes = bytes([48, 0, 0, 0, 6, 0, 0, 0]) + bytes(16) + (10**7).to_bytes(8, "little") * 3
attempt("SCHED_DEADLINE", lambda: libc.syscall(314, 0, attributes, 0) and os.open("/none", 0))
attempt("real-time input and output", lambda: libc.syscall(251, 1, 0, 1 << 13) and os.open("/none", 0))
attempt("oom_score_adj", lambda: os.write(os.open("/proc/self/oom_score_adj", os.O_WRONLY), b"-17"))
attempt("dumpable memory", lambda: os.write(os.open("/proc/sys/fs/suid_dumpable", os.O_WRONLY), b"1"))
attempt("pids", lambda: os.write(os.open("/proc/sys/kernel/pid_max", os.O_WRONLY), b"1"))
groups = [os.path.join(folder, name) for folder, _, names in os.walk("/sys/fs") for name in names]
print("control groups in sight:", [path for path in groups if os.access(path, os.W_OK)])
os.nice(19)
os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
print("politeness is allowed")
