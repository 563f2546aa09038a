// SPDX-License-Identifier: MIT
// Texts on their way to a text feature: made UTF-8 where they are not, gathered, appended together.
#ifndef SAMPLECASE_FORMATS_TEXT_RUNS_H
#define SAMPLECASE_FORMATS_TEXT_RUNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"

struct writer;

struct text_runs {
    struct buffer values; // the texts one after the other
    uint64_t *counts;     // bytes of each; owned
    size_t count, capacity;
    uint64_t num_repaired; // texts that were not UTF-8, of all that were ever added
};

// Adds a text.
bool text_runs_add(struct text_runs *runs, const char *bytes, size_t size, struct error *error);

// Whether so much is gathered that it should be appended.
bool text_runs_is_full(const struct text_runs *runs);

// Declares a text feature of that name; its index, or -1 with the error.
int text_runs_declare(struct writer *writer, char *name, struct error *error);

// Appends what is gathered to a feature and begins anew.
bool text_runs_flush(struct text_runs *runs, struct writer *writer, int split, int feature,
                     struct error *error);

// Warns that so many texts were not UTF-8, unless there are none.
bool text_runs_warn(uint64_t num_repaired, struct writer *writer, struct error *error);

// A zeroed struct is fine.
void text_runs_clear(struct text_runs *runs);

#endif
