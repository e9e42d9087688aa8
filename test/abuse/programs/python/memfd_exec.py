import os, subprocess

# A program from memory runs; it has no more rights than this one.
memory = os.memfd_create("x")
with open("/bin/cat", "rb") as source:
    os.write(memory, source.read())
os.fchmod(memory, 0o6755)
status = subprocess.run([f"/proc/self/fd/{memory}", "/proc/self/status"], pass_fds=[memory], capture_output=True, text=True).stdout
for line in status.splitlines():
    name, value = line.split(":", 1)
    if name in ("Uid", "Gid", "Groups", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp"):
        print(name, *value.split())
