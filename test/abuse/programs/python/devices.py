import os, stat

HARMLESS = {"null", "zero", "full", "random", "urandom", "tty", "ptmx", "shm"}
print("devices:", sorted(name for name in os.listdir("/dev") if name not in HARMLESS | {"fd", "stdin", "stdout", "stderr", "pts"}))
for name in ("mem", "kmem", "port", "kmsg", "console", "ttyS0", "hvc0", "vport0p1", "vport1p1", "vport2p1", "vda", "vsock",
             "kvm", "fuse", "net/tun", "loop-control", "mapper/control", "vhost-net", "cpu/0/msr", "nvram", "rtc0", "watchdog",
             "userfaultfd", "hwrng", "snapshot", "uinput", "hpet", "sda", "nvme0", "input/event0", "tty0", "tty1"):
    try:
        os.open(f"/dev/{name}", os.O_RDWR)
        print(f"/dev/{name} ESCAPED")
    except OSError:
        pass
nodes = []
for folder, folders, files in os.walk("/"):
    if folder == "/":
        folders[:] = [name for name in folders if name not in ("proc", "sys", "dev")]
    for name in files:
        mode = os.lstat(os.path.join(folder, name)).st_mode
        if stat.S_ISBLK(mode) or stat.S_ISCHR(mode):
            nodes.append(os.path.join(folder, name))
print("device nodes elsewhere:", nodes)
random = os.open("/dev/random", os.O_RDWR)
os.write(random, bytes(4096))
import fcntl
for name, request in {"add entropy": 0x40085203, "zap": 0x5204, "clear": 0x5206, "reseed": 0x5207}.items():
    try:
        fcntl.ioctl(random, request, bytes(16))
        print(name, "ESCAPED")
    except OSError:
        print(name, "refused")
for name, request in {"console grab": 0x541D, "controlling terminal": 0x540E, "input": 0x5412}.items():
    try:
        fcntl.ioctl(os.open("/dev/ptmx", os.O_RDWR), request, b"x")
        print(name, "done on a terminal of its own")
    except OSError:
        print(name, "refused")
