#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/wait.h>
#include <unistd.h>

/* mov $42, %eax; ret */
static const unsigned char code[] = {0xb8, 42, 0, 0, 0, 0xc3};

static int call(void *at)
{
    memcpy(at, code, sizeof code);
    return ((int (*)(void))at)();
}

static int ended(pid_t child)
{
    int status;
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int main(void)
{
    char stack[64];
    int all = PROT_READ | PROT_WRITE | PROT_EXEC, fd = memfd_create("x", 0);
    printf("writable and executable memory: %d\n", call(mmap(NULL, 4096, all, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)));
    void *shared = ftruncate(fd, 4096) == 0 ? mmap(NULL, 4096, all, MAP_SHARED, fd, 0) : NULL;
    printf("the same, shared: %d\n", call(shared));
    mprotect((void *)((unsigned long)stack & ~4095ul), 4096, all);
    printf("the stack: %d\n", call(stack));
    fflush(stdout);
    /* A copy of env that has no name. */
    int from = open("/usr/bin/env", O_RDONLY), copy = memfd_create("env", 0);
    while (copy_file_range(from, NULL, copy, NULL, 1 << 20, 0) > 0 || sendfile(copy, from, NULL, 1 << 20) > 0)
        ;
    if (fork() == 0) {
        fexecve(copy, (char *[]){"env", "-i", "echo", "program in memory: 42", NULL}, (char *[]){"PATH=/bin", NULL});
        _exit(1);
    }
    printf("ended with %d\n", ended(-1));
    fflush(stdout);
    if (fork() == 0) {
        memset((void *)getauxval(AT_SYSINFO_EHDR), 0xcc, 64);
        _exit(42);
    }
    printf("write to the vdso: %d\n", ended(-1));
    fflush(stdout);
    if (fork() == 0) {
        memset((void *)0xffffffffff600000, 0xcc, 64);
        _exit(42);
    }
    printf("write to the vsyscall page: %d\n", ended(-1));
    /* Its own code through /proc: allowed, and its own affair. */
    fd = open("/proc/self/mem", O_RDWR);
    pwrite(fd, "\0", 1, (off_t)0xffffffff81000000);
    printf("kernel through /proc/self/mem: %d\n", (int)pwrite(fd, "x", 1, (off_t)0xffffffff81000000));
    return 0;
}
