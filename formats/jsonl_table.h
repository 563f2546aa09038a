// SPDX-License-Identifier: MIT
// The columns of JSON Lines: the keys of all objects in the order in which they were first seen,
// those of objects within joined by '.' ("user.name"), and what their values are.
#ifndef SAMPLECASE_FORMATS_JSONL_TABLE_H
#define SAMPLECASE_FORMATS_JSONL_TABLE_H

#include "formats/jsonl_reader.h"
#include "formats/text_values.h"
#include "formats/whole_values.h"
#include "store/schema.h"

enum jsonl_kind {
    JSONL_NOTHING, // null, or no such key
    JSONL_BOOL,
    JSONL_NUMBER,
    JSONL_TEXT,
    JSONL_LIST, // of numbers, all of one shape; lists in lists too
};

struct jsonl_column {
    char *key;               // owned; the keys joined
    char *name;              // owned; the feature's
    enum jsonl_kind kind;    // of all values that are not null
    uint64_t first_line;     // where a value of that kind first stands
    uint64_t present;        // values that are not null
    bool has_real, has_hole; // numbers that are not whole; null within a list
    struct whole_values wholes;
    struct text_values texts; // also of truth values, as "false" and "true"
    unsigned rank;            // of a list
    uint64_t shape[SCHEMA_MAX_RANK];
    char *left_out; // owned; why the column cannot be stored, or NULL
};

struct jsonl_table {
    struct jsonl_column *columns; // owned
    size_t num_columns;
    uint64_t num_rows;
    char **members; // owned; names of the files
    size_t num_members;
    uint16_t *slots;      // owned; a hash table of columns, counted from 1
    const json_t **cells; // owned; the present row's values by column, NULL for none; borrowed
    struct buffer path;   // of the value that is looked at
    size_t hint;          // the column after the one that was found last
};

// Reads the whole source. It stands before its first member afterwards. False with the error.
bool jsonl_table_learn(struct jsonl_table *table, struct source *source, struct error *error);

// Whether a member is read: all but notes.
bool jsonl_table_is_member(const char *member);

// Fills table->cells from an object. False with the error, also when it has a key that was not
// there at the first reading.
bool jsonl_table_row(struct jsonl_table *table, const struct jsonl_reader *reader,
                     struct error *error);

// The kind of a value; JSONL_LIST for any list.
enum jsonl_kind jsonl_kind(const json_t *value);

// A zeroed table is fine.
void jsonl_table_clear(struct jsonl_table *table);

#endif
