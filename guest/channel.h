/* The way to the host: a virtio-serial port, or a vsock port on which the host calls. The kernel's command line decides. */
#ifndef TVM_CHANNEL_H
#define TVM_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>

struct channel {
    int stream;   /* non-blocking; -1 while no host has called */
    int listener; /* -1 for a virtio-serial port */
};

/** Opens the virtio-serial port `tvm.agent`, waiting for it, or begins to listen on vsock. Returns false with a fault. */
bool channel_open(struct channel *channel);

/** Takes a host that calls, if one does, in place of the one before. Returns whether the stream is a new one. */
bool channel_answer(struct channel *channel);

/** After the end of the stream or an error of it: closes a vsock stream. Returns whether it did: a port stays open. */
bool channel_hang_up(struct channel *channel);

/** Sends a last frame as well as it can within 2 s, for a guest that is about to stop. */
void channel_last_words(struct channel *channel, const void *frame, size_t size);

#endif
