#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static void nothing(int signal)
{
    (void)signal;
}

/* As many timers as there may be, each as quick as it can, in many processes. */
int main(void)
{
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN};
    struct itimerspec quick = {{0, 1}, {0, 1}};
    timer_t timer;
    puts("begun");
    fflush(stdout);
    signal(SIGRTMIN, nothing);
    signal(SIGALRM, nothing);
    for (int i = 0; i < 5; i++)
        fork();
    for (int clock = 0; clock < 12; clock++)
        for (int i = 0; i < 20; i++)
            if (timer_create(clock, &event, &timer) == 0)
                timer_settime(timer, 0, &quick, NULL);
    setitimer(ITIMER_REAL, &(struct itimerval){{0, 1}, {0, 1}}, NULL);
    for (;;)
        pause();
}
