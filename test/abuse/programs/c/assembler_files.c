#include <stdio.h>
#include <string.h>

/* What the machine lets everybody read, as part of the program. It must be the guest's, and nothing of the host. */
__asm__(".section .rodata\n"
        "passwd: .incbin \"/etc/passwd\"\n.byte 0\n"
        "environment: .incbin \"/proc/self/environ\"\nend_of_environment: .byte 0\n"
        "command: .incbin \"/proc/self/cmdline\"\n.byte 0\n");

extern const char passwd[], environment[], end_of_environment[], command[];

static int known(const char *name)
{
    static const char *const names[] = {"PATH=", "HOME=/workspace", "USER=runner", "LOGNAME=runner", "LANG=C.UTF-8",
                                        "TMPDIR=/tmp", "COLLECT_", "LD_BIND_NOW=1", "PWD=/workspace", "SHLVL="};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strncmp(name, names[i], strlen(names[i])) == 0)
            return 1;
    return 0;
}

int main(void)
{
    int unknown = 0;
    for (const char *name = environment; name < end_of_environment; name += strlen(name) + 1)
        if (*name && !known(name)) {
            unknown++;
            printf("ESCAPED %s\n", name);
        }
    printf("users: %s, unknown variables: %d\n", strncmp(passwd, "root:x:0:0:", 11) == 0 ? "of the image" : "ESCAPED", unknown);
    return 0;
}
