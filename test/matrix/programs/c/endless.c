#include <stdio.h>

int main(void)
{
    puts("begin");
    fflush(stdout);
    for (volatile int i = 0;; i++)
        ;
}
