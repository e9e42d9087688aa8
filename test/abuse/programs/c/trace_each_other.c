#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Changes its own child while that runs: its own affair. Whom else it can trace is what counts. */
int main(void)
{
    int reached = 0, status;
    pid_t child = fork();
    if (child == 0)
        for (;;)
            getppid();
    if (ptrace(PTRACE_ATTACH, child, 0, 0) == 0) {
        waitpid(child, &status, 0);
        ptrace(PTRACE_SETOPTIONS, child, 0, 0x200000 /* PTRACE_O_SUSPEND_SECCOMP */);
        printf("filter of a child suspended: %s\n", errno == EPERM || errno == EINVAL || errno == EIO ? "refused" : "ESCAPED");
        ptrace(PTRACE_DETACH, child, 0, 0);
    } else {
        printf("filter of a child suspended: refused\n");
    }
    kill(child, SIGKILL);
    wait(NULL);
    for (pid_t pid = 1; pid < 400; pid++) {
        if (pid == getpid())
            continue;
        for (long request = PTRACE_ATTACH; request; request = request == PTRACE_ATTACH ? PTRACE_SEIZE : 0)
            if (ptrace(request, pid, 0, 0) == 0) {
                reached++;
                ptrace(PTRACE_DETACH, pid, 0, 0);
            }
    }
    printf("other processes traced: %d\n", reached);
    /* The parent, which is PID 1, as tracer. */
    printf("traced by PID 1: %s\n", ptrace(PTRACE_TRACEME, 0, 0, 0) == 0 ? "asked for" : "refused");
    fflush(stdout);
    raise(SIGUSR2); /* if asked for, the process stops, and PID 1 hears of it */
    return 4;
}
