/* The agent's life after boot: answer the host, run stages, reap. */
#ifndef TVM_SERVE_H
#define TVM_SERVE_H

#include <stdbool.h>

/** Says HELLO on the channel and serves for ever. `world` is whether a root file system is mounted. */
_Noreturn void serve(int channel, bool world);

#endif
