#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { BLOCK = 1 << 20, BLOCKS = 80 };

int main(void)
{
    unsigned char *blocks[BLOCKS];
    for (int i = 0; i < BLOCKS; i++) {
        if (!(blocks[i] = malloc(BLOCK)))
            return 1;
        memset(blocks[i], i, BLOCK);
    }
    unsigned long sum = 0;
    for (int i = 0; i < BLOCKS; i++)
        for (int at = 0; at < BLOCK; at += 4096)
            sum += blocks[i][at];
    printf("%lu\n", sum);
    for (int i = 0; i < BLOCKS; i++)
        free(blocks[i]);
    unsigned char *pages = mmap(NULL, 64 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(pages, 1, 64 << 20);
    printf("%d\n", pages[(64 << 20) - 1]);
    return 0;
}
