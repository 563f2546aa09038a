// SPDX-License-Identifier: MIT
// The name of a feature after what a file calls it.
#ifndef SAMPLECASE_FORMATS_COLUMN_NAME_H
#define SAMPLECASE_FORMATS_COLUMN_NAME_H

#include <stddef.h>

// A name that a feature can have (text_is_file_name): the text, which is UTF-8, with what cannot
// stand in a name replaced and cut where it is too long, else one after the column's number (from
// 0). "index" is what a sample's number is called. The caller frees it; NULL when memory is short.
char *column_name(const char *text, size_t size, size_t column);

#endif
