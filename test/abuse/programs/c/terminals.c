#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/kd.h>
#include <linux/random.h>
#include <linux/vt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
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

int main(void)
{
    struct {
        int bits, size;
        unsigned char data[32];
    } entropy = {.bits = 256, .size = 32};
    int random = open("/dev/random", O_RDWR), line = 29, terminal;
    attempt("entropy", ioctl(random, RNDADDENTROPY, &entropy));
    attempt("entropy count", ioctl(random, RNDADDTOENTCNT, &(int){-4096}));
    attempt("no entropy", ioctl(random, RNDZAPENTCNT, NULL));
    attempt("no entropy", ioctl(random, RNDCLEARPOOL, NULL));
    attempt("new seed", ioctl(random, RNDRESEEDCRNG, NULL));
    attempt("controlling terminal", open("/dev/tty", O_RDWR));
    setsid();
    int made = 0;
    while ((terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY)) >= 0 && made < 2000) {
        made++;
        grantpt(terminal);
        unlockpt(terminal);
    }
    terminal = open("/dev/pts/0", O_RDWR);
    ioctl(terminal, TIOCSCTTY, 1);
    attempt("console output", ioctl(terminal, TIOCCONS, NULL));
    attempt("line discipline", ioctl(terminal, TIOCSETD, &line));
    attempt("other line discipline", ioctl(terminal, TIOCSETD, &(int){21}));
    attempt("virtual terminal", ioctl(terminal, VT_ACTIVATE, 1));
    attempt("keyboard", ioctl(terminal, KDSKBMODE, 0));
    attempt("kernel log", ioctl(terminal, TIOCLINUX, "\x0b"));
    for (unsigned number = 0; number < 70; number++) {
        char path[32];
        snprintf(path, sizeof path, "/dev/tty%u", number);
        attempt(path, open(path, O_RDWR | O_NOCTTY));
        snprintf(path, sizeof path, "/tmp/device%u", number);
        attempt(path, mknod(path, S_IFCHR | 0666, makedev(4, number)));
    }
    printf("%d attempts, %d succeeded, terminals %s\n", attempts, succeeded, made < 2000 ? "bounded" : "ESCAPED");
    /* A hang-up of its own session. */
    signal(SIGHUP, SIG_IGN);
    vhangup();
    return 0;
}
