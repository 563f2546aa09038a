// SPDX-License-Identifier: MIT
// gzip for answers. One deflate state a thread, made at its first use and reset ever after.
#ifndef SAMPLECASE_SERVER_COMPRESS_H
#define SAMPLECASE_SERVER_COMPRESS_H

#include <stdbool.h>

#include "base/buffer.h"

// Appends the gzip stream of the bytes. False when memory is short; *out is then as before.
bool compress_gzip(struct buffer *out, const void *bytes, size_t size);

#endif
