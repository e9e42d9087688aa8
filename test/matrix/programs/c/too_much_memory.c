#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Seen by others, or a compiler may leave out memory that nobody reads. */
char *volatile last;

int main(void)
{
    puts("begin");
    fflush(stdout);
    for (;;) {
        char *block = malloc(1 << 20);
        if (!block)
            return 3;
        memset(block, 1, 1 << 20);
        last = block;
    }
}
