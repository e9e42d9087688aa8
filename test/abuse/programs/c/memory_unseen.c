#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

/* Memory that belongs to no process: shared segments and files without a name, left behind by processes that end. */
int main(void)
{
    puts("begun");
    fflush(stdout);
    for (int i = 0;; i++) {
        if (fork() == 0) {
            int id = shmget(IPC_PRIVATE, 16 << 20, IPC_CREAT | 0600);
            char *memory = id < 0 ? (char *)-1 : shmat(id, NULL, 0);
            if (memory == (char *)-1)
                memory = mmap(NULL, 16 << 20, PROT_READ | PROT_WRITE, MAP_SHARED, ({
                    int fd = memfd_create("x", 0);
                    ftruncate(fd, 16 << 20);
                    fd;
                }), 0);
            memset(memory, 1, 16 << 20);
            _exit(0);
        }
        usleep(2000);
    }
}
