// SPDX-License-Identifier: MIT
// Codes made in advance for small pictures, which would otherwise spend more time on making one
// than on being written in it.
#ifndef SAMPLECASE_ENCODE_PNG_CODES_H
#define SAMPLECASE_ENCODE_PNG_CODES_H

#include <stddef.h>
#include <stdint.h>

#include "encode/deflate.h"

// The code that fits filtered bytes best by their look; it has every symbol and lives for ever.
// NULL when they are so nearly all zero that a code of their own is much shorter. Any thread may
// call it.
const struct deflate_code *png_codes_choose(const uint8_t *filtered, size_t size);

#endif
