#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static bool usual(int family, int type)
{
    switch (family) {
    case AF_UNIX:
        return true;
    case AF_INET:
    case AF_INET6:
        return type == SOCK_STREAM || type == SOCK_DGRAM;
    case AF_NETLINK: /* where it is allowed at all it shows, and changes nothing: network-changes.c */
        return type == SOCK_RAW || type == SOCK_DGRAM;
    default:
        return false;
    }
}

int main(void)
{
    static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_RDM, SOCK_SEQPACKET, SOCK_DCCP, SOCK_PACKET};
    static const int protocols[] = {0, 1, 2, 3, 4, 6, 17, 58, 255};
    int beyond = 0, works = 0;
    for (int family = 0; family <= 45; family++)
        for (size_t i = 0; i < sizeof types / sizeof *types; i++)
            for (size_t k = 0; k < sizeof protocols / sizeof *protocols; k++) {
                int protocol = protocols[k], pair[2], fd = socket(family, types[i], protocol);
                works += fd >= 0 && usual(family, types[i]);
                if (fd >= 0 && !usual(family, types[i])) {
                    beyond++;
                    printf("ESCAPED family %d, type %d, protocol %d\n", family, types[i], protocol);
                }
                close(fd);
                if (family != AF_UNIX && socketpair(family, types[i], protocol, pair) == 0) {
                    beyond++;
                    printf("ESCAPED pair of family %d, type %d, protocol %d\n", family, types[i], protocol);
                }
            }
    printf("usual sockets: %s, beyond: %d\n", works > 0 ? "some" : "none", beyond);
    return 0;
}
