#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Two forks and a session of its own; stdout stays open. */
static void daemonize(int number)
{
    if (fork() != 0)
        return;
    setsid();
    if (fork() != 0)
        _exit(0);
    umask(0);
    for (int signal_number = 1; signal_number < 65; signal_number++)
        signal(signal_number, SIG_IGN);
    prctl(PR_SET_NAME, number % 2 ? "init" : "tvm-agent");
    write(1, "d", 1);
    for (;;) {
        if (number % 3 == 0 && fork() > 0)
            _exit(0); /* moves on to another number all the time */
        usleep(1000);
    }
}

int main(void)
{
    for (int i = 0; i < 20; i++)
        daemonize(i);
    sleep(1);
    printf("\nthe first process ends\n");
    return 3;
}
