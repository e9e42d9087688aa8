/* One program from RUN to EXIT. */
#ifndef TVM_STAGE_H
#define TVM_STAGE_H

#include "cgroup.h"
#include "message.h"
#include "pipes.h"

#include <sys/resource.h>
#include <sys/types.h>

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
    pid_t leader;
    bool reaped;
    int status;
    struct rusage usage;
    struct pipes pipes;
    uint64_t started_ns;
    uint64_t deadline_ns;
    uint64_t watch_ns;
    struct cgroup_watch watch;
    uint64_t kill_again_ns;
    uint64_t kill_end_ns;
    struct exit_report report;
};

/** Starts a program, no other being there. Returns ERROR_NONE, or the code to answer together with a fault. */
enum error_code stage_start(struct stage *stage, const struct run_message *run);

/** Takes note of a reaped process, whosever it was. */
void stage_reaped(struct stage *stage, pid_t pid, int status, const struct rusage *usage);

/**
 * Carries the stage forward as far as it goes without waiting. The last step puts EXIT into `frames`. Returns false
 * with a fault when the stage cannot be ended.
 */
bool stage_advance(struct stage *stage, struct queue *frames);

/** Returns for how many milliseconds stage_advance has nothing to do unless an event comes, -1 meaning for ever. */
int stage_timeout(const struct stage *stage);

#endif
