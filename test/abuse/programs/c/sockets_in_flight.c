#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char block[1 << 16];

/* A socket full of data, sent through another one and closed: no process has a descriptor of it. */
int main(void)
{
    int carrier[2] = {-1, -1}, leaf[2], size = 1 << 20, refused = 0;
    puts("begun");
    fflush(stdout);
    while (refused < 100000 && socketpair(AF_UNIX, SOCK_STREAM, 0, leaf) == 0) {
        char control[CMSG_SPACE(sizeof *leaf)] = {0};
        struct iovec data = {block, 1};
        struct msghdr head = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
        struct cmsghdr *rights = CMSG_FIRSTHDR(&head);
        setsockopt(leaf[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
        while (send(leaf[0], block, sizeof block, MSG_DONTWAIT) > 0)
            ;
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(sizeof *leaf);
        memcpy(CMSG_DATA(rights), &leaf[1], sizeof *leaf);
        if (sendmsg(carrier[0], &head, MSG_DONTWAIT) < 0) {
            refused++;
            socketpair(AF_UNIX, SOCK_STREAM, 0, carrier);
            sendmsg(carrier[0], &head, MSG_DONTWAIT);
        }
        close(leaf[0]);
        close(leaf[1]);
    }
    return 1;
}
