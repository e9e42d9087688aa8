#include "clock.h"

#include <time.h>

uint64_t monotonic_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

void sleep_ms(unsigned milliseconds)
{
    struct timespec span = {.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * (long)NS_PER_MS};
    nanosleep(&span, NULL);
}

uint64_t later_ns(uint64_t now_ns, uint64_t span_ms)
{
    if (span_ms > (UINT64_MAX - now_ns) / NS_PER_MS)
        return UINT64_MAX;
    return now_ns + span_ms * NS_PER_MS;
}

bool wait_until(bool (*ready)(void *argument), void *argument)
{
    uint64_t end = later_ns(monotonic_ns(), 10000);
    while (!ready(argument)) {
        if (monotonic_ns() >= end)
            return false;
        sleep_ms(2);
    }
    return true;
}
