/* Monotonic time, which INIT's change of the wall clock leaves alone. */
#ifndef TVM_CLOCK_H
#define TVM_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

enum { NS_PER_US = 1000, NS_PER_MS = 1000000, NS_PER_S = 1000000000 };

/** Returns CLOCK_MONOTONIC in nanoseconds. */
uint64_t monotonic_ns(void);

/** Sleeps. */
void sleep_ms(unsigned milliseconds);

/** Adds a span to a point in time; a sum beyond the range means never. */
uint64_t later_ns(uint64_t now_ns, uint64_t span_ms);

/** Calls `ready(argument)` every 2 ms until it holds; returns false when it does not within 10 s. */
bool wait_until(bool (*ready)(void *argument), void *argument);

#endif
