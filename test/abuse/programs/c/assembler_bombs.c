__asm__(".data\n"
        ".fill 0x40000000, 8, 1\n"
        ".rept 1000000000\n"
        ".rept 1000000000\n"
        ".quad 1\n"
        ".endr\n"
        ".endr\n");

char large[1ul << 33] = {1};

int main(void)
{
    return large[5];
}
