#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char block[1 << 16];

static const char *inodes(const char *folder)
{
    char path[64];
    for (unsigned i = 0; i < 1000000; i++) {
        snprintf(path, sizeof path, "%s/i%u", folder, i);
        int fd = open(path, O_CREAT | O_WRONLY, 0600);
        if (fd < 0)
            return strerror(errno);
        close(fd);
    }
    return "ESCAPED";
}

static const char *space(const char *folder)
{
    char path[64];
    for (unsigned i = 0; i < 10000; i++) {
        snprintf(path, sizeof path, "%s/s%u", folder, i);
        int fd = open(path, O_CREAT | O_WRONLY, 0600);
        if (fd < 0)
            return strerror(errno);
        for (int k = 0; k < 256; k++)
            if (write(fd, block, sizeof block) < 0)
                return strerror(errno);
        close(fd);
    }
    return "ESCAPED";
}

int main(void)
{
    struct rlimit more = {RLIM_INFINITY, RLIM_INFINITY};
    signal(SIGXFSZ, SIG_IGN);
    printf("limit of a file's size: %s\n", setrlimit(RLIMIT_FSIZE, &more) == 0 ? "ESCAPED" : "stays");
    int fd = open("/tmp/large", O_CREAT | O_RDWR, 0600);
    printf("a file of 1 TiB: %s\n", ftruncate(fd, 1l << 40) == 0 ? "ESCAPED" : strerror(errno));
    printf("1 TiB reserved: %s\n", fallocate(fd, 0, 0, 1l << 40) == 0 ? "ESCAPED" : strerror(errno));
    printf("inodes: %s\n", inodes("/tmp"));
    printf("inodes elsewhere: %s\n", inodes("/workspace"));
    fflush(stdout);
    unlink("/tmp/i0");
    unlink("/tmp/i1");
    unlink("/tmp/i2");
    printf("space: %s\n", space("/tmp"));
    return 0;
}
