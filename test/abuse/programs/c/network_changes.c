#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <net/route.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
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

/* Returns whether the kernel did what the request asks. */
static int ask(int type)
{
    struct {
        struct nlmsghdr head;
        union {
            struct ifinfomsg link;
            struct ifaddrmsg address;
            struct rtmsg route;
            char bytes[32];
        };
    } request = {.head = {sizeof request, (unsigned short)type, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE, 1, 0}};
    struct {
        struct nlmsghdr head;
        struct nlmsgerr error;
        char rest[256];
    } reply;
    if (type == RTM_SETLINK || type == RTM_DELLINK)
        request.link = (struct ifinfomsg){.ifi_index = 1, .ifi_change = IFF_UP};
    int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
    int done = -1;
    if (fd >= 0 && send(fd, &request, sizeof request, 0) > 0 && recv(fd, &reply, sizeof reply, 0) > 0)
        done = reply.head.nlmsg_type == NLMSG_ERROR ? reply.error.error : 0;
    close(fd);
    return done;
}

static int reach(const char *address, int type)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(80)};
    inet_pton(AF_INET, address, &to.sin_addr);
    int fd = socket(AF_INET, type | SOCK_NONBLOCK, 0), one = 1;
    setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &one, sizeof one);
    int result = connect(fd, (struct sockaddr *)&to, sizeof to);
    if (result < 0 && errno == EINPROGRESS)
        result = 0;
    close(fd);
    return result;
}

int main(void)
{
    static const char *const hosts[] = {"10.0.2.2", "10.0.2.3", "169.254.169.254", "192.168.0.1", "8.8.8.8",
                                        "172.17.0.1", "255.255.255.255", "224.0.0.1"};
    int fd = socket(AF_INET, SOCK_DGRAM, 0), others = 0;
    struct ifreq lo = {.ifr_name = "lo"};
    attempt("link up or down", ask(RTM_SETLINK));
    attempt("link removed", ask(RTM_DELLINK));
    attempt("link made", ask(RTM_NEWLINK));
    attempt("address", ask(RTM_NEWADDR));
    attempt("no address", ask(RTM_DELADDR));
    attempt("route", ask(RTM_NEWROUTE));
    attempt("neighbour", ask(RTM_NEWNEIGH));
    attempt("rule", ask(RTM_NEWRULE));
    attempt("queue", ask(RTM_NEWQDISC));
    attempt("lo down", ioctl(fd, SIOCSIFFLAGS, &lo));
    attempt("lo renamed", ioctl(fd, SIOCSIFNAME, &lo));
    attempt("lo's size", ioctl(fd, SIOCSIFMTU, &lo));
    attempt("lo's address", ioctl(fd, SIOCSIFADDR, &lo));
    attempt("lo promiscuous", (lo.ifr_flags = IFF_UP | IFF_PROMISC, ioctl(fd, SIOCSIFFLAGS, &lo)));
    attempt("route by ioctl", ioctl(fd, SIOCADDRT, &(struct rtentry){0}));
    attempt("bridge", ioctl(fd, 0x89a0, "br0"));
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        attempt(hosts[i], reach(hosts[i], SOCK_STREAM));
        attempt(hosts[i], reach(hosts[i], SOCK_DGRAM));
    }
    struct if_nameindex *names = if_nameindex();
    for (struct if_nameindex *each = names; each && each->if_index; each++)
        others += strcmp(each->if_name, "lo") != 0;
    printf("%d attempts, %d succeeded, interfaces beside lo: %d\n", attempts, succeeded, others);
    return 0;
}
