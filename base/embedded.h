// SPDX-License-Identifier: MIT
// Files that the build puts into the program (base/embed.py).
#ifndef SAMPLECASE_BASE_EMBEDDED_H
#define SAMPLECASE_BASE_EMBEDDED_H

#include <stddef.h>

#include "base/digest.h"

struct embedded {
    const char *name;            // the file's name without its folder
    const unsigned char *bytes;  // followed by a NUL that does not count
    size_t size;
    const unsigned char *gzip;   // the same compressed; NULL when that is not smaller
    size_t gzip_size;
    char sha256[DIGEST_HEX];     // of bytes
};

#endif
