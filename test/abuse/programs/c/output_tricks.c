#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <termios.h>
#include <unistd.h>

/* Odd states of the pipes that the agent reads. What is written in the end has to arrive. */
int main(void)
{
    static char block[1 << 14];
    int type;
    signal(SIGIO, SIG_IGN);
    for (int fd = 0; fd < 3; fd++) {
        fcntl(fd, F_SETFL, O_NONBLOCK | O_ASYNC | O_DIRECT);
        fcntl(fd, F_SETOWN, 1);
        fcntl(fd, F_SETSIG, SIGKILL);
        fcntl(fd, F_SETPIPE_SZ, 4096);
        fcntl(fd, F_SETLEASE, F_WRLCK);
        fcntl(fd, F_ADD_SEALS, 15);
        flock(fd, 2);
        ftruncate(fd, 0);
        lseek(fd, 1 << 20, SEEK_SET);
        ioctl(fd, TIOCSTI, "x");
        ioctl(fd, FIONREAD, &type);
        shutdown(fd, SHUT_RDWR);
        mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
    }
    /* Both ends: what the agent would read is stolen, or comes twice. */
    int other = open("/proc/self/fd/1", O_RDONLY | O_NONBLOCK);
    write(1, "stolen\n", 7);
    type = (int)read(other, block, 7);
    close(other);
    /* Empty packets, pages that change after they were given away, and pieces without a size. */
    for (int i = 0; i < 1000; i++) {
        write(1, block, 0);
        writev(1, (struct iovec[]){{block, 0}, {block, 0}}, 2);
    }
    fcntl(1, F_SETFL, 0);
    fcntl(2, F_SETFL, 0);
    close(0);
    memset(block, 'a', sizeof block);
    vmsplice(1, &(struct iovec){block, 4}, 1, SPLICE_F_GIFT);
    memset(block, 'b', sizeof block);
    dup2(2, 100);
    close(2);
    close(1);
    open("/dev/full", O_WRONLY);
    write(1, "x", 1);
    dprintf(100, "the end\n");
    return type >= -1 ? 11 : 12;
}
