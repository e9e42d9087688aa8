#include <stdint.h>
#include <stdio.h>

int main(void)
{
    uint32_t state = 1;
    for (int i = 0; i < 10000; i++) {
        state = state * 1664525u + 1013904223u;
        printf("%05d %08x %05u\n", i, state, state >> 16);
    }
    return 0;
}
