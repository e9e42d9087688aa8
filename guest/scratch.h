/* The writable folders of programs. Each scratch is a memory file system of its own. */
#ifndef TVM_SCRATCH_H
#define TVM_SCRATCH_H

#include <stdbool.h>
#include <stdint.h>

struct scratch {
    unsigned number;
};

/** Mounts an empty scratch of `bytes`, out of the programs' sight. Returns false with a fault. */
bool scratch_make(struct scratch *scratch, uint64_t bytes);

/** Changes how much a scratch can hold. Returns false with a fault. */
bool scratch_resize(const struct scratch *scratch, uint64_t bytes);

/** Removes a scratch from the agent's sight; it is gone with the last program that uses it. */
void scratch_drop(const struct scratch *scratch);

/** Gives the folders of a scratch the time that is now. */
void scratch_touch(const struct scratch *scratch);

/** Returns a descriptor of the folder that programs see as /workspace, or -1 with errno. */
int scratch_workspace(const struct scratch *scratch);

/**
 * To be called in a new process: makes the world its root, with mounts of its own and its control
 * group as the root of all, and the scratch its /tmp, /workspace,
 * /run and /dev/shm. Returns false with errno.
 */
bool scratch_enter(const struct scratch *scratch);

#endif
