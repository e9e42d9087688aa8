#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct {
    const char *name;
    unsigned long flag;
} kinds[] = {
    {"user", CLONE_NEWUSER}, {"mnt", CLONE_NEWNS},       {"cgroup", CLONE_NEWCGROUP}, {"uts", CLONE_NEWUTS},
    {"ipc", CLONE_NEWIPC},   {"pid", CLONE_NEWPID},      {"net", CLONE_NEWNET},       {"time", CLONE_NEWTIME},
};

static int attempts, succeeded;

static void attempt(const char *how, const char *kind, long result)
{
    attempts++;
    if (result >= 0) {
        succeeded++;
        printf("ESCAPED %s %s\n", how, kind);
    }
}

/* Like fork: the child ends at once. */
static long cloned(unsigned long flags, long cgroup, int *pid)
{
    struct clone_args how = {.flags = flags, .exit_signal = SIGCHLD, .cgroup = (unsigned long)cgroup,
                             .set_tid = (unsigned long)pid, .set_tid_size = pid != NULL};
    long child = syscall(SYS_clone3, &how, sizeof how);
    if (child == 0)
        _exit(0);
    return child;
}

int main(void)
{
    char path[64];
    int pid = 2, init = (int)syscall(SYS_pidfd_open, 1, 0), self = (int)syscall(SYS_pidfd_open, getpid(), 0);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const char *kind = kinds[i].name;
        attempt("unshare", kind, syscall(SYS_unshare, kinds[i].flag));
        attempt("unshare with user", kind, syscall(SYS_unshare, kinds[i].flag | CLONE_NEWUSER));
        attempt("clone3", kind, cloned(kinds[i].flag, 0, NULL));
        attempt("clone3 with user", kind, cloned(kinds[i].flag | CLONE_NEWUSER, 0, NULL));
        if (kinds[i].flag != CLONE_NEWTIME) { /* to clone its bit belongs to the signal */
            long child = syscall(SYS_clone, kinds[i].flag | SIGCHLD, NULL, NULL, NULL, 0);
            if (child == 0)
                _exit(0);
            attempt("clone", kind, child);
        }
        snprintf(path, sizeof path, "/proc/1/ns/%s", kind);
        attempt("open of PID 1's", kind, open(path, O_RDONLY));
        snprintf(path, sizeof path, "/proc/self/ns/%s", kind);
        attempt("setns to its own", kind, syscall(SYS_setns, open(path, O_RDONLY), 0));
        attempt("setns by PID 1's pidfd", kind, syscall(SYS_setns, init, kinds[i].flag));
        attempt("setns by its own pidfd", kind, syscall(SYS_setns, self, kinds[i].flag));
    }
    attempt("clone3 with a chosen", "pid", cloned(0, 0, &pid));
    attempt("clone3 into a folder as", "cgroup", cloned(CLONE_INTO_CGROUP, open("/tmp", O_RDONLY), NULL));
    attempt("clone3 into /sys/fs/cgroup as", "cgroup", cloned(CLONE_INTO_CGROUP, open("/sys/fs/cgroup", O_RDONLY), NULL));
    attempt("mkdir in /sys/fs/cgroup", "cgroup", syscall(SYS_mkdir, "/sys/fs/cgroup/mine", 0755));
    attempt("open for writing of", "cgroup.procs", open("/sys/fs/cgroup/cgroup.procs", O_WRONLY));
    printf("%d attempts, %d succeeded\n", attempts, succeeded);
    return 0;
}
