"""Threads that share work: a queue, a lock, a condition, a pool, a local, an exception in a thread."""
import queue
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed

tasks, done, lock = queue.Queue(), [], threading.Lock()


def worker():
    while True:
        number = tasks.get()
        if number is None:
            return
        with lock:
            done.append(number * number)
        tasks.task_done()


threads = [threading.Thread(target=worker, name=f"worker-{n}") for n in range(8)]
for thread in threads:
    thread.start()
for number in range(200):
    tasks.put(number)
tasks.join()
for _ in threads:
    tasks.put(None)
for thread in threads:
    thread.join()
print(len(done), sum(done), threading.active_count())

counter, turn = 0, threading.Condition()


def step(mine, other):
    global counter
    for _ in range(100):
        with turn:
            turn.wait_for(lambda: counter % 2 == mine)
            counter += 1
            turn.notify_all()


pair = [threading.Thread(target=step, args=(n, 1 - n)) for n in range(2)]
[thread.start() for thread in pair]
[thread.join() for thread in pair]
print(counter)


def divide(n):
    return 100 // n


with ThreadPoolExecutor(4) as pool:
    futures = {pool.submit(divide, n): n for n in range(5)}
    results = {futures[f]: type(f.exception()).__name__ if f.exception() else f.result() for f in as_completed(futures)}
print(sorted(results.items()))

event, barrier = threading.Event(), threading.Barrier(3)
timer = threading.Timer(0.02, event.set)
timer.start()
print(event.wait(5), event.is_set())
