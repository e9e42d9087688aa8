"""Never ends, and takes no notice of signals that ask it to."""
print("turning", flush=True)

import signal

for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
while True:
    pass
