#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/vm_sockets.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

static int attempts, succeeded;

static void attempt(const char *name, long result)
{
    attempts++;
    if (result >= 0) {
        succeeded++;
        printf("ESCAPED %s\n", name);
    }
}

/* An address of another family for a socket that exists: the kernel must not change families. */
static void connect_by(const char *name, int fd)
{
    static const unsigned cids[] = {VMADDR_CID_HYPERVISOR, VMADDR_CID_LOCAL, VMADDR_CID_HOST, 3, VMADDR_CID_ANY};
    static const unsigned ports[] = {1, 22, 886, 1024, 5000, 9999, 52000, VMADDR_PORT_ANY};
    for (size_t i = 0; i < sizeof cids / sizeof *cids; i++)
        for (size_t k = 0; k < sizeof ports / sizeof *ports; k++) {
            struct sockaddr_vm to = {.svm_family = AF_VSOCK, .svm_cid = cids[i], .svm_port = ports[k]};
            attempt(name, connect(fd, (struct sockaddr *)&to, sizeof to));
            attempt(name, sendto(fd, "x", 1, MSG_DONTWAIT, (struct sockaddr *)&to, sizeof to));
            attempt(name, bind(fd, (struct sockaddr *)&to, sizeof to));
        }
}

int main(void)
{
    static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET, SOCK_RAW};
    static const int flags[] = {0, SOCK_NONBLOCK, SOCK_CLOEXEC};
    unsigned cid;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        for (size_t k = 0; k < sizeof flags / sizeof *flags; k++) {
            int fd = socket(AF_VSOCK, types[i] | flags[k], 0);
            attempt("socket", fd);
            connect_by("vsock socket", fd);
            attempt("high bits", syscall(SYS_socket, (0xffffffffL << 32) | AF_VSOCK, types[i] | flags[k], 0));
        }
    int pair[2];
    attempt("socketpair", socketpair(AF_VSOCK, SOCK_STREAM, 0, pair));
    connect_by("unix socket", socket(AF_UNIX, SOCK_DGRAM, 0));
    connect_by("inet socket", socket(AF_INET, SOCK_DGRAM, 0));
    connect_by("inet6 socket", socket(AF_INET6, SOCK_DGRAM, 0));
    static const char *const devices[] = {"/dev/vsock", "/dev/vhost-vsock", "/dev/vport0p1", "/dev/hvc0", "/dev/ttyS0",
                                          "/dev/virtio-ports/tvm.agent", "/dev/vda", "/dev/mem", "/dev/port", "/dev/kmsg"};
    for (size_t i = 0; i < sizeof devices / sizeof *devices; i++) {
        int fd = open(devices[i], O_RDWR | O_NONBLOCK);
        attempt(devices[i], fd);
        if (strcmp(devices[i], "/dev/vsock") == 0)
            attempt("local cid", ioctl(fd, IOCTL_VM_SOCKETS_GET_LOCAL_CID, &cid));
    }
    printf("%d attempts, %d succeeded\n", attempts, succeeded);
    return 0;
}
