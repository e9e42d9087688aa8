/* What makes a clone of a template a machine of its own: the duties of INIT. */
#ifndef TVM_IDENTITY_H
#define TVM_IDENTITY_H

#include "message.h"

/** Fills `nonce` with bytes that differ from boot to boot, without waiting for entropy. */
void identity_nonce(uint8_t nonce[NONCE_SIZE]);

/** Covers the files of the world that tell machines apart with files that identity_assume fills. */
bool identity_cover(void);

/**
 * Sets the clock two days back. Generators in programs that wait have a seed of before the snapshot, the same in all its
 * clones; those that renew theirs by age, as OpenSSL does after an hour, do so once INIT sets the clock right.
 */
bool identity_turn_back_clock(void);

/** Sets the clock to a time since 1970 UTC. Returns false with a fault. */
bool identity_set_clock(uint64_t wall_clock_ns);

/**
 * Mixes in entropy and reseeds the kernel's generator, sets clock and hostname and, when `world` says that there is
 * one, gives the program's world hosts, hostname, machine-id and boot_id. Stores the flags for READY.
 */
bool identity_assume(const struct init_message *init, bool world, uint8_t *ready_flags);

#endif
