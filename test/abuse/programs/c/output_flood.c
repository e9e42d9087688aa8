#include <string.h>
#include <unistd.h>

static char block[1 << 16];

int main(void)
{
    memset(block, 'x', sizeof block);
    for (int i = 0; i < 6; i++)
        fork();
    for (;;) {
        write(1, block, sizeof block);
        write(2, block, sizeof block);
    }
}
