// SPDX-License-Identifier: MIT
#include "base/digest.h"

#include <nettle/sha2.h>
#include <stdio.h>

_Static_assert(sizeof(struct sha256_ctx) <= sizeof((struct digest *)0)->state,
               "the digest's state is large enough for nettle's");

static struct sha256_ctx *context(struct digest *digest)
{
    return (struct sha256_ctx *)(void *)digest->state;
}

void digest_init(struct digest *digest)
{
    sha256_init(context(digest));
}

void digest_update(struct digest *digest, const void *bytes, size_t size)
{
    sha256_update(context(digest), size, bytes);
}

void digest_bytes(struct digest *digest, uint8_t bytes[DIGEST_BYTES])
{
    sha256_digest(context(digest), DIGEST_BYTES, bytes);
}

void digest_hex(struct digest *digest, char hex[DIGEST_HEX])
{
    static const char DIGITS[] = "0123456789abcdef";
    uint8_t bytes[DIGEST_BYTES];
    digest_bytes(digest, bytes);
    for (size_t i = 0; i < sizeof bytes; i++) {
        hex[2 * i] = DIGITS[bytes[i] >> 4];
        hex[2 * i + 1] = DIGITS[bytes[i] & 15];
    }
    hex[2 * sizeof bytes] = '\0';
}

void digest_of(const void *bytes, size_t size, char hex[DIGEST_HEX])
{
    struct digest digest;
    digest_init(&digest);
    digest_update(&digest, bytes, size);
    digest_hex(&digest, hex);
}
