// SPDX-License-Identifier: MIT
// Tables (CSV, JSON Lines): which split each file is.
#ifndef SAMPLECASE_FORMATS_TABLE_SPLIT_H
#define SAMPLECASE_FORMATS_TABLE_SPLIT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct writer;

// The split of a member, one of num_members tables. A single table is not cut, unless its whole
// name says that it is a part. Static.
const char *table_split(const char *member, size_t num_members);

// Whether several tables are parts that their names tell apart, or the user puts all into one
// split. False with the error.
bool table_split_check(char *const *members, size_t num_members, const struct writer *writer,
                       struct error *error);

#endif
