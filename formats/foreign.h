// SPDX-License-Identifier: MIT
// Files that people take for data, or that are data in forms that are not read, told by their first
// bytes, so that a message can say what they are and what to do.
#ifndef SAMPLECASE_FORMATS_FOREIGN_H
#define SAMPLECASE_FORMATS_FOREIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// "is packed by xz; …": static, or NULL when nothing is known of such a file.
const char *foreign_reason(const char *member, const uint8_t *head, size_t size);

// Whether it stands where a file should be that was not fetched: an HTML page, a pointer of Git
// LFS.
bool foreign_is_stand_in(const uint8_t *head, size_t size);

#endif
