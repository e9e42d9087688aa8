#include "cgroup.h"

#include "fault.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROOT "/sys/fs/cgroup"

enum {
    PATH_SIZE = 64,
    PIDS_LIMIT = 4194304,      /* the kernel refuses larger numbers, and can never have more processes */
    STARVED_CACHE = 512 << 10, /* measured while thrashing: 56 to 120 KiB */
    STARVED_STRIKES = 5,
};

static const char *path_of(const struct cgroup *group, const char *file, char path[PATH_SIZE])
{
    snprintf(path, PATH_SIZE, ROOT "/program-%u/%s", group->number, file);
    return path;
}

static bool set_text(const struct cgroup *group, const char *file, const char *text)
{
    char path[PATH_SIZE];
    return text_write(path_of(group, file, path), text);
}

static bool set_number(const struct cgroup *group, const char *file, uint64_t value)
{
    char text[32];
    snprintf(text, sizeof text, "%llu", (unsigned long long)value);
    return set_text(group, file, text);
}

static ssize_t get_text(const struct cgroup *group, const char *file, char *text, size_t size)
{
    char path[PATH_SIZE];
    return text_read(path_of(group, file, path), text, size);
}

static bool has(const struct cgroup *group, const char *file)
{
    char path[PATH_SIZE];
    return access(path_of(group, file, path), F_OK) == 0;
}

void cgroup_setup(void)
{
    static const char *const controllers[] = {"+memory", "+pids", "+cpu"};
    for (size_t i = 0; i < sizeof controllers / sizeof *controllers; i++)
        text_write(ROOT "/cgroup.subtree_control", controllers[i]); /* cgroup_limit fails without what it needs */
}

bool cgroup_make(struct cgroup *group)
{
    static unsigned made;
    char path[PATH_SIZE];
    group->number = made++;
    return mkdir(path_of(group, "", path), 0755) == 0 || fault(errno, "create %s", path);
}

void cgroup_remove(const struct cgroup *group)
{
    char path[PATH_SIZE];
    rmdir(path_of(group, "", path));
}

bool cgroup_limit(const struct cgroup *group, uint64_t memory_bytes, uint32_t pids_max)
{
    return set_number(group, "memory.max", memory_bytes) && set_text(group, "memory.oom.group", "1") &&
           set_number(group, "pids.max", pids_max < PIDS_LIMIT ? pids_max : PIDS_LIMIT - 1) &&
           /* Absent in kernels without swap. */
           (!has(group, "memory.swap.max") || set_text(group, "memory.swap.max", "0"));
}

int cgroup_open(const struct cgroup *group)
{
    char path[PATH_SIZE];
    int fd = open(path_of(group, "", path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        fault(errno, "open %s", path);
    return fd;
}

void cgroup_signal(const struct cgroup *group, int signal)
{
    char path[PATH_SIZE];
    FILE *processes = fopen(path_of(group, "cgroup.procs", path), "re");
    if (processes == NULL)
        return;
    for (int pid; fscanf(processes, "%d", &pid) == 1;)
        if (pid > 1)
            kill(pid, signal);
    fclose(processes);
}

void cgroup_kill(const struct cgroup *group)
{
    if (has(group, "cgroup.kill"))
        set_text(group, "cgroup.kill", "1");
    else
        cgroup_signal(group, SIGKILL);
}

bool cgroup_populated(const struct cgroup *group)
{
    char events[256];
    return get_text(group, "cgroup.events", events, sizeof events) < 0 || text_field(events, "populated", 1) != 0;
}

bool cgroup_out_of_memory(const struct cgroup *group)
{
    char events[512];
    return get_text(group, "memory.events", events, sizeof events) > 0 &&
           (text_field(events, "oom_kill", 0) > 0 || text_field(events, "oom_group_kill", 0) > 0);
}

bool cgroup_starved(const struct cgroup *group, struct cgroup_watch *watch)
{
    char events[512], stat[4096];
    if (get_text(group, "memory.events", events, sizeof events) <= 0)
        return false;
    uint64_t hits = text_field(events, "max", 0);
    bool hit = hits > watch->limit_hits;
    watch->limit_hits = hits;
    /* The cheap question first: most programs never come near their limit. */
    if (!hit || get_text(group, "memory.stat", stat, sizeof stat) <= 0) {
        watch->strikes = 0;
        return false;
    }
    uint64_t cache = text_field(stat, "file", 0) - text_field(stat, "shmem", 0);
    watch->strikes = cache < STARVED_CACHE ? watch->strikes + 1 : 0;
    return watch->strikes >= STARVED_STRIKES;
}

void cgroup_usage(const struct cgroup *group, struct cgroup_usage *usage)
{
    char text[1024];
    if (get_text(group, "cpu.stat", text, sizeof text) > 0) {
        usage->user_us = text_field(text, "user_usec", usage->user_us);
        usage->system_us = text_field(text, "system_usec", usage->system_us);
    }
    if (get_text(group, "memory.peak", text, sizeof text) > 0)
        usage->memory_peak_bytes = strtoull(text, NULL, 10);
}
