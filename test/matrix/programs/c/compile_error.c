#include <stdio.h>

int main(void)
{
    int count = "three" - ;
    printf("%d\n", count);
    return undeclared;
}
