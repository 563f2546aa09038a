// SPDX-License-Identifier: MIT
// What the fuzz targets of the formats share: an import from memory into memory, with small limits.
#ifndef SAMPLECASE_TESTS_FUZZ_IMPORT_H
#define SAMPLECASE_TESTS_FUZZ_IMPORT_H

#include <stddef.h>
#include <stdint.h>

// Imports bytes as a file of that name; format is NULL to have it recognised. Stops the process
// when the import breaks a promise: a failure without a text, rows that no commit would take.
void fuzz_import(const char *name, const char *format, const uint8_t *data, size_t size);

#endif
