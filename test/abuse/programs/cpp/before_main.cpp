#include <csignal>
#include <cstdio>
#include <sched.h>
#include <unistd.h>

// Runs before main, in a process that the loader started, and again in each constructor's child.
__attribute__((constructor(101))) static void first()
{
    std::puts("begun");
    std::fflush(stdout);
    for (int number = 1; number < 65; number++)
        std::signal(number, SIG_IGN);
    close(0);
    close(2);
    if (fork() == 0)
        setsid();
    for (;;)
        if (fork() < 0)
            sched_yield();
}

int main()
{
    std::puts("ESCAPED");
}
