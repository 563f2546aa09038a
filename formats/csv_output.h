// SPDX-License-Identifier: MIT
// From the cells of a table to the rows of features.
#ifndef SAMPLECASE_FORMATS_CSV_OUTPUT_H
#define SAMPLECASE_FORMATS_CSV_OUTPUT_H

#include "formats/csv_table.h"
#include "formats/labels.h"
#include "formats/text_runs.h"
#include "store/schema.h"

struct writer;

enum csv_form {
    CSV_AS_INT64,
    CSV_AS_DOUBLE,
    CSV_AS_CLASS, // whole numbers that are the ids of classes
    CSV_AS_NAME,  // texts that are the names of classes
    CSV_AS_TEXT,  // texts to be read
    CSV_AS_BYTES, // whole numbers of a run of columns, 0 to 255 each, as one array
};

struct csv_output {
    enum csv_form form;
    size_t column, num_columns; // the cells that it is made from
    enum dtype dtype;
    int feature;            // in the writer
    struct labels labels;   // CSV_AS_CLASS
    struct text_runs texts; // CSV_AS_TEXT
    size_t row_bytes;       // 0 for texts
    uint8_t *rows;          // owned
};

struct csv_outputs {
    struct csv_output *outputs; // owned
    size_t count;
    size_t most_rows, num_rows; // that are kept before they are appended
    uint64_t num_repaired;      // texts that were not UTF-8
    struct buffer scratch;
};

// Room for that many outputs, which the caller fills in (form, columns, dtype, feature).
bool csv_outputs_make(struct csv_outputs *outputs, size_t count, struct error *error);

// Makes room for rows. To be called once all outputs are filled in.
bool csv_outputs_begin(struct csv_outputs *outputs, struct error *error);

// Appends all records of the source's present member to a split; *count is how many.
bool csv_outputs_member(struct csv_outputs *outputs, const struct csv_table *table,
                        struct source *source, const char *member, struct writer *writer, int split,
                        uint64_t *count, struct error *error);

// A zeroed struct is fine.
void csv_outputs_clear(struct csv_outputs *outputs);

#endif
