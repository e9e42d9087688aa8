import ctypes, os

libc = ctypes.CDLL(None, use_errno=True)
os.makedirs("/tmp/m", exist_ok=True)
os.symlink("/", "/tmp/root")


def call(number, *args):
    return libc.syscall(number, *args)


ATTACKS = {
    "tmpfs": lambda: libc.mount(b"x", b"/tmp/m", b"tmpfs", 0, None),
    "proc": lambda: libc.mount(b"proc", b"/tmp/m", b"proc", 0, None),
    "sysfs": lambda: libc.mount(b"x", b"/tmp/m", b"sysfs", 0, None),
    "devtmpfs": lambda: libc.mount(b"x", b"/tmp/m", b"devtmpfs", 0, None),
    "cgroup2": lambda: libc.mount(b"x", b"/tmp/m", b"cgroup2", 0, None),
    "disk": lambda: libc.mount(b"/dev/vda", b"/tmp/m", b"erofs", 1, None),
    "overlay": lambda: libc.mount(b"x", b"/tmp/m", b"overlay", 0, b"lowerdir=/usr,upperdir=/tmp,workdir=/run"),
    "bind": lambda: libc.mount(b"/usr", b"/tmp/m", None, 0x1000, None),
    "bind of /proc/1/root": lambda: libc.mount(b"/proc/1/root", b"/tmp/m", None, 0x1000, None),
    "remount / writable": lambda: libc.mount(None, b"/", None, 0x20, None),
    "remount /tmp larger": lambda: libc.mount(None, b"/tmp", None, 0x20, b"size=4g"),
    "remount with setuid": lambda: libc.mount(None, b"/workspace", None, 0x1020, None),
    "propagation": lambda: libc.mount(None, b"/", None, 0x100000 | 0x4000, None),
    "move": lambda: libc.mount(b"/proc", b"/tmp/m", None, 0x2000, None),
    "umount /proc": lambda: libc.umount2(b"/proc", 2),
    "umount /sys": lambda: libc.umount2(b"/sys", 2),
    "umount /workspace": lambda: libc.umount2(b"/workspace", 2),
    "umount /": lambda: libc.umount2(b"/", 2),
    "umount of /etc/hosts": lambda: libc.umount2(b"/etc/hosts", 2),
    "pivot_root": lambda: call(155, b"/tmp", b"/tmp/m"),
    "chroot": lambda: libc.chroot(b"/tmp"),
    "open_tree": lambda: call(428, -100, b"/", 1),
    "move_mount": lambda: call(429, -100, b"/proc", -100, b"/tmp/m", 0),
    "fsopen": lambda: call(430, b"tmpfs", 0),
    "fspick": lambda: call(433, -100, b"/", 0),
    "mount_setattr": lambda: call(442, -100, b"/", 0, bytes(32), 32),
    "mknod of the disk": lambda: libc.mknod(b"/tmp/disk", 0o60666, os.makedev(254, 0)),
    "mknod of the channel": lambda: libc.mknod(b"/tmp/port", 0o20666, os.makedev(248, 1)),
    "mknod of /dev/mem": lambda: libc.mknod(b"/workspace/mem", 0o20666, os.makedev(1, 1)),
}
for name, attack in ATTACKS.items():
    print(name, "ESCAPED" if attack() >= 0 else "refused")
