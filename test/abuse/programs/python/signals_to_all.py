import os, signal, time

# All that this user may signal: its own processes, and never PID 1 or the agent.
children = []
for _ in range(5):
    pid = os.fork()
    if pid == 0:
        time.sleep(60)
        os._exit(0)
    children.append(pid)
os.kill(-1, signal.SIGSTOP)
os.kill(-1, signal.SIGKILL)
print("children killed", sum(os.WIFSIGNALED(os.waitpid(pid, 0)[1]) for pid in children), flush=True)
for number in range(1, 65):
    try:
        os.kill(-1, number)
    except ProcessLookupError:
        pass
print("and nobody else", flush=True)
os.killpg(0, signal.SIGKILL)
