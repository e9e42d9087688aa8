import os, signal, time

# A double fork into a session of its own, deaf to what can be ignored, with both pipes open.
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in range(1, 65):
            try:
                signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError):
                pass
        while True:
            try:
                os.write(1, b"")
                time.sleep(0.01)
            except OSError:
                pass
    os._exit(0)
os.wait()
print("the first process ends", flush=True)
os._exit(0)
