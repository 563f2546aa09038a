// SPDX-License-Identifier: MIT
// The input is dataset.json, in a tar archive beside labels of two classes.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BLOCK = 512 };

// Appends a tar entry (POSIX ustar) to the archive; returns the new end.
static size_t append(uint8_t *archive, size_t at, const char *name, const void *bytes, size_t size)
{
    char *header = (char *)archive + at;
    snprintf(header, 100, "%s", name);
    snprintf(header + 100, 8, "%07o", 0644);
    snprintf(header + 124, 12, "%011o", (unsigned)size);
    memcpy(header + 257,
           "ustar\0"
           "00",
           8);
    header[156] = '0';
    memset(header + 148, ' ', 8);
    unsigned sum = 0;
    for (size_t i = 0; i < BLOCK; i++)
        sum += archive[at + i];
    snprintf(header + 148, 8, "%06o", sum);
    if (size > 0)
        memcpy(archive + at + BLOCK, bytes, size);
    return at + BLOCK + (size + BLOCK - 1) / BLOCK * BLOCK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t LABELS[] = {0, 0, 8, 1, 0, 0, 0, 4, 0, 1, 1, 0};
    uint8_t *archive = calloc(1, size + 7 * BLOCK);
    if (!archive)
        return 0;
    size_t end = append(archive, 0, "labels.idx", LABELS, sizeof LABELS);
    end = append(archive, end, "dataset.json", data, size);
    fuzz_import("archive", "idx", archive, end + 2 * BLOCK);
    free(archive);
    return 0;
}
