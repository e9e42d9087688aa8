#include <stdio.h>
#include "main.c"

int main(void)
{
    puts("never");
    return 0;
}
