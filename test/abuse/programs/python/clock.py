import ctypes, struct, time

libc = ctypes.CDLL(None, use_errno=True)
before = time.time(), time.monotonic()
future = struct.pack("qq", 4102444800, 0)
ATTACKS = {
    "settimeofday": lambda: libc.settimeofday(future, None),
    "settimeofday, zone alone": lambda: libc.settimeofday(None, struct.pack("ii", 720, 0)),
    "clock_settime": lambda: libc.clock_settime(0, future),
    "clock_settime, monotonic": lambda: libc.clock_settime(1, future),
    "adjtimex, offset": lambda: libc.adjtimex(struct.pack("I", 1) + struct.pack("q", 500000).rjust(12, b"\0") + bytes(400)),
    "adjtimex, frequency": lambda: libc.adjtimex(struct.pack("I", 2) + bytes(404)),
    "clock_adjtime": lambda: libc.clock_adjtime(0, struct.pack("I", 0x4000) + bytes(404)),
    "timerfd alarm": lambda: libc.timerfd_create(9, 0),
    "stime by date": lambda: __import__("subprocess").call(["date", "-s", "2099-01-01"], stdout=-3, stderr=-3) * -1,
}
for name, attack in ATTACKS.items():
    print(name, "ESCAPED" if attack() >= 0 else "refused")
passed = time.time() - before[0], time.monotonic() - before[1]
print("the clock is right", abs(passed[0] - passed[1]) < 0.5)
