// SPDX-License-Identifier: MIT
// Survives mapped files that shrink or cannot be read. A load from such a place is SIGBUS; inside a
// guarded range the handler puts zeros from that page to the range's end, raises its flag, and lets
// the load go on. Elsewhere SIGBUS does what it did before.
#ifndef SAMPLECASE_STORE_GUARD_H
#define SAMPLECASE_STORE_GUARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

// Installs the handler of the process, unless it is installed already.
bool guard_install(struct error *error);

// Guards the mapping [start, start + size) of a file from now on. When it faults, *flag becomes
// `reason`, unless it is something already. All are borrowed until guard_remove. Returns a
// ticket for guard_remove, or -1 with the error.
long guard_add(const void *start, size_t size, _Atomic(const char *) *flag,
               const char *reason, struct error *error);

// Before the range is unmapped. -1 is fine.
void guard_remove(long ticket);

#endif
