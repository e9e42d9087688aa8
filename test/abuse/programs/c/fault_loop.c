#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static char stack[1 << 16];

/* Returns to the instruction that faults. */
static void again(int signal)
{
    (void)signal;
}

int main(void)
{
    struct sigaction action = {.sa_handler = again, .sa_flags = SA_ONSTACK | SA_NODEFER};
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
    for (int signal = 1; signal < 65; signal++)
        sigaction(signal, &action, NULL);
    puts("begun");
    fflush(stdout);
    for (int i = 0; i < 3; i++)
        fork();
    __asm__ volatile("hlt");
    return 0;
}
