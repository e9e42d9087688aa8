#define _GNU_SOURCE
#include "channel.h"

#include "clock.h"
#include "fault.h"
#include "text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <linux/vm_sockets.h> /* needs sys/socket.h before it */
#include <unistd.h>

#define PORTS "/sys/class/virtio-ports"

/* Below 1024, so that no program can listen on it. The host's end is AGENT_PORT of vmm/firecracker/vm.ts. */
enum { VSOCK_PORT = 886 };

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

static bool open_port(struct channel *channel)
{
    char device[sizeof "/dev/" + NAME_MAX];
    if (!wait_until(find_port, device))
        return fault(0, "no virtio-serial port tvm.agent");
    *channel = (struct channel){open(device, O_RDWR | O_NONBLOCK | O_CLOEXEC), -1};
    return channel->stream >= 0 || fault(errno, "open %s", device);
}

static bool listen_on_vsock(struct channel *channel)
{
    const struct sockaddr_vm here = {.svm_family = AF_VSOCK, .svm_cid = VMADDR_CID_ANY, .svm_port = VSOCK_PORT};
    *channel = (struct channel){-1, socket(AF_VSOCK, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (channel->listener < 0 || bind(channel->listener, (const struct sockaddr *)&here, sizeof here) != 0 ||
        listen(channel->listener, 8) != 0)
        return fault(errno, "listen on vsock");
    return true;
}

bool channel_open(struct channel *channel)
{
    char kind[16];
    if (!text_option("tvm.channel", kind, sizeof kind))
        return open_port(channel);
    return strcmp(kind, "vsock") == 0 ? listen_on_vsock(channel) : fault(0, "no channel of the kind %s", kind);
}

bool channel_answer(struct channel *channel)
{
    struct sockaddr_vm caller;
    socklen_t size = sizeof caller;
    if (channel->listener < 0)
        return false;
    int stream = accept4(channel->listener, (struct sockaddr *)&caller, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (stream < 0)
        return false;
    if (caller.svm_cid != VMADDR_CID_HOST) {
        close(stream);
        return false;
    }
    channel_hang_up(channel);
    channel->stream = stream;
    return true;
}

bool channel_hang_up(struct channel *channel)
{
    if (channel->listener < 0)
        return false;
    if (channel->stream >= 0)
        close(channel->stream);
    channel->stream = -1;
    return true;
}

void channel_last_words(struct channel *channel, const void *frame, size_t size)
{
    const uint8_t *left = frame;
    for (int tries = 0; size > 0 && tries < 200; tries++) {
        channel_answer(channel);
        ssize_t written = write(channel->stream, left, size);
        if (written > 0) {
            left += written;
            size -= (size_t)written;
        }
        sleep_ms(10);
    }
}
