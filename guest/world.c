#define _GNU_SOURCE
#include "world.h"

#include "clock.h"
#include "fault.h"
#include "text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static const unsigned long LOCKED = MS_NOSUID | MS_NODEV | MS_NOEXEC;

static bool exists(void *path)
{
    return access(path, F_OK) == 0;
}

/* Returns whether the command line names a root device, and if so its path. */
static bool root_device(char *device, size_t size)
{
    char name[32];
    return text_option("tvm.root", name, sizeof name) && snprintf(device, size, "/dev/%s", name) < (int)size;
}

static bool mount_at(const char *type, const char *target, unsigned long flags, const char *options)
{
    return mount(type, target, type, flags, options) == 0 || fault(errno, "mount %s", target);
}

/* Mounting follows links, so each mount point must be a real folder of the image. */
static bool has_folders(void)
{
    static const char *const folders[] = {"proc", "sys", "dev", "tmp", "workspace", "run"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        char path[64];
        struct stat status;
        snprintf(path, sizeof path, WORLD "/%s", folders[i]);
        if (lstat(path, &status) != 0 || !S_ISDIR(status.st_mode))
            return fault(0, "the root image has no folder /%s", folders[i]);
    }
    return true;
}

static bool make_devices(void)
{
    static const struct {
        const char *path;
        unsigned major, minor;
    } nodes[] = {
        {WORLD "/dev/null", 1, 3},   {WORLD "/dev/zero", 1, 5},    {WORLD "/dev/full", 1, 7},
        {WORLD "/dev/random", 1, 8}, {WORLD "/dev/urandom", 1, 9}, {WORLD "/dev/tty", 5, 0},
    };
    static const char *const links[][2] = {
        {"/proc/self/fd", WORLD "/dev/fd"},       {"/proc/self/fd/0", WORLD "/dev/stdin"},
        {"/proc/self/fd/1", WORLD "/dev/stdout"}, {"/proc/self/fd/2", WORLD "/dev/stderr"},
        {"pts/ptmx", WORLD "/dev/ptmx"},
    };
    for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++)
        if (mknod(nodes[i].path, S_IFCHR | 0666, makedev(nodes[i].major, nodes[i].minor)) != 0)
            return fault(errno, "create %s", nodes[i].path);
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        if (symlink(links[i][0], links[i][1]) != 0)
            return fault(errno, "create %s", links[i][1]);
    if (mkdir(WORLD "/dev/pts", 0755) != 0 || mkdir(WORLD "/dev/shm", 0755) != 0)
        return fault(errno, "create the folders of /dev");
    return true;
}

bool world_mount(bool *mounted)
{
    char device[64];
    *mounted = false;
    if (!root_device(device, sizeof device))
        return true;
    if (!wait_until(exists, device))
        return fault(0, "no root device %s", device);
    mkdir(WORLD, 0755);
    if (mount(device, WORLD, "erofs", MS_RDONLY | MS_NOSUID | MS_NODEV, NULL) != 0)
        return fault(errno, "mount %s", device);
    if (!has_folders() ||
        !mount_at("proc", WORLD "/proc", LOCKED, "hidepid=2") ||
        !mount_at("sysfs", WORLD "/sys", LOCKED | MS_RDONLY, NULL) ||
        !mount_at("tmpfs", WORLD "/dev", MS_NOSUID | MS_NOEXEC, "mode=0755,size=64k,nr_inodes=64") ||
        !make_devices() ||
        !mount_at("devpts", WORLD "/dev/pts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620,gid=5"))
        return false;
    *mounted = true;
    return true;
}

bool world_cover(const char *source, const char *target)
{
    struct stat status;
    if (lstat(target, &status) != 0 || !S_ISREG(status.st_mode))
        return true;
    if (mount(source, target, NULL, MS_BIND, NULL) != 0 ||
        mount(NULL, target, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | LOCKED, NULL) != 0)
        return fault(errno, "cover %s", target);
    return true;
}
