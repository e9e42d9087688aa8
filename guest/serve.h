/* The agent's life after boot: answer the host, run stages, reap. */
#ifndef TVM_SERVE_H
#define TVM_SERVE_H

#include "channel.h"

#include <stdbool.h>

/** Says HELLO on the channel and serves for ever. `world` is whether a root file system is mounted. */
_Noreturn void serve(const struct channel *channel, bool world);

#endif
