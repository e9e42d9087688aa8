import os, time

# Children that nobody reaps count like living ones.
made = 0
try:
    while True:
        if os.fork() == 0:
            os._exit(0)
        made += 1
except BlockingIOError:
    print("refused after", "128 at most" if made < 128 else f"ESCAPED {made}")
# Orphaned zombies go to PID 1, who takes them.
while True:
    try:
        os.wait()
    except ChildProcessError:
        break
for _ in range(300):
    pid = os.fork()
    if pid == 0:
        if os.fork() == 0:
            os._exit(0)
        os._exit(0)
    os.waitpid(pid, 0)
for _ in range(100):
    left = [entry for entry in os.listdir("/proc") if entry.isdigit() and int(entry) != os.getpid()]
    if not left:
        break
    time.sleep(0.05)
print("left:", left)
