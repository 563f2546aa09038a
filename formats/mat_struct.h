// SPDX-License-Identifier: MIT
// A struct array of a MAT file, as ImageNet's development kit has one (meta.mat: "synsets" with
// ILSVRC2012_ID, WNID, words …): records with fields of text and of numbers.
#ifndef SAMPLECASE_FORMATS_MAT_STRUCT_H
#define SAMPLECASE_FORMATS_MAT_STRUCT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct source;
struct mat_struct;

// Reads the struct array of that name from the source's present member. Fields that are neither
// text nor real numbers are passed over. At most 1,048,576 values and 64 MiB. NULL with the error;
// the member is read as far as the variable goes.
struct mat_struct *mat_struct_read(struct source *source, const char *variable,
                                   struct error *error);

// NULL is fine.
void mat_struct_free(struct mat_struct *array);

size_t mat_struct_count(const struct mat_struct *array);

// The text of a record's field, UTF-8, borrowed; NULL when there is no such field or it is no text.
const char *mat_struct_text(const struct mat_struct *array, size_t record, const char *field);

// The numbers of a record's field, borrowed, and how many; NULL when there is no such field or it
// holds none.
const double *mat_struct_numbers(const struct mat_struct *array, size_t record, const char *field,
                                 size_t *count);

#endif
