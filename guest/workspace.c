#define _GNU_SOURCE
#include "workspace.h"

#include "fault.h"
#include "world.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int open_beneath(int folder, const char *name, int flags, mode_t mode)
{
    struct open_how how = {
        .flags = (unsigned)flags | O_CLOEXEC,
        .mode = mode,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV,
    };
    return (int)syscall(SYS_openat2, folder, name, &how, sizeof how);
}

static int enter(int folder, const char *name)
{
    if (mkdirat(folder, name, 0755) == 0 && fchownat(folder, name, WORLD_UID, WORLD_GID, AT_SYMLINK_NOFOLLOW) != 0)
        return -1;
    return open_beneath(folder, name, O_PATH | O_DIRECTORY, 0);
}

/* Returns the folder of the path's last component and sets `*name` to that component; or -1 with errno. */
static int open_parent(const struct scratch *scratch, const char *path, const char **name)
{
    int folder = scratch_workspace(scratch);
    for (const char *slash; folder >= 0 && (slash = strchr(path, '/')) != NULL; path = slash + 1) {
        char component[NAME_MAX + 1];
        size_t size = (size_t)(slash - path);
        int next = -1;
        errno = ENAMETOOLONG;
        if (size <= NAME_MAX) {
            memcpy(component, path, size);
            component[size] = 0;
            next = enter(folder, component);
        }
        int error = errno;
        close(folder);
        errno = error;
        folder = next;
    }
    *name = path;
    return folder;
}

static bool write_whole(int fd, struct span content)
{
    while (content.size > 0) {
        ssize_t written = write(fd, content.data, content.size);
        if (written < 0)
            return false;
        content.data += written;
        content.size -= (size_t)written;
    }
    return true;
}

static bool fill(int fd, const struct file_message *file)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return false;
    if (!S_ISREG(status.st_mode)) {
        errno = EINVAL;
        return false;
    }
    return fchown(fd, WORLD_UID, WORLD_GID) == 0 && fchmod(fd, file->mode) == 0 && write_whole(fd, file->content);
}

bool workspace_write(const struct scratch *scratch, const struct file_message *file)
{
    const char *name;
    /* Walking could go deeper than any program can name. */
    if (strlen(file->path) >= PATH_MAX - sizeof "/workspace")
        return fault(ENAMETOOLONG, "%.200s", file->path);
    int folder = open_parent(scratch, file->path, &name);
    if (folder < 0)
        return fault(errno, "%.200s", file->path);
    /* O_NONBLOCK: opening a planted FIFO must fail, not wait. */
    int flags = O_WRONLY | O_NOFOLLOW | O_NONBLOCK | (file->create ? O_CREAT | O_TRUNC : O_APPEND);
    int fd = open_beneath(folder, name, flags, file->create ? file->mode : 0);
    bool written = fd >= 0 && fill(fd, file);
    int error = errno;
    if (fd >= 0)
        close(fd);
    close(folder);
    return written || fault(error, "%.200s", file->path);
}
