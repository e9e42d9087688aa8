#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static void *end(void *code)
{
    /* Another thread than the first ends the program, by what looks like a limit. */
    (void)code;
    kill(getpid(), SIGKILL);
    return NULL;
}

int main(void)
{
    pthread_t thread;
    int status;
    static const int codes[] = {124, 125, 126, 127, 137, 139, 152, 255};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        if (fork() == 0)
            _exit(codes[i]);
        wait(&status);
        printf("%d ", WEXITSTATUS(status));
    }
    printf("\n{\"status\":\"ok\",\"exit_code\":0}\n");
    fflush(stdout);
    fprintf(stderr, "Killed\nMemory cgroup out of memory: Killed process 2 (main)\n");
    pthread_create(&thread, NULL, end, NULL);
    pthread_join(thread, NULL);
    return 0;
}
