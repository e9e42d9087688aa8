#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { FAR = 200000 };

static char block[1 << 16];

static int timers(void)
{
    timer_t timer;
    return timer_create(CLOCK_REALTIME, NULL, &timer);
}

static int queued_signals(void)
{
    return sigqueue(getpid(), SIGRTMIN, (union sigval){0});
}

static int filters(void)
{
    static struct sock_filter code[4096];
    for (int i = 0; i < 4095; i++)
        code[i] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0);
    code[4095] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &(struct sock_fprog){4096, code});
}

static int pipes(void)
{
    int ends[2];
    if (pipe2(ends, O_NONBLOCK) != 0)
        return -1;
    fcntl(ends[1], F_SETPIPE_SZ, 1 << 16);
    return write(ends[1], block, 100) > 0 ? 0 : -1;
}

static int keys(void)
{
    static unsigned number;
    char name[32];
    snprintf(name, sizeof name, "key%u", number++);
    return (int)syscall(SYS_add_key, "user", name, block, 20000, -3);
}

static int queues(void)
{
    static unsigned number;
    char name[32];
    snprintf(name, sizeof name, "q%u", number++);
    return (int)syscall(SYS_mq_open, name, O_CREAT | O_RDWR, 0600, NULL);
}

static void count(const char *name, int (*more)(void))
{
    int made = 0;
    fflush(stdout);
    if (fork() == 0) {
        while (made < FAR && more() >= 0)
            made++;
        printf("%s: %s\n", name, made < FAR ? "bounded" : "ESCAPED");
        fflush(stdout);
        _exit(0);
    }
    wait(NULL);
}

int main(void)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    count("timers", timers);
    count("signals", queued_signals);
    count("filters", filters);
    count("pipes", pipes);
    count("keys", keys);
    count("queues", queues);
    return 0;
}
