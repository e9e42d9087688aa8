"""Child processes: fork, pipes, shells, signals, a pool with shared memory."""
import multiprocessing
import os
import signal
import subprocess
import sys


def square(n):
    return n * n


def add(total, lock):
    for _ in range(100):
        with lock:
            total.value += 1


if __name__ == "__main__":
    run = subprocess.run("tr a-z A-Z | tr A X", shell=True, input="abc", capture_output=True, text=True)
    print(run.stdout.strip(), run.returncode)
    child = subprocess.Popen([sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"], stdout=-1)
    print(child.stdout.readline())
    child.send_signal(signal.SIGTERM)
    print(child.wait() == -signal.SIGTERM)
    reader, writer = os.pipe()
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        os.write(writer, b"from the child")
        os._exit(7)
    print(os.read(reader, 100), os.WEXITSTATUS(os.waitpid(pid, 0)[1]))
    context = multiprocessing.get_context("fork")
    with context.Pool(3) as pool:
        print(pool.map(square, range(10)))
    total, lock = context.Value("i", 0, lock=False), context.Lock()
    workers = [context.Process(target=add, args=(total, lock)) for _ in range(3)]
    [worker.start() for worker in workers]
    [worker.join() for worker in workers]
    print(total.value, [worker.exitcode for worker in workers])
    caught = []
    signal.signal(signal.SIGALRM, lambda number, frame: caught.append(number))
    signal.setitimer(signal.ITIMER_REAL, 0.02)
    signal.pause()
    print(caught == [signal.SIGALRM])
