#define _GNU_SOURCE
#include "channel.h"

#include "clock.h"
#include "fault.h"
#include "text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PORTS "/sys/class/virtio-ports"

static bool find_port(void *device)
{
    DIR *ports = opendir(PORTS);
    if (ports == NULL)
        return false;
    bool found = false;
    for (struct dirent *entry; !found && (entry = readdir(ports)) != NULL;) {
        char path[512], name[64];
        snprintf(path, sizeof path, PORTS "/%s/name", entry->d_name);
        if (entry->d_name[0] == '.' || text_read(path, name, sizeof name) <= 0)
            continue;
        found = strcmp(name, "tvm.agent\n") == 0;
        if (found)
            snprintf(device, sizeof "/dev/" + NAME_MAX, "/dev/%s", entry->d_name);
    }
    closedir(ports);
    return found;
}

bool channel_open(int *fd)
{
    char device[sizeof "/dev/" + NAME_MAX];
    if (!wait_until(find_port, device))
        return fault(0, "no virtio-serial port tvm.agent");
    *fd = open(device, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    return *fd >= 0 || fault(errno, "open %s", device);
}

void channel_last_words(int fd, const void *frame, size_t size)
{
    const uint8_t *left = frame;
    for (int tries = 0; size > 0 && tries < 200; tries++) {
        ssize_t written = write(fd, left, size);
        if (written > 0) {
            left += written;
            size -= (size_t)written;
        }
        sleep_ms(10);
    }
}
