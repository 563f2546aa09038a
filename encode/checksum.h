// SPDX-License-Identifier: MIT
// Adler-32 (RFC 1950, section 9), several times as fast as zlib's plain one.
#ifndef SAMPLECASE_ENCODE_CHECKSUM_H
#define SAMPLECASE_ENCODE_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

// Continues a sum; begin with 1.
uint32_t checksum_adler32(uint32_t sum, const uint8_t *bytes, size_t size);

#endif
