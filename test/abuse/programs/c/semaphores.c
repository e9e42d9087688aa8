#include <stdio.h>
#include <sys/ipc.h>
#include <sys/sem.h>

int main(void)
{
    puts("begun");
    fflush(stdout);
    /* 32000 sets of 32000 are allowed: 64 GiB. */
    while (semget(IPC_PRIVATE, 32000, 0600) >= 0)
        ;
    return 0;
}
