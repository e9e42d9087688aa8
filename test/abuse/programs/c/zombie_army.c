#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    int made = 0, orphans = 0;
    pid_t child;
    /* Zombies of its own, until there is no room. */
    while ((child = fork()) >= 0) {
        if (child == 0)
            _exit(made & 0xff);
        if (++made > 100000)
            break;
    }
    printf("%s after %s\n", made > 100000 ? "ESCAPED: no end" : "no more processes", made > 1 ? "some" : "none");
    while (wait(NULL) > 0)
        ;
    /* Orphans, which PID 1 has to bury. */
    for (int i = 0; i < 40; i++) {
        child = fork();
        if (child == 0) {
            for (int k = 0; k < 10; k++)
                if (fork() == 0)
                    _exit(k);
            _exit(0);
        }
        if (child > 0) {
            orphans++;
            waitpid(child, NULL, 0);
        }
    }
    /* Children of PID 1 from the start: their ends are reported to it as if they were the program. */
    for (int i = 0; i < 100; i++) {
        child = (pid_t)syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, 0);
        if (child == 0) {
            if (i % 3 == 0)
                kill(getpid(), SIGSEGV);
            _exit(99);
        }
    }
    printf("%d forks of forks\n", orphans);
    return 5;
}
