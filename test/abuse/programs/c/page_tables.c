#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>

/* Reads one byte of every 2 MiB: the page is the shared one of zeros, its table is not. */
int main(void)
{
    puts("begun");
    fflush(stdout);
    for (;;) {
        volatile char *range = mmap(NULL, 1ul << 40, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (range == MAP_FAILED)
            return 1;
        for (unsigned long at = 0; at < 1ul << 40; at += 2 << 20)
            (void)range[at];
    }
}
