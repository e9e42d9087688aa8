#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static int files, opened, told;

/* Everything below that may be opened for writing or changed. */
static void walk(const char *folder, int depth)
{
    char path[1024];
    DIR *entries = opendir(folder);
    for (struct dirent *entry; entries && (entry = readdir(entries));) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_type == DT_DIR) {
            if (depth > 0)
                walk(path, depth - 1);
            continue;
        }
        if (entry->d_type != DT_REG)
            continue;
        files++;
        int fd = open(path, O_WRONLY | O_NONBLOCK);
        if (fd >= 0 || chmod(path, 0777) == 0 || unlink(path) == 0) {
            opened++;
            if (told++ < 20)
                printf("ESCAPED %s\n", path);
        }
        close(fd);
    }
    if (entries)
        closedir(entries);
}

static int can_open(const char *path, int flags)
{
    int fd = open(path, flags | O_NONBLOCK | O_NOCTTY);
    close(fd);
    return fd >= 0;
}

int main(void)
{
    static const char *const secret[] = {"/proc/kcore", "/proc/kmsg", "/proc/kallsyms.x", "/proc/sysrq-trigger", "/proc/keys.x",
                                         "/proc/vmallocinfo", "/proc/slabinfo", "/proc/timer_list", "/proc/sched_debug",
                                         "/dev/mem", "/dev/kmsg", "/dev/vda", "/dev/console", "/dev/ttyS0", "/dev/hwrng",
                                         "/sys/kernel/debug/x", "/sys/firmware/acpi/tables/DSDT", "/sys/kernel/notes.x",
                                         "/proc/kpagecount", "/proc/kpageflags", "/proc/pagetypeinfo", "/etc/shadow"};
    static const char *const places[] = {"/", "/etc", "/usr", "/dev", "/proc", "/sys", "/run", "/var", "/lib", "/bin"};
    walk("/proc/sys", 8);
    walk("/sys", 8);
    for (size_t i = 0; i < sizeof secret / sizeof *secret; i++)
        if (can_open(secret[i], O_RDONLY) || can_open(secret[i], O_WRONLY))
            opened++, printf("ESCAPED %s\n", secret[i]);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        char path[64];
        snprintf(path, sizeof path, "%s/new", places[i]);
        if (open(path, O_CREAT | O_WRONLY, 0600) >= 0)
            opened++, printf("ESCAPED %s\n", path);
    }
    FILE *symbols = fopen("/proc/kallsyms", "r");
    unsigned long address = 0;
    if (symbols && fscanf(symbols, "%lx", &address) == 1 && address != 0)
        opened++, printf("ESCAPED: addresses of the kernel\n");
    printf("%s, writable: %d\n", files > 100 ? "hundreds of files" : "few files", opened);
    return 0;
}
