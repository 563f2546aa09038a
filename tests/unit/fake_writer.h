// SPDX-License-Identifier: MIT
// store/writer.h in memory, for the tests of formats: keeps the rows, and checks that formats keep
// to what the header asks of them. Linked instead of the store's writer. What is set aside is in
// writer_schema.
#ifndef SAMPLECASE_TESTS_UNIT_FAKE_WRITER_H
#define SAMPLECASE_TESTS_UNIT_FAKE_WRITER_H

#include "base/buffer.h"
#include "store/writer.h"

// A writer; most_bytes bounds what it keeps, more is an ERROR_LIMIT. NULL when memory is short.
// writer_free frees it.
struct writer *fake_writer_new(const struct writer_options *options, size_t most_bytes);

// The rows of a feature in a split, or the elements of all its runs, borrowed.
const struct buffer *fake_writer_rows(const struct writer *writer, size_t split, size_t feature);

// What the file of that role would hold behind its header, borrowed; empty when the feature has
// none, or before anything was appended. The split does not matter when the role is one for all.
const struct buffer *fake_writer_part(const struct writer *writer, size_t split, size_t feature,
                                      enum array_role role);

// One run of a ragged feature, borrowed, and the number of its elements.
const void *fake_writer_run(const struct writer *writer, size_t split, size_t feature,
                            uint64_t index, uint64_t *count);

// The word of that rank (from 1 on), not terminated; NULL when there is none.
const char *fake_writer_word(const struct writer *writer, size_t feature, uint64_t rank,
                             size_t *size);

// The size of an image that is not in rows.
struct image_size fake_writer_size(const struct writer *writer, size_t split, size_t feature,
                                   uint64_t index);

// The place of an image that is not copied; its path is borrowed until the next call for that
// writer.
struct image_place fake_writer_place(struct writer *writer, size_t split, size_t feature,
                                     uint64_t index);

// The number of samples of a feature in a split.
uint64_t fake_writer_count(const struct writer *writer, size_t split, size_t feature);

// What a commit would check: rows as many in each feature of a split, classes of all values.
bool fake_writer_check(const struct writer *writer, struct error *error);

#endif
