/* The control groups, each of which holds every process of a program: how a stage is bounded, counted and ended. */
#ifndef TVM_CGROUP_H
#define TVM_CGROUP_H

#include <stdbool.h>
#include <stdint.h>

enum { CGROUP_WATCH_MS = 200 };

struct cgroup {
    unsigned number;
};

/** Turns the controllers on. */
void cgroup_setup(void);

/** Makes a new group without processes and limits. Returns false with a fault. */
bool cgroup_make(struct cgroup *group);

/** Removes a group without processes. */
void cgroup_remove(const struct cgroup *group);

/** Sets the limits of a group. Returns false with a fault. */
bool cgroup_limit(const struct cgroup *group, uint64_t memory_bytes, uint32_t pids_max);

/** Returns a descriptor for CLONE_INTO_CGROUP, or -1 with a fault. */
int cgroup_open(const struct cgroup *group);

/** Sends a signal to every process of the group. */
void cgroup_signal(const struct cgroup *group, int signal);

/** Kills every process of the group. They are gone only once cgroup_populated says so. */
void cgroup_kill(const struct cgroup *group);

/** Returns whether any process of the group is alive. */
bool cgroup_populated(const struct cgroup *group);

/** Returns whether the kernel killed for lack of memory in the group. */
bool cgroup_out_of_memory(const struct cgroup *group);

/** What cgroup_starved remembers between its calls. Zero-initialise it for a new stage. */
struct cgroup_watch {
    uint64_t limit_hits;
    unsigned strikes;
};

/**
 * Returns whether the group has been at its memory limit for about a second with nothing left to reclaim but the very
 * code it runs: the kernel then evicts and rereads these pages without end instead of declaring the group out of
 * memory. Call it every CGROUP_WATCH_MS.
 */
bool cgroup_starved(const struct cgroup *group, struct cgroup_watch *watch);

/** What a stage has used so far. A field the kernel does not tell keeps its value. */
struct cgroup_usage {
    uint64_t user_us;
    uint64_t system_us;
    uint64_t memory_peak_bytes;
};

/** Updates `usage` from the group's counters. */
void cgroup_usage(const struct cgroup *group, struct cgroup_usage *usage);

#endif
