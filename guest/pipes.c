#define _GNU_SOURCE
#include "pipes.h"

#include "fault.h"
#include "world.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { PIPE_SIZE = 256 << 10 }; /* fewer wake-ups than the default of 64 KiB; system calls are dear under emulation */

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* Stores the agent's end, non-blocking, and the program's end, which is the program's own to reopen by /dev/stdin etc. */
static bool open_pipe(int *agent, int *program, int program_end)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return fault(errno, "create a pipe");
    *agent = ends[!program_end];
    *program = ends[program_end];
    fcntl(*agent, F_SETPIPE_SZ, PIPE_SIZE);
    if (fcntl(*agent, F_SETFL, O_NONBLOCK) != 0 || fchown(*program, WORLD_UID, WORLD_GID) != 0)
        return fault(errno, "set up a pipe");
    return true;
}

void pipes_limit(struct pipes *pipes, uint64_t output_bytes)
{
    pipes->output[0].left = pipes->output[1].left = output_bytes;
}

bool pipes_open(struct pipes *pipes, uint64_t output_bytes, int stdio[3])
{
    static uint8_t stdin_bytes[STDIN_MAX]; /* for all: one program at a time is fed */
    *pipes = (struct pipes){.input = -1, .pending = {.bytes = stdin_bytes, .capacity = sizeof stdin_bytes}};
    pipes->output[0].fd = pipes->output[1].fd = -1;
    pipes_limit(pipes, output_bytes);
    stdio[0] = stdio[1] = stdio[2] = -1;
    return open_pipe(&pipes->input, &stdio[0], 0) && open_pipe(&pipes->output[0].fd, &stdio[1], 1) &&
           open_pipe(&pipes->output[1].fd, &stdio[2], 1);
}

void pipes_close(struct pipes *pipes)
{
    close_fd(&pipes->input);
    close_fd(&pipes->output[0].fd);
    close_fd(&pipes->output[1].fd);
}

static void write_input(struct pipes *pipes)
{
    while (pipes->input >= 0 && queue_size(&pipes->pending) > 0) {
        ssize_t written = write(pipes->input, queue_front(&pipes->pending), queue_size(&pipes->pending));
        if (written > 0)
            queue_consume(&pipes->pending, (size_t)written);
        else if (written < 0 && errno == EAGAIN)
            return;
        else
            close_fd(&pipes->input); /* the program closed its end */
    }
    if (pipes->input < 0)
        queue_clear(&pipes->pending);
    else if (pipes->input_ended)
        close_fd(&pipes->input);
}

bool pipes_input(struct pipes *pipes, struct span data)
{
    if (pipes->input_ended)
        return fault(0, "STDIN after STDIN_EOF");
    if (pipes->input < 0)
        return true;
    bool idle = queue_size(&pipes->pending) == 0;
    uint8_t *space = queue_reserve(&pipes->pending, data.size);
    if (space == NULL)
        return fault(0, "more than %d bytes of stdin wait for the program", STDIN_MAX);
    memcpy(space, data.data, data.size);
    queue_commit(&pipes->pending, data.size);
    if (idle)
        write_input(pipes);
    return true;
}

bool pipes_input_end(struct pipes *pipes)
{
    if (pipes->input_ended)
        return fault(0, "STDIN_EOF after STDIN_EOF");
    pipes->input_ended = true;
    if (queue_size(&pipes->pending) == 0)
        close_fd(&pipes->input);
    return true;
}

void pipes_poll(const struct pipes *pipes, struct pollfd poll[PIPES_POLL], const struct queue *frames)
{
    bool paused = queue_size(frames) >= OUTPUT_PAUSE;
    bool waiting = queue_size(&pipes->pending) > 0;
    poll[0] = (struct pollfd){.fd = waiting ? pipes->input : -1, .events = POLLOUT};
    for (int i = 0; i < 2; i++)
        poll[1 + i] = (struct pollfd){.fd = paused ? -1 : pipes->output[i].fd, .events = POLLIN};
}

/*
 * Reads one byte more than the cap allows, since only that byte tells a full output from one cut short. Returns false
 * when there is nothing to read now.
 */
static bool read_output(struct pipes *pipes, int i, struct queue *frames)
{
    uint64_t left = pipes->output[i].left;
    size_t want = left < OUTPUT_DATA_MAX ? (size_t)left + 1 : OUTPUT_DATA_MAX;
    uint8_t *frame = queue_reserve(frames, OUTPUT_HEADER + want);
    if (frame == NULL)
        return true;
    ssize_t have = read(pipes->output[i].fd, frame + OUTPUT_HEADER, want);
    if (have < 0 && errno == EAGAIN)
        return false;
    pipes->output[i].truncated = have > 0 && (uint64_t)have > left;
    size_t send = pipes->output[i].truncated ? (size_t)left : have > 0 ? (size_t)have : 0;
    if (send > 0)
        queue_commit(frames, message_output(frame, STREAM_STDOUT + i, send) + send);
    pipes->output[i].left -= send;
    if (have <= 0 || pipes->output[i].truncated)
        close_fd(&pipes->output[i].fd);
    return true;
}

void pipes_drain(struct pipes *pipes, struct queue *frames)
{
    for (int i = 0; i < 2; i++)
        while (pipes->output[i].fd >= 0 && queue_size(frames) < OUTPUT_PAUSE)
            if (!read_output(pipes, i, frames))
                close_fd(&pipes->output[i].fd);
}

void pipes_handle(struct pipes *pipes, const struct pollfd poll[PIPES_POLL], struct queue *frames)
{
    if (poll[0].revents != 0)
        write_input(pipes);
    for (int i = 0; i < 2; i++)
        if (poll[1 + i].revents != 0)
            read_output(pipes, i, frames);
}

bool pipes_truncated(const struct pipes *pipes)
{
    return pipes->output[0].truncated || pipes->output[1].truncated;
}

bool pipes_drained(const struct pipes *pipes)
{
    return pipes->output[0].fd < 0 && pipes->output[1].fd < 0;
}
