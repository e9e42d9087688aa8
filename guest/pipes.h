/* The standard streams of a stage: bounded buffering towards the program, capped OUTPUT frames from it. */
#ifndef TVM_PIPES_H
#define TVM_PIPES_H

#include "message.h"
#include "queue.h"

#include <poll.h>

enum {
    PIPES_POLL = 3,
    STDIN_MAX = 4 << 20,
    OUTPUT_PAUSE = 256 << 10, /* with so many bytes of frames waiting for the host, the program has to wait too */
};

struct pipes {
    int input;
    bool input_ended;
    struct queue pending;
    struct {
        int fd;
        uint64_t left;
        bool truncated;
    } output[2];
};

/** Creates the pipes of a program, `output_bytes` being the cap per output, and stores the program's ends in `stdio`. */
bool pipes_open(struct pipes *pipes, uint64_t output_bytes, int stdio[3]);

/** Sets the cap per output, of which nothing was read yet. */
void pipes_limit(struct pipes *pipes, uint64_t output_bytes);

/** Closes whatever is open. */
void pipes_close(struct pipes *pipes);

/** Queues data for the program's stdin; without a reader it vanishes. Returns false when the stage has no right to more. */
bool pipes_input(struct pipes *pipes, struct span data);

/** Ends the program's stdin after what is queued. Returns false when it was ended before. */
bool pipes_input_end(struct pipes *pipes);

/** Fills in what to poll for; unused entries get descriptor -1. `frames` is where pipes_handle will put OUTPUT. */
void pipes_poll(const struct pipes *pipes, struct pollfd poll[PIPES_POLL], const struct queue *frames);

/**
 * Reads what the outputs still hold, as far as `frames` has room. To be called when no process of the stage lives: an
 * output that is empty then is at its end, even if its write end is not closed, for it can lie in a message that was
 * sent over a socket which nobody holds any more.
 */
void pipes_drain(struct pipes *pipes, struct queue *frames);

/** Moves data after a poll. */
void pipes_handle(struct pipes *pipes, const struct pollfd poll[PIPES_POLL], struct queue *frames);

/** Returns whether an output went beyond its cap. */
bool pipes_truncated(const struct pipes *pipes);

/** Returns whether both outputs were read to their end or their cap. */
bool pipes_drained(const struct pipes *pipes);

#endif
