import mmap, os, signal, threading

# Timers as fast as they go, page faults, and threads that map and unmap.
signal.signal(signal.SIGALRM, lambda *_: None)
signal.setitimer(signal.ITIMER_REAL, 1e-6, 1e-6)


def storm():
    while True:
        with mmap.mmap(-1, 1 << 20) as area:
            for offset in range(0, 1 << 20, 4096):
                area[offset] = 1
        os.sched_yield()


for _ in range(8):
    threading.Thread(target=storm).start()
