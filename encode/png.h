// SPDX-License-Identifier: MIT
// Pixels to PNG (ISO/IEC 15948, RFC 1951), lossless, made for small images by the thousand: an own
// deflate that spends a few microseconds on one.
#ifndef SAMPLECASE_ENCODE_PNG_H
#define SAMPLECASE_ENCODE_PNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

// Appends the PNG of height × width pixels of 8-bit samples, rows packed, channels interleaved:
// 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA. Sizes are at least 1 and at most 2^31 - 1 and
// height * (width * channels + 1) fits in 32 bits. False when memory is short or the size is not
// allowed; *out is then as long as before.
bool png_encode(struct buffer *out, const uint8_t *pixels, uint32_t width, uint32_t height,
                unsigned channels);

#endif
