import ctypes, os, shutil, subprocess

libc = ctypes.CDLL(None, use_errno=True)
found = subprocess.run(["find", "/", "-xdev", "-type", "f", "-perm", "/6000"], capture_output=True, text=True).stdout.split()
shutil.copy("/usr/bin/id", "/tmp/id")
os.chmod("/tmp/id", 0o6755)
print("own copy", subprocess.run(["/tmp/id", "-u"], capture_output=True, text=True).stdout.strip())
escaped = []
for path in [*found, "/tmp/id"]:
    pid = os.fork()
    if pid == 0:
        null = os.open("/dev/null", os.O_RDWR)
        for fd in range(3):
            os.dup2(null, fd)
        libc.ptrace(0, 0, 0, 0)
        try:
            os.execv(path, [path])
        finally:
            os._exit(1)
    os.waitpid(pid, os.WUNTRACED)
    try:
        status = open(f"/proc/{pid}/status").read()
        uids = [line for line in status.splitlines() if line.startswith(("Uid", "CapEff"))]
        if uids != ["Uid:\t1000\t1000\t1000\t1000", "CapEff:\t0000000000000000"]:
            escaped.append((path, uids))
        os.kill(pid, 9)
    except (FileNotFoundError, ProcessLookupError):
        pass
print("setuid programs that became another user:", "ESCAPED " + str(escaped) if escaped else "none")
ways = {
    "setuid": lambda: os.setuid(0), "setgid": lambda: os.setgid(0), "setresuid": lambda: os.setresuid(0, 0, 0),
    "setgroups": lambda: os.setgroups([0]), "seteuid": lambda: os.seteuid(0), "setreuid": lambda: os.setreuid(65534, 65534),
    "chown": lambda: os.chown("/tmp/id", 0, 0), "capability on a file":
        lambda: os.setxattr("/tmp/id", "security.capability", bytes.fromhex("0100000201000000000000000000000000000000")),
    "capset": lambda: libc.syscall(126, bytes.fromhex("22 05 08 20 00 00 00 00"), b"\xff" * 24) and os.open("/none", 0),
    "/etc/passwd": lambda: open("/etc/passwd", "a"), "/etc/shadow": lambda: open("/etc/shadow"),
    "sudo": lambda: subprocess.run(["sudo", "-n", "id"], check=True),
    "su": lambda: subprocess.run(["su", "-c", "id"], stdin=-3, stdout=-3, stderr=-3, check=True),
}
for name, way in ways.items():
    try:
        way()
        print(name, "ESCAPED")
    except (OSError, subprocess.CalledProcessError):
        print(name, "refused")
