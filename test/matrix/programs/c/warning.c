#include <stdio.h>

int main(void)
{
    printf("%s %d\n", __FILE__, __LINE__);
    long wide = 1;
    printf("%d\n", wide);
    return 0;
}
