/* One program from RUN or RELEASE to EXIT. */
#ifndef TVM_STAGE_H
#define TVM_STAGE_H

#include "program.h"

enum stage_phase {
    STAGE_NONE,
    STAGE_RUNNING,
    STAGE_KILLING,  /* the reason of the end is known; processes may still live */
    STAGE_DRAINING, /* all are dead; output may still be in the pipes */
    STAGE_LOST,     /* processes survived every kill: this machine must run nothing more */
};

/** Zero-initialise it. */
struct stage {
    enum stage_phase phase;
    struct program program;
    struct cgroup_usage before; /* what the program had used when the stage began */
    uint64_t started_ns;
    uint64_t deadline_ns;
    uint64_t watch_ns;
    struct cgroup_watch watch;
    uint64_t kill_again_ns;
    uint64_t kill_end_ns;
    struct exit_report report;
};

/** Begins with a program that has just started, or with one that `waited` and goes on now, no other being there. */
void stage_begin(struct stage *stage, const struct program *program, bool waited, uint64_t timeout_ms);

/**
 * Carries the stage forward as far as it goes without waiting. The last step puts EXIT into `frames`. Returns false
 * with a fault when the stage cannot be ended.
 */
bool stage_advance(struct stage *stage, struct queue *frames);

/** Returns for how many milliseconds stage_advance has nothing to do unless an event comes, -1 meaning for ever. */
int stage_timeout(const struct stage *stage);

#endif
