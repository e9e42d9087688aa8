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
#define STAGE ROOT "/stage"

enum {
    PIDS_LIMIT = 4194304,      /* the kernel refuses larger numbers, and can never have more processes */
    STARVED_CACHE = 512 << 10, /* measured while thrashing: 56 to 120 KiB */
    STARVED_STRIKES = 5,
};

static bool used;

bool cgroup_setup(void)
{
    static const char *const controllers[] = {"+memory", "+pids", "+cpu"};
    for (size_t i = 0; i < sizeof controllers / sizeof *controllers; i++)
        text_write(ROOT "/cgroup.subtree_control", controllers[i]); /* cgroup_take fails without what it needs */
    return mkdir(STAGE, 0755) == 0 || fault(errno, "create " STAGE);
}

static bool set_limit(const char *path, uint64_t value)
{
    char text[32];
    snprintf(text, sizeof text, "%llu", (unsigned long long)value);
    return text_write(path, text);
}

int cgroup_take(uint64_t memory_bytes, uint32_t pids_max)
{
    if (used && ((rmdir(STAGE) != 0 && errno != ENOENT) || mkdir(STAGE, 0755) != 0)) {
        fault(errno, "renew " STAGE);
        return -1;
    }
    used = true;
    if (!set_limit(STAGE "/memory.max", memory_bytes) || !text_write(STAGE "/memory.oom.group", "1") ||
        !set_limit(STAGE "/pids.max", pids_max < PIDS_LIMIT ? pids_max : PIDS_LIMIT - 1))
        return -1;
    /* Absent in kernels without swap. */
    if (access(STAGE "/memory.swap.max", F_OK) == 0 && !text_write(STAGE "/memory.swap.max", "0"))
        return -1;
    int fd = open(STAGE, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        fault(errno, "open " STAGE);
    return fd;
}

void cgroup_signal(int signal)
{
    FILE *processes = fopen(STAGE "/cgroup.procs", "re");
    if (processes == NULL)
        return;
    for (int pid; fscanf(processes, "%d", &pid) == 1;)
        if (pid > 1)
            kill(pid, signal);
    fclose(processes);
}

void cgroup_kill(void)
{
    if (access(STAGE "/cgroup.kill", F_OK) == 0)
        text_write(STAGE "/cgroup.kill", "1");
    else
        cgroup_signal(SIGKILL);
}

bool cgroup_populated(void)
{
    char events[256];
    return text_read(STAGE "/cgroup.events", events, sizeof events) < 0 || text_field(events, "populated", 1) != 0;
}

bool cgroup_out_of_memory(void)
{
    char events[512];
    return text_read(STAGE "/memory.events", events, sizeof events) > 0 &&
           (text_field(events, "oom_kill", 0) > 0 || text_field(events, "oom_group_kill", 0) > 0);
}

bool cgroup_starved(struct cgroup_watch *watch)
{
    char events[512], stat[4096];
    if (text_read(STAGE "/memory.events", events, sizeof events) <= 0)
        return false;
    uint64_t hits = text_field(events, "max", 0);
    bool hit = hits > watch->limit_hits;
    watch->limit_hits = hits;
    /* The cheap question first: most programs never come near their limit. */
    if (!hit || text_read(STAGE "/memory.stat", stat, sizeof stat) <= 0) {
        watch->strikes = 0;
        return false;
    }
    uint64_t cache = text_field(stat, "file", 0) - text_field(stat, "shmem", 0);
    watch->strikes = cache < STARVED_CACHE ? watch->strikes + 1 : 0;
    return watch->strikes >= STARVED_STRIKES;
}

void cgroup_usage(struct cgroup_usage *usage)
{
    char text[1024];
    if (text_read(STAGE "/cpu.stat", text, sizeof text) > 0) {
        usage->user_us = text_field(text, "user_usec", usage->user_us);
        usage->system_us = text_field(text, "system_usec", usage->system_us);
    }
    if (text_read(STAGE "/memory.peak", text, sizeof text) > 0)
        usage->memory_peak_bytes = strtoull(text, NULL, 10);
}
