// SPDX-License-Identifier: MIT
// Makes finished files durable and takes their hashes, several at a time.
#ifndef SAMPLECASE_STORE_SEAL_H
#define SAMPLECASE_STORE_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/error.h"

struct seal_file {
    const char *file; // below the folder; borrowed
    uint64_t bytes;
    char sha256[DIGEST_HEX]; // is filled in
};

// Hashes and fdatasyncs all of them. False with the first error.
bool seal_files(int dir, struct seal_file *files, size_t count, struct error *error);

// The SHA-256 of all bytes of the file, which must be exactly that many.
bool seal_hash(int fd, const char *file, uint64_t bytes, char sha256[DIGEST_HEX],
               struct error *error);

#endif
