#include <stdio.h>
#include "/dev/zero"

int main(void)
{
    puts("never");
    return 0;
}
