#define _GNU_SOURCE
#include "scratch.h"

#include "fault.h"
#include "world.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 64 };

static const struct {
    const char *name, *target;
    mode_t mode;
    uid_t owner;
} folders[] = {
    {"tmp", WORLD "/tmp", 01777, 0},
    {"workspace", WORLD "/workspace", 0755, WORLD_UID},
    {"run", WORLD "/run", 0755, 0},
    {"shm", WORLD "/dev/shm", 01777, 0},
};

static unsigned made;

static const char *path_of(const struct scratch *scratch, const char *name, char path[PATH_SIZE])
{
    snprintf(path, PATH_SIZE, "/scratch-%u/%s", scratch->number, name);
    return path;
}

static bool mount_scratch(const char *path, unsigned long flags, uint64_t bytes)
{
    char options[96];
    /* To tmpfs a size of 0, or one that becomes 0 when rounded up to pages, means no limit. */
    uint64_t size = bytes < 1 ? 1 : bytes < INT64_MAX ? bytes : INT64_MAX;
    snprintf(options, sizeof options, "mode=0755,nr_inodes=65536,size=%llu", (unsigned long long)size);
    return mount("tmpfs", path, "tmpfs", flags | MS_NOSUID | MS_NODEV, options) == 0 || fault(errno, "mount %s", path);
}

bool scratch_make(struct scratch *scratch, uint64_t bytes)
{
    char path[PATH_SIZE];
    scratch->number = made++;
    mkdir(path_of(scratch, "", path), 0755);
    if (!mount_scratch(path, 0, bytes))
        return false;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (mkdir(path_of(scratch, folders[i].name, path), folders[i].mode) != 0 ||
            chown(path, folders[i].owner, folders[i].owner) != 0)
            return fault(errno, "create %s", path);
    return true;
}

bool scratch_resize(const struct scratch *scratch, uint64_t bytes)
{
    char path[PATH_SIZE];
    return mount_scratch(path_of(scratch, "", path), MS_REMOUNT, bytes);
}

void scratch_drop(const struct scratch *scratch)
{
    char path[PATH_SIZE];
    umount2(path_of(scratch, "", path), MNT_DETACH);
}

void scratch_touch(const struct scratch *scratch)
{
    char path[PATH_SIZE];
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        utimensat(AT_FDCWD, path_of(scratch, folders[i].name, path), NULL, 0);
}

int scratch_workspace(const struct scratch *scratch)
{
    char path[PATH_SIZE];
    return open(path_of(scratch, "workspace", path), O_PATH | O_DIRECTORY | O_CLOEXEC);
}

bool scratch_enter(const struct scratch *scratch)
{
    char path[PATH_SIZE];
    if (unshare(CLONE_NEWNS | CLONE_NEWCGROUP) != 0)
        return false;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (mount(path_of(scratch, folders[i].name, path), folders[i].target, NULL, MS_BIND, NULL) != 0)
            return false;
    for (struct scratch each = {0}; each.number < made; each.number++)
        scratch_drop(&each);
    /* Not only chroot: from a process with another root, /proc/PID/root leads above it. */
    return chdir(WORLD) == 0 && mount(".", "/", NULL, MS_MOVE, NULL) == 0 && chroot(".") == 0 && chdir("/") == 0;
}
