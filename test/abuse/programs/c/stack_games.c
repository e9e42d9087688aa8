#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

__attribute__((noinline)) static int deep(volatile char *above)
{
    volatile char here[4096];
    here[0] = above[0];
    return deep(here) + here[0];
}

/* Jumps over the guard in one step. */
static void leap(unsigned long distance)
{
    unsigned long here;
    __asm__("mov %%rsp, %0" : "=r"(here));
    *(volatile char *)(here - distance) = 1;
}

static int outcome(void (*run)(void))
{
    int status;
    fflush(stdout);
    if (fork() == 0) {
        run();
        _exit(42);
    }
    wait(&status);
    return WIFSIGNALED(status) ? WTERMSIG(status) : -WEXITSTATUS(status);
}

static void recursion(void)
{
    deep("x");
}

static void recursion_unlimited(void)
{
    /* Against the memory that the stack is then made to meet. */
    setrlimit(RLIMIT_STACK, &(struct rlimit){RLIM_INFINITY, RLIM_INFINITY});
    char here;
    mmap((void *)(((unsigned long)&here & ~4095ul) - (16 << 20)), 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    deep("x");
}

static void far(void)
{
    leap(64ul << 20);
}

static void below(void)
{
    leap(1ul << 46);
}

static void overflow(int signal)
{
    (void)signal;
    deep("x");
}

static void alternate(void)
{
    char *stack = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = 8192}, NULL);
    sigaction(SIGSEGV, &(struct sigaction){.sa_handler = overflow, .sa_flags = SA_ONSTACK}, NULL);
    deep("x");
}

static void none(void)
{
    char here;
    munmap((void *)(((unsigned long)&here & ~4095ul) - (1 << 20)), 2 << 20);
    raise(SIGUSR1);
}

int main(void)
{
    printf("recursion: %d\n", outcome(recursion));
    printf("recursion without a limit: %d\n", outcome(recursion_unlimited));
    printf("over the guard: %d\n", outcome(far));
    printf("far below: %d\n", outcome(below));
    printf("overflow in the handler of the overflow: %d\n", outcome(alternate));
    printf("no stack at all: %d\n", outcome(none));
    fflush(stdout);
    return deep("x");
}
