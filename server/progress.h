// SPDX-License-Identifier: MIT
// Shows how far long work is: a bar on a terminal, a plain line now and then elsewhere, on stderr.
#ifndef SAMPLECASE_SERVER_PROGRESS_H
#define SAMPLECASE_SERVER_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress;

// Asks how many bytes of how many are done; called from the progress's own thread.
typedef void progress_ask(const void *context, uint64_t *done, uint64_t *total);

// Starts showing; `what` ("digits") and the context are borrowed until progress_end. NULL when
// `quiet` is set or no thread could be had: then nothing is shown.
struct progress *progress_begin(const char *what, bool quiet, progress_ask *ask,
                                const void *context);

// Ends it and clears the bar. NULL is fine.
void progress_end(struct progress *progress);

#endif
