#include <stdio.h>

int Main(void)
{
    puts("never");
    return 0;
}
