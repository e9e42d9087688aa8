#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

struct attributes {
    unsigned size, policy;
    unsigned long flags;
    int nice;
    unsigned priority;
    unsigned long runtime, deadline, period;
};

/* Busy in the kernel as well, so that nothing else shall have its turn. */
static _Noreturn void hog(int kind)
{
    for (;;)
        switch (kind % 4) {
        case 0:
            sched_yield();
            break;
        case 1:
            munmap(mmap(NULL, 64 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0), 64 << 20);
            break;
        case 2:
            syscall(SYS_sched_setaffinity, 0, sizeof(long), &(long){1});
            break;
        default:
            break;
        }
}

int main(void)
{
    int attempts = 0, succeeded = 0;
    for (int policy = 1; policy < 7; policy++) {
        struct attributes want = {sizeof want, (unsigned)policy, 0, -20, policy < 3 ? 99 : 0, 10000000, 10000000, 10000000};
        if (policy == SCHED_BATCH || policy == SCHED_IDLE)
            continue;
        attempts += 2;
        succeeded += sched_setscheduler(0, policy, &(struct sched_param){policy < 3 ? 99 : 0}) == 0;
        succeeded += syscall(SYS_sched_setattr, 0, &want, 0) == 0;
    }
    attempts += 3;
    succeeded += setpriority(PRIO_PROCESS, 0, -20) == 0;
    succeeded += setpriority(PRIO_USER, 0, -20) == 0;
    succeeded += syscall(SYS_ioprio_set, 1, 0, 1 << 13) == 0;
    printf("%d attempts, %d succeeded\n", attempts, succeeded);
    fflush(stdout);
    for (int signal_number = 1; signal_number < 65; signal_number++)
        signal(signal_number, SIG_IGN);
    int kind = 0;
    while (kind < 120 && fork() > 0)
        kind++;
    hog(kind);
}
