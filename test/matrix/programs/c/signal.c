#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static sigjmp_buf back;

static void caught(int number)
{
    siglongjmp(back, number);
}

int main(void)
{
    int *volatile nothing = NULL;
    signal(SIGSEGV, caught);
    int number = sigsetjmp(back, 1);
    if (number == 0)
        *nothing = 1;
    printf("signal %d\n", number);
    fflush(stdout);
    abort();
}
