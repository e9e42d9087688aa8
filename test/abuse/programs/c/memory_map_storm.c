#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SIZE = 4 << 20 };

static char *shared;

/* All of them change one address space: faults, protections, discards and forks wait for each other. */
static void *storm(void *number)
{
    for (long turn = (long)number;; turn++)
        switch (turn % 5) {
        case 0:
            memset(shared, 1, SIZE);
            break;
        case 1:
            madvise(shared, SIZE, MADV_DONTNEED);
            break;
        case 2:
            mprotect(shared + (turn % 64) * 4096, 4096, PROT_READ | PROT_WRITE | PROT_EXEC);
            break;
        case 3:
            mremap(mmap(NULL, 1 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 1 << 20, 4096, 0);
            break;
        default:
            if (fork() == 0)
                _exit(0);
        }
    return NULL;
}

int main(void)
{
    pthread_t thread;
    signal(SIGCHLD, SIG_IGN);
    shared = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    puts("begun");
    fflush(stdout);
    for (long i = 0; i < 32; i++)
        pthread_create(&thread, NULL, storm, (void *)i);
    storm(NULL);
}
