/* The way to the host. */
#ifndef TVM_CHANNEL_H
#define TVM_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/** Waits for the virtio-serial port `tvm.agent` and opens it, non-blocking; stores its descriptor. */
bool channel_open(int *fd);

/** Sends a last frame as well as it can within 2 s, for a guest that is about to stop. */
void channel_last_words(int fd, const void *frame, size_t size);

#endif
