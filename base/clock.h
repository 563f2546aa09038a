// SPDX-License-Identifier: MIT
// Time that only goes forward, whatever is done to the machine's clock.
#ifndef SAMPLECASE_BASE_CLOCK_H
#define SAMPLECASE_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

// Milliseconds since some moment.
static inline int64_t clock_ms(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

#endif
