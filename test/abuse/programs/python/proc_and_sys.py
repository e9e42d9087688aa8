import os


def writable(path):
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
        return True
    except OSError:
        return False


def below(top, skip=()):
    for folder, folders, files in os.walk(top):
        folders[:] = [name for name in folders if os.path.join(folder, name) not in skip]
        yield from (os.path.join(folder, name) for name in files)


own = [f"/proc/{name}" for name in os.listdir("/proc") if name.isdigit()] + ["/proc/self", "/proc/thread-self"]
for top, skip in (("/proc", own), ("/sys", ())):
    found = sorted(path for path in below(top, skip) if writable(path))
    print(top, "ESCAPED" if found else "refused", *found)
for path in ("/proc/sysrq-trigger", "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe", "/proc/sys/vm/overcommit_memory",
             "/proc/sys/kernel/hostname", "/proc/sys/kernel/panic", "/proc/sys/fs/binfmt_misc/register", "/proc/kcore",
             "/proc/kmsg", "/proc/kallsyms", "/proc/bus/pci/00/00.0", "/sys/kernel/uevent_helper", "/sys/power/state",
             "/sys/fs/cgroup/cgroup.procs", "/sys/firmware/acpi/tables/DSDT", "/sys/kernel/debug", "/sys/kernel/vmcoreinfo"):
    if writable(path):
        print(path, "ESCAPED")
for path in ("/proc/kcore", "/proc/kmsg", "/dev/kmsg", "/proc/slabinfo", "/proc/vmallocinfo", "/proc/timer_list", "/proc/kpageflags"):
    try:
        os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        print("reading", path, "ESCAPED")
    except OSError:
        pass
try:
    addresses = [line.split()[0] for line in open("/proc/kallsyms")]
except OSError:
    addresses = []
print("kernel addresses", "ESCAPED" if any(int(address, 16) for address in addresses) else "hidden")
for name, value in (("oom_score_adj", "-1000"), ("oom_score_adj", "0"), ("oom_score_adj", "499"), ("uid_map", "0 0 1"),
                    ("gid_map", "0 0 1"), ("setgroups", "allow"), ("loginuid", "0"), ("attr/current", "x"),
                    ("timens_offsets", "monotonic 864000 0")):
    try:
        os.write(os.open(f"/proc/self/{name}", os.O_WRONLY), value.encode())
        print(name, value, "ESCAPED")
    except OSError:
        print(name, value, "refused")
print(open("/proc/sys/kernel/sysrq").read().strip() if os.path.exists("/proc/sys/kernel/sysrq") else "0")
