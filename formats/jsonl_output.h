// SPDX-License-Identifier: MIT
// From the values of JSON Lines to the rows of features.
#ifndef SAMPLECASE_FORMATS_JSONL_OUTPUT_H
#define SAMPLECASE_FORMATS_JSONL_OUTPUT_H

#include "formats/jsonl_table.h"
#include "formats/labels.h"
#include "formats/text_runs.h"

struct writer;

enum jsonl_form {
    JSONL_AS_INT64,  // also lists
    JSONL_AS_DOUBLE, // also lists
    JSONL_AS_CLASS,  // whole numbers that are the ids of classes
    JSONL_AS_NAME,   // texts and truth values that are the names of classes
    JSONL_AS_TEXT,
};

struct jsonl_output {
    enum jsonl_form form;
    size_t column;
    enum dtype dtype;
    int feature;            // in the writer
    struct labels labels;   // JSONL_AS_CLASS
    struct text_runs texts; // JSONL_AS_TEXT
    size_t row_bytes;       // 0 for texts
    struct buffer rows;
};

struct jsonl_outputs {
    struct jsonl_output *outputs; // owned
    size_t count;
    uint64_t num_rows;           // gathered
    uint64_t num_repaired_lines; // of all
};

// Room for that many outputs, which the caller fills in (form, column, dtype, feature, row_bytes)
// and counts.
bool jsonl_outputs_make(struct jsonl_outputs *outputs, size_t most, struct error *error);

// Appends all objects of the source's present member to a split; *count is how many.
bool jsonl_outputs_member(struct jsonl_outputs *outputs, struct jsonl_table *table,
                          struct source *source, struct writer *writer, int split, uint64_t *count,
                          struct error *error);

// A zeroed struct is fine.
void jsonl_outputs_clear(struct jsonl_outputs *outputs);

#endif
