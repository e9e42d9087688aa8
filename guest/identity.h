/* What makes a clone of a template a machine of its own: the duties of INIT. */
#ifndef TVM_IDENTITY_H
#define TVM_IDENTITY_H

#include "message.h"

/** Fills `nonce` with bytes that differ from boot to boot, without waiting for entropy. */
void identity_nonce(uint8_t nonce[NONCE_SIZE]);

/**
 * Mixes in entropy and reseeds the kernel's generator, sets clock and hostname and, when `world` says that there is
 * one, gives the program's world hosts, hostname, machine-id and boot_id. Stores the flags for READY.
 */
bool identity_assume(const struct init_message *init, bool world, uint8_t *ready_flags);

#endif
