#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int attempts, succeeded;

static void attempt(const char *name, const char *detail, int reached)
{
    attempts++;
    if (reached) {
        succeeded++;
        printf("ESCAPED %s %s\n", name, detail);
    }
}

static int opens(const char *path, int flags)
{
    int fd = open(path, flags);
    close(fd);
    return fd >= 0;
}

int main(void)
{
    static const char *const files[] = {"mem", "root", "root/init", "cwd", "exe", "maps", "environ", "fd", "fdinfo", "ns",
                                        "syscall", "stack", "auxv", "pagemap", "oom_score_adj", "task/1/mem", "io",
                                        "map_files", "mountinfo", "cmdline", "status", "personality", "clear_refs"};
    static const char *const above[] = {"/../init", "/../../init", "/../modules", "/../scratch-0", "/../world", "/init",
                                        "/workspace/../../init", "/proc/self/root/../init", "/proc/self/cwd/../../init",
                                        "/dev/fd/../../init", "/proc/self/root/modules", "/../sys/fs/cgroup/cgroup.procs"};
    char path[128];
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "/proc/1/%s", files[i]);
        attempt("read", path, opens(path, O_RDONLY));
        attempt("write", path, opens(path, O_WRONLY));
        attempt("path", path, opens(path, O_PATH));
    }
    attempt("chdir", "/proc/1/root", chdir("/proc/1/root") == 0);
    for (size_t i = 0; i < sizeof above / sizeof *above; i++)
        attempt("above the root", above[i], opens(above[i], O_PATH));
    /* Up from every folder that a descriptor may name, and out of a root that was left. */
    struct stat root, up;
    stat("/", &root);
    chdir("/");
    for (int i = 0; i < 100; i++)
        chdir("..");
    stat(".", &up);
    attempt("upwards", "..", root.st_ino != up.st_ino || root.st_dev != up.st_dev);
    int fd = open("/", O_RDONLY | O_DIRECTORY);
    if (chroot("/tmp") == 0 || unshare(CLONE_FS) != 0)
        fchdir(fd);
    struct {
        unsigned bytes;
        int type;
        unsigned char handle[128];
    } handle = {.bytes = 8, .type = 1, .handle = {2}};
    for (int inode = 1; inode < 64; inode++) {
        handle.handle[0] = (unsigned char)inode;
        attempt("file handle", "/", syscall(SYS_open_by_handle_at, fd, &handle, O_RDONLY) >= 0);
    }
    /* Whose processes can be seen at all. */
    DIR *processes = opendir("/proc");
    int others = 0;
    for (struct dirent *entry; (entry = readdir(processes));)
        others += atoi(entry->d_name) > 0 && atoi(entry->d_name) != getpid();
    printf("%d attempts, %d succeeded, other processes to be seen: %d\n", attempts, succeeded, others);
    return 0;
}
