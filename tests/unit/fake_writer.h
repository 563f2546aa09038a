// SPDX-License-Identifier: MIT
// store/writer.h in memory, for the tests of formats: keeps the rows, and checks that formats keep
// to what the header asks of them. Linked instead of the store's writer.
#ifndef SAMPLECASE_TESTS_UNIT_FAKE_WRITER_H
#define SAMPLECASE_TESTS_UNIT_FAKE_WRITER_H

#include "base/buffer.h"
#include "store/writer.h"

// A writer; most_bytes bounds what it keeps, more is an ERROR_LIMIT. NULL when memory is short.
// writer_free frees it.
struct writer *fake_writer_new(const struct writer_options *options, size_t most_bytes);

// The rows of a feature in a split, borrowed.
const struct buffer *fake_writer_rows(const struct writer *writer, size_t split, size_t feature);

// The number of rows of a feature in a split.
uint64_t fake_writer_count(const struct writer *writer, size_t split, size_t feature);

// What a commit would check: rows as many in each feature of a split, classes of all values.
bool fake_writer_check(const struct writer *writer, struct error *error);

#endif
