int main(void)
{
    __asm__("nonsense %eax");
    return 0;
}
