import errno, os


def until_refused(attack, most):
    for count in range(most):
        try:
            attack(count)
        except OSError as error:
            return errno.errorcode[error.errno]
    return "ESCAPED"


def deeper(count):
    os.mkdir("d" * 200)
    os.chdir("d" * 200)


def grow(path):
    file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    return lambda count: os.write(file, bytes(1 << 20)) or None


print("descriptors", until_refused(lambda count: os.open("/dev/null", os.O_RDONLY), 2000))
os.closerange(3, 4096)
print("a sparse file of 1 TiB", until_refused(lambda count: os.truncate(os.open("s", os.O_CREAT | os.O_WRONLY), 1 << 40), 1))
print("a name of 256", until_refused(lambda count: os.mkdir("n" * 256), 1))
print("a path of 5000", until_refused(lambda count: os.stat("x/" * 2500), 1))
os.symlink("loop", "loop")
print("a loop", until_refused(lambda count: os.open("loop", os.O_RDONLY), 1))
print("hard link to the image", until_refused(lambda count: os.link("/bin/true", "true"), 1))
print("hard link to a device", until_refused(lambda count: os.link("/dev/null", "/tmp/null"), 1))
print("/etc", until_refused(lambda count: os.open("/etc/x", os.O_CREAT | os.O_WRONLY), 1))
print("/", until_refused(lambda count: os.mkdir("/x"), 1))
print("/run", until_refused(lambda count: os.mkdir("/run/x"), 1))
print("the interpreter", until_refused(lambda count: os.open("/usr/bin/python3", os.O_WRONLY), 1))
print("/etc/hosts", until_refused(lambda count: os.open("/etc/hosts", os.O_WRONLY), 1))
for name in ("line\nbreak", "\x1b[2J\x07", "\\", " ", "-rf", "\u202e", "*", "'", "main.py\0"[:-1] + "\r", "%n%s"):
    os.mkdir(name)
os.close(os.open(b"\xff\xfe\x80", os.O_CREAT))
until_refused(deeper, 300)
os.chdir("/workspace")
for folder in ("/workspace", "/tmp", "/dev/shm"):
    print(folder, "is full:", until_refused(grow(f"{folder}/big-{len(folder)}"), 120))
