// SPDX-License-Identifier: MIT
// Which known dataset an import is: by the hashes of what its files hold, else by its name.
#ifndef SAMPLECASE_FORMATS_IDENTITY_H
#define SAMPLECASE_FORMATS_IDENTITY_H

#include <stdbool.h>

#include "base/error.h"
#include "formats/known.h"

struct source;
struct writer;

struct identity {
    const struct known *known; // by what the files hold; NULL so far
    char *by;                  // the member that said so; owned
};

// Notes the hash of something that the source holds: a member's bytes, or a file's. False with the
// error when it belongs to another dataset than what came before.
bool identity_note(struct identity *identity, const char *sha256, const char *member,
                   struct error *error);

// The same for all files of a source that was read whole.
bool identity_note_files(struct identity *identity, const struct source *source,
                         struct error *error);

// Settles the question once all features are declared: what the files hold counts more than the
// name of the dataset.
bool identity_settle(struct identity *identity, struct writer *writer, struct error *error);

// A zeroed identity is fine.
void identity_clear(struct identity *identity);

#endif
