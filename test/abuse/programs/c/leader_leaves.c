#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* The first process ends well while its descendants multiply, write and take memory. */
int main(void)
{
    static char block[1 << 16];
    printf("done\n");
    fflush(stdout);
    if (fork() != 0) {
        usleep(200000);
        return 0;
    }
    close(1);
    setsid();
    for (int number = 1; number < 65; number++)
        signal(number, SIG_IGN);
    for (;;) {
        if (fork() == 0)
            setsid();
        memset(block, getpid(), sizeof block);
    }
}
