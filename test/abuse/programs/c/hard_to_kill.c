#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/random.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char stack[1 << 16];

static int stop(void *nothing)
{
    (void)nothing;
    raise(SIGSTOP);
    return 0;
}

/* Processes in states in which a signal comes late: stopped, traced, waiting for a child, inside long system calls. */
int main(void)
{
    puts("begun");
    fflush(stdout);
    for (int signal_number = 1; signal_number < 65; signal_number++)
        signal(signal_number, SIG_IGN);
    for (int kind = 0; kind < 10; kind++) {
        if (fork() != 0)
            continue;
        for (;;)
            switch (kind) {
            case 0:
                raise(SIGSTOP);
                break;
            case 1: /* waits until its stopped child ends */
                clone(stop, stack + sizeof stack, CLONE_VFORK | CLONE_VM | SIGCHLD, NULL);
                break;
            case 2:
                ptrace(PTRACE_TRACEME, 0, 0, 0);
                raise(SIGTRAP);
                break;
            case 3: {
                char *memory = mmap(NULL, 16 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
                getrandom(memory, 16 << 20, 0);
                munmap(memory, 16 << 20);
                break;
            }
            case 4:
                sendfile(open("/dev/null", O_WRONLY), open("/workspace/main", O_RDONLY), NULL, 1l << 31);
                break;
            case 5:
                syscall(SYS_splice, open("/dev/zero", O_RDONLY), NULL, open("/dev/null", O_WRONLY), NULL, 1l << 30, 0);
                break;
            case 6:
                mmap(NULL, 1l << 46, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
                madvise((void *)0x10000, 1l << 46, 22 /* MADV_POPULATE_READ */);
                break;
            case 7:
                sync();
                syscall(SYS_membarrier, 1, 0, 0);
                break;
            case 8: { /* a tracer that keeps its stopped tracee and is stopped itself */
                pid_t child = fork();
                if (child == 0)
                    for (;;)
                        pause();
                ptrace(PTRACE_SEIZE, child, 0, 0x40 /* PTRACE_O_TRACEEXIT */);
                kill(child, SIGKILL);
                raise(SIGSTOP);
                break;
            }
            default:
                fcntl(open("/workspace/main.c", O_RDONLY), F_SETLEASE, F_RDLCK);
                flock(open("/tmp", O_RDONLY), 2);
                pause();
            }
    }
    raise(SIGSTOP);
    for (;;)
        pause();
}
