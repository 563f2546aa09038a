// SPDX-License-Identifier: MIT
// What the columns of a table are, found out by reading it once (numbers, ranges) and, when there
// are columns of texts, once more (their different values).
#ifndef SAMPLECASE_FORMATS_CSV_TABLE_H
#define SAMPLECASE_FORMATS_CSV_TABLE_H

#include "formats/csv_reader.h"
#include "formats/text_values.h"
#include "formats/whole_values.h"

struct source;

struct csv_column {
    char *name;                             // owned
    bool has_text, has_number, has_missing; // number: not whole
    struct whole_values wholes;
    struct text_values texts; // where there are some
};

struct csv_table {
    struct csv_column *columns; // owned
    size_t num_columns;
    bool has_header;
    uint64_t num_rows;
    char *first_member; // owned; where the one is that the others must agree with
    char **members;     // owned; the names of all
    size_t num_members;
    struct buffer scratch; // for a cell that is not UTF-8
};

// Reads the whole source. It stands before its first member afterwards. False with the error.
bool csv_table_learn(struct csv_table *table, struct source *source, struct error *error);

// A zeroed table is fine.
void csv_table_clear(struct csv_table *table);

// Whether a member is read as a table: all but notes.
bool csv_table_is_member(const char *member);

// Opens the reader of the source's present member and passes over the header.
bool csv_table_begin(const struct csv_table *table, struct csv_reader *reader,
                     struct source *source, const char *member, struct error *error);

// The next record, which has as many cells as the table has columns: 1, 0 at the end, -1 with the
// error.
int csv_table_next(const struct csv_table *table, struct csv_reader *reader, struct error *error);

// Whether all values are whole numbers.
bool csv_column_is_whole(const struct csv_column *column);

#endif
