/*
 * Programs that are started before anyone needs them and wait, each with a scratch of its own. They stand still in the
 * system call that opens their gate, a file in their workspace: the agent holds a lease of it (F_SETLEASE), and the kernel
 * makes whoever opens a leased file wait. To the program nothing is unusual: it opens a file, and the open takes a while.
 */
#ifndef TVM_WAITING_H
#define TVM_WAITING_H

#include "program.h"

#include <limits.h>

struct waiting {
    struct program program;
    struct scratch scratch;
    char gate_name[NAME_MAX + 1];
    int gate; /* -1: open, or there is no program */
    bool gate_written;
};

/** PREPARE: starts programs and returns when all stand at their gate. Returns false with a fault, for a machine to discard. */
bool waiting_start(const struct prepare_message *prepare);

/** Returns how many programs wait. */
unsigned waiting_count(void);

/** Changes the size of every scratch. Returns false with a fault. */
bool waiting_resize(uint64_t scratch_bytes);

/** Returns one of the programs that wait, drawn at random (the first only if it is alone), having ended all others; or NULL. */
struct waiting *waiting_keep_one(void);

/** Takes note of a reaped process, whosever it was. */
void waiting_reaped(pid_t pid, int status, const struct rusage *usage);

/** Returns the program that waits longest, or NULL. */
struct waiting *waiting_first(void);

/** Returns whether the program can go on. */
bool waiting_is_alive(const struct waiting *waiting);

/** Returns whether `path`, relative to the workspace, is the gate. */
bool waiting_is_gate(const struct waiting *waiting, const char *path);

/** FILE for the gate. Returns false with a fault. */
bool waiting_write_gate(struct waiting *waiting, const struct file_message *file);

/** Ends the program before it went on; its scratch remains, without the gate unless FILE wrote to it. */
void waiting_dismiss(struct waiting *waiting);

/** Lets the program go on; it waits no more, its scratch remains. Returns false with a fault. */
bool waiting_release(struct waiting *waiting);

#endif
