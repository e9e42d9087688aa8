/* A program with its pipes and its control group, from its start until it is closed. */
#ifndef TVM_PROGRAM_H
#define TVM_PROGRAM_H

#include "cgroup.h"
#include "message.h"
#include "pipes.h"
#include "scratch.h"

#include <sys/resource.h>
#include <sys/types.h>

struct program {
    pid_t leader;
    bool reaped;
    int status;
    struct rusage usage;
    struct cgroup group;
    struct pipes pipes;
};

/** Starts a program. Returns ERROR_NONE, or the code to answer together with a fault. */
enum error_code program_start(struct program *program, const struct run_message *run, const struct scratch *scratch);

/** Gives a program that runs other limits; what it has used already counts. Returns false with a fault. */
bool program_limit(struct program *program, const struct limits *limits);

/** Takes note of a reaped process, whosever it was. */
void program_reaped(struct program *program, pid_t pid, int status, const struct rusage *usage);

/** Closes the pipes and removes the group, which has no processes any more. */
void program_close(struct program *program);

#endif
