// SPDX-License-Identifier: MIT
// SHA-256 (FIPS 180-4), the one hash of the project: revisions, files, entity tags.
#ifndef SAMPLECASE_BASE_DIGEST_H
#define SAMPLECASE_BASE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

enum { DIGEST_BYTES = 32 };

#define DIGEST_HEX 65 // 64 lower-case hexadecimal digits and a NUL

struct digest {
    _Alignas(16) unsigned char state[128];
};

void digest_init(struct digest *digest);
void digest_update(struct digest *digest, const void *bytes, size_t size);

// Writes the hash and leaves the digest as digest_init would.
void digest_bytes(struct digest *digest, uint8_t bytes[DIGEST_BYTES]);

// The same as text.
void digest_hex(struct digest *digest, char hex[DIGEST_HEX]);

// The three in one.
void digest_of(const void *bytes, size_t size, char hex[DIGEST_HEX]);

#endif
