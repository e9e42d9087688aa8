/* What no program may ask of the kernel. */
#ifndef TVM_FILTER_H
#define TVM_FILTER_H

#include <stdbool.h>

/**
 * Takes vsock, which leads to the host, from this process and all that come of it: a socket of that family is refused as
 * one that the kernel does not know. And io_uring, by which sockets are made without a system call of their own; kernels
 * before 6.6 have no other switch for it. Needs no_new_privs. Returns false with errno.
 */
bool filter_apply(void);

#endif
