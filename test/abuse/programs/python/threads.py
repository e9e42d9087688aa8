import threading

started = 0
stop = threading.Event()
threading.stack_size(64 << 10)
try:
    while True:
        threading.Thread(target=stop.wait, daemon=True).start()
        started += 1
except RuntimeError:
    print("refused after", "128 at most" if started < 128 else f"ESCAPED {started}")
stop.set()
