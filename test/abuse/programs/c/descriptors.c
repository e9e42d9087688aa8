#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

static int event(void) { return eventfd(0, 0); }
static int poller(void) { return epoll_create1(0); }
static int watcher(void) { return inotify_init(); }
static int timer(void) { return timerfd_create(CLOCK_MONOTONIC, 0); }
static int memory(void) { return memfd_create("x", 0); }
static int signals(void) { return signalfd(-1, &(sigset_t){0}, 0); }
static int file(void) { return open("/tmp", O_TMPFILE | O_RDWR, 0600); }
static int terminal(void) { return open("/dev/ptmx", O_RDWR | O_NOCTTY); }
static int unix_socket(void) { return socket(AF_UNIX, SOCK_STREAM, 0); }
static int inet_socket(void) { return socket(AF_INET, SOCK_DGRAM, 0); }
static int of_process(void) { return (int)syscall(SYS_pidfd_open, getpid(), 0); }
static int ends(void) { int two[2]; return pipe(two); }

static const struct {
    const char *name;
    int (*make)(void);
} kinds[] = {
    {"files", file},          {"pipes", ends},          {"events", event},  {"epoll", poller},      {"inotify", watcher},
    {"timers", timer},        {"memory", memory},       {"signals", signals}, {"terminals", terminal}, {"processes", of_process},
    {"unix sockets", unix_socket}, {"inet sockets", inet_socket},
};

int main(void)
{
    setrlimit(RLIMIT_NOFILE, &(struct rlimit){1 << 20, 1 << 20});
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        fflush(stdout);
        if (fork() == 0) {
            int made = 0;
            while (kinds[i].make() >= 0 && made < 2000000)
                made++;
            printf("%s: %s\n", kinds[i].name, made > 0 && made < 1024 ? "held" : made == 0 ? "none" : "ESCAPED");
            fflush(stdout);
            _exit(0);
        }
        wait(NULL);
    }
    /* The same by many processes at a time: up to all that the machine has. */
    for (int i = 0; i < 40; i++)
        if (fork() == 0) {
            while (ends() == 0)
                ;
            pause();
        }
    sleep(1);
    int fd = open("/dev/null", O_RDONLY);
    printf("the first process: %s\n", fd >= 0 ? "can open" : strerror(errno));
    return 0;
}
