#include "boot.h"

#include "fault.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

bool boot_mounts(void)
{
    static const struct {
        const char *type, *target;
        unsigned long flags;
    } mounts[] = {
        {"devtmpfs", "/dev", MS_NOSUID | MS_NOEXEC},
        {"proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC},
        {"sysfs", "/sys", MS_NOSUID | MS_NODEV | MS_NOEXEC},
        {"cgroup2", "/sys/fs/cgroup", MS_NOSUID | MS_NODEV | MS_NOEXEC},
    };
    umask(0);
    for (size_t i = 0; i < sizeof mounts / sizeof *mounts; i++) {
        mkdir(mounts[i].target, 0755);
        /* EBUSY: the kernel mounted it already. */
        if (mount(mounts[i].type, mounts[i].target, mounts[i].type, mounts[i].flags, NULL) != 0 && errno != EBUSY)
            return fault(errno, "mount %s", mounts[i].target);
    }
    /* The kernel may start us without descriptors 0 to 2; no other file may ever get these numbers. */
    int fd;
    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= 2);
    if (fd < 0)
        return fault(errno, "open /dev/null");
    close(fd);
    return true;
}

static bool load_module(const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "/modules/%s", name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fault(errno, "open %s", path);
    bool loaded = syscall(SYS_finit_module, fd, "", 0) == 0 || errno == EEXIST;
    int error = errno;
    close(fd);
    return loaded || fault(error, "load %s", path);
}

bool boot_modules(void)
{
    char order[4096];
    ssize_t size = text_read("/modules/order", order, sizeof order);
    if (size < 0 && errno == ENOENT)
        return true;
    if (size < 0 || size == sizeof order - 1)
        return fault(size < 0 ? errno : EFBIG, "read /modules/order");
    for (char *rest = order, *name; (name = strsep(&rest, "\n")) != NULL;)
        if (*name != 0 && !load_module(name))
            return false;
    return true;
}

void boot_harden(void)
{
    static const char *const settings[][2] = {
        {"fs/protected_fifos", "2"},
        {"fs/protected_hardlinks", "1"},
        {"fs/protected_regular", "2"},
        {"fs/protected_symlinks", "1"},
        {"kernel/core_pattern", "\n"},
        {"kernel/dmesg_restrict", "1"},
        {"kernel/io_uring_disabled", "2"},
        {"kernel/kexec_load_disabled", "1"},
        {"kernel/kptr_restrict", "2"},
        {"kernel/modules_disabled", "1"},
        {"kernel/perf_event_paranoid", "3"},
        {"kernel/sysrq", "0"},
        {"kernel/unprivileged_bpf_disabled", "1"},
        {"user/max_user_namespaces", "0"},
        {"vm/unprivileged_userfaultfd", "0"},
    };
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        char path[256];
        snprintf(path, sizeof path, "/proc/sys/%s", settings[i][0]);
        text_write(path, settings[i][1]);
    }
}

void boot_loopback(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    ioctl(fd, SIOCSIFFLAGS, &request);
    close(fd);
}

bool boot_self(void)
{
    sigset_t all;
    sigfillset(&all);
    /* Blocked, not ignored: children start with default dispositions, and SIGCHLD still reaches the signalfd. */
    sigprocmask(SIG_SETMASK, &all, NULL);
    setpriority(PRIO_PROCESS, 0, AGENT_NICE);
    /*
     * The kernel never picks PID 1 when memory runs out. This is for what the agent starts, and must hold from its first
     * moment on: a child at -1000 that is out of memory would not be killed but hang.
     */
    if (!text_write("/proc/self/oom_score_adj", "500"))
        return false;
    /* The bounding set binds only at exec, which the agent never does and every program goes through. */
    for (unsigned capability = 0; prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0; capability++)
        ;
    return prctl(PR_CAPBSET_READ, CAP_SYS_ADMIN, 0, 0, 0) == 0 || fault(0, "the capability bounding set stays");
}

_Noreturn void boot_abort(void)
{
    int console = open("/dev/console", O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    dprintf(console, "tvm-agent: %s\n", fault_text());
    for (;;) {
        reboot(RB_AUTOBOOT);
        sleep(1);
    }
}
