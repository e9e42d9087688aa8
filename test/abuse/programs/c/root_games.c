#define _GNU_SOURCE
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int attempts, succeeded;

static void attempt(const char *name, int reached)
{
    attempts++;
    if (reached) {
        succeeded++;
        printf("ESCAPED %s\n", name);
    }
}

int main(int count, char **arguments)
{
    gid_t groups[64];
    if (count > 1) { /* started again by a file with the setuid bit */
        return geteuid() == 0 || getegid() == 0 ? 42 : 0;
    }
    attempt("setuid", setuid(0) == 0);
    attempt("setreuid", setreuid(-1, 0) == 0);
    attempt("setresuid", setresuid(-1, 0, -1) == 0);
    attempt("setgid", setgid(0) == 0);
    attempt("setresgid", setresgid(5, 5, 5) == 0);
    attempt("setgroups", setgroups(1, (gid_t[]){0}) == 0);
    attempt("setfsuid", (setfsuid(0), setfsuid(-1)) == 0);
    attempt("setfsgid", (setfsgid(0), setfsgid(-1)) == 0);
    attempt("groups", getgroups(64, groups) > 0);
    for (int capability = 0; capability <= 40; capability++) {
        attempt("bounding set", prctl(PR_CAPBSET_READ, capability, 0, 0, 0) == 1);
        attempt("ambient set", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) == 0);
    }
    for (int set = 1; set < 8; set++) {
        struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
        struct __user_cap_data_struct data[2] = {0};
        for (int i = 0; i < 2; i++) {
            data[i].effective = set & 1 ? ~0u : 0;
            data[i].permitted = set & 2 ? ~0u : 0;
            data[i].inheritable = set & 4 ? ~0u : 0;
        }
        attempt("capset", syscall(SYS_capset, &head, data) == 0);
    }
    attempt("secure bits", prctl(PR_SET_SECUREBITS, SECBIT_KEEP_CAPS | SECBIT_NO_SETUID_FIXUP) == 0);
    attempt("new privileges", prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0 || prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1);
    attempt("no filter", prctl(PR_GET_SECCOMP) != 2);
    attempt("memory map", prctl(PR_SET_MM, PR_SET_MM_EXE_FILE, open("/usr/bin/env", O_RDONLY), 0, 0) == 0);
    attempt("core dumps", setrlimit(RLIMIT_CORE, &(struct rlimit){1, 1}) == 0);
    attempt("locked memory", setrlimit(RLIMIT_MEMLOCK, &(struct rlimit){1 << 30, 1 << 30}) == 0);
    attempt("priority", setrlimit(RLIMIT_NICE, &(struct rlimit){40, 40}) == 0 || setpriority(PRIO_PROCESS, 0, -20) == 0);
    attempt("real time", setrlimit(RLIMIT_RTPRIO, &(struct rlimit){99, 99}) == 0);
    attempt("message queues", setrlimit(RLIMIT_MSGQUEUE, &(struct rlimit){1 << 20, 1 << 20}) == 0);
    attempt("open files", setrlimit(RLIMIT_NOFILE, &(struct rlimit){1 << 20, 1 << 20}) == 0);
    attempt("owner of a file", chown(arguments[0], 0, 0) == 0);
    attempt("immune to lack of memory", ({
        int fd = open("/proc/self/oom_score_adj", O_WRONLY);
        write(fd, "-1000", 5) == 5;
    }));
    static const char *const copies[] = {"/tmp/setuid", "/workspace/setuid", "/dev/shm/setuid"};
    for (size_t i = 0; i < sizeof copies / sizeof *copies; i++) {
        char command[128];
        snprintf(command, sizeof command, "cp main %s && chmod 6755 %s", copies[i], copies[i]);
        int copied = system(command), status = 0;
        if (copied == 0 && fork() == 0) {
            execl(copies[i], copies[i], "again", NULL);
            _exit(0);
        }
        wait(&status);
        attempt(copies[i], WIFEXITED(status) && WEXITSTATUS(status) == 42);
    }
    static const char *const programs[] = {"/bin/su", "/bin/mount", "/usr/bin/passwd", "/usr/bin/sudo", "/usr/bin/newgrp"};
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        struct stat status;
        attempt(programs[i], stat(programs[i], &status) == 0 && status.st_uid == 0 && (status.st_mode & S_ISUID) &&
                                 !prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    }
    printf("%d attempts, %d succeeded, user %d\n", attempts, succeeded, (int)geteuid());
    return 0;
}
