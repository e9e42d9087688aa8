#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    printf("%s %d\n", argv[0], argc - 1);
    for (int i = 1; i < argc; i++)
        printf("[%s] %zu\n", argv[i], strlen(argv[i]));
    printf("%s %s\n", getenv("HOME"), getenv("USER"));
    return 0;
}
