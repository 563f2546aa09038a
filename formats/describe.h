// SPDX-License-Identifier: MIT
// The last step of an import: what is known about the dataset, and what the card beside it says.
#ifndef SAMPLECASE_FORMATS_DESCRIBE_H
#define SAMPLECASE_FORMATS_DESCRIBE_H

#include "formats/card.h"
#include "formats/known.h"

struct writer;

// Samples in each split, by its index.
struct tally {
    uint64_t samples[SCHEMA_MAX_SPLITS];
};

// Writes the card: the known dataset's texts (known may be NULL), those of the card file over them,
// the user's title over all. A known dataset that is not whole gets a warning that says so, unless
// the card file has warnings of its own. The task is the one for a dataset that is not known.
// False with the error, also when the card file names classes of a feature that took none.
bool describe(const struct card_file *file, const struct known *known, const char *task,
              const struct tally *tally, struct writer *writer, struct error *error);

#endif
