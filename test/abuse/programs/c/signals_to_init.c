#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int attempts, succeeded;

static void attempt(const char *name, int signal, long result)
{
    attempts++;
    if (result >= 0) {
        succeeded++;
        printf("ESCAPED %s %d\n", name, signal);
    }
}

int main(void)
{
    int init = (int)syscall(SYS_pidfd_open, 1, 0);
    int parent = getppid();
    for (int signal = 0; signal < 65; signal++) {
        siginfo_t info = {.si_code = SI_QUEUE, .si_signo = signal};
        attempt("kill", signal, kill(1, signal));
        attempt("tkill", signal, syscall(SYS_tkill, 1, signal));
        attempt("tgkill", signal, syscall(SYS_tgkill, 1, 1, signal));
        attempt("rt_sigqueueinfo", signal, syscall(SYS_rt_sigqueueinfo, 1, signal, &info));
        attempt("rt_tgsigqueueinfo", signal, syscall(SYS_rt_tgsigqueueinfo, 1, 1, signal, &info));
        attempt("pidfd_send_signal", signal, syscall(SYS_pidfd_send_signal, init, signal, NULL, 0));
        attempt("killpg", signal, kill(-1, 0) == 0 ? kill(-2, signal) : -1);
        for (int pid = 2; pid < getpid(); pid++)
            if (kill(pid, signal) == 0 && getpgid(pid) != getpgrp())
                attempt("another process", pid, 0);
        if (parent > 1)
            attempt("parent", signal, kill(parent, signal));
    }
    /* A storm of SIGCHLD, which PID 1 does get. */
    for (int i = 0; i < 2000; i++) {
        long child = syscall(SYS_clone, SIGCHLD | 0x8000 /* CLONE_PARENT */, NULL, NULL, NULL, 0);
        if (child == 0)
            _exit(i & 1 ? 0 : 77);
        if (child < 0)
            usleep(1000);
    }
    /* Of everybody that may be reached this process alone is left. */
    signal(SIGTERM, SIG_IGN);
    kill(-1, SIGTERM);
    kill(-1, SIGKILL);
    printf("%s, %d succeeded\n", attempts > 300 ? "hundreds of attempts" : "few attempts", succeeded);
    return 0;
}
