// SPDX-License-Identifier: MIT
#include "formats/csv_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8_repair.h"
#include "formats/csv_header.h"
#include "formats/csv_number.h"
#include "formats/naming.h"
#include "formats/source.h"

bool csv_table_is_member(const char *member)
{
    return !naming_is_note(member);
}

bool csv_column_is_whole(const struct csv_column *column)
{
    return !column->has_text && !column->has_number && !column->has_missing &&
           column->wholes.count > 0;
}

// Takes over the columns of the first member, or compares those of another.
static bool take_header(struct csv_table *table, struct csv_header *header, const char *where,
                        struct error *error)
{
    if (!table->first_member) {
        table->first_member = strdup(where);
        table->columns = calloc(header->first.num_cells, sizeof *table->columns);
        if (!table->first_member || !table->columns)
            return error_memory(error);
        table->num_columns = header->first.num_cells;
        table->has_header = header->is_there;
        for (size_t i = 0; i < table->num_columns; i++) {
            struct csv_column *column = &table->columns[i];
            column->name = header->names[i];
            header->names[i] = NULL;
        }
        return true;
    }
    if (table->has_header != header->is_there)
        return error_set(error, ERROR_INPUT, "%s has %s header and %s has %s", table->first_member,
                         table->has_header ? "a" : "no", where, header->is_there ? "one" : "none");
    if (table->num_columns != header->first.num_cells)
        return error_set(error, ERROR_INPUT, "%s has %zu columns and %s has %zu",
                         table->first_member, table->num_columns, where, header->first.num_cells);
    for (size_t i = 0; i < table->num_columns; i++)
        if (strcmp(table->columns[i].name, header->names[i]) != 0)
            return error_set(error, ERROR_INPUT, "column %zu is \"%s\" in %s and \"%s\" in %s",
                             i + 1, table->columns[i].name, table->first_member, header->names[i],
                             where);
    return true;
}

// Learns what a cell says about its column.
static void look(struct csv_column *column, const struct csv_cell *cell)
{
    if (column->has_text)
        return;
    int64_t whole;
    switch (csv_number_kind(cell->text, cell->size, &whole)) {
    case CSV_MISSING:
        column->has_missing = true;
        break;
    case CSV_NUMBER:
        column->has_number = true;
        break;
    case CSV_WHOLE:
        whole_values_add(&column->wholes, whole);
        break;
    case CSV_TEXT:
        column->has_text = true;
        break;
    }
}

static bool check_width(const struct csv_table *table, const struct csv_reader *reader,
                        struct error *error)
{
    const struct csv_record *record = &reader->record;
    return record->num_cells == table->num_columns ||
           error_set(error, ERROR_INPUT, "%s: line %llu has %zu columns, the first has %zu",
                     source_where(reader->source), (unsigned long long)record->line,
                     record->num_cells, table->num_columns);
}

bool csv_table_begin(const struct csv_table *table, struct csv_reader *reader,
                     struct source *source, const char *member, struct error *error)
{
    if (!csv_reader_open(reader, source, member, error))
        return false;
    if (!table->has_header || csv_reader_next(reader, error) >= 0)
        return true;
    csv_reader_close(reader);
    return false;
}

int csv_table_next(const struct csv_table *table, struct csv_reader *reader, struct error *error)
{
    int more = csv_reader_next(reader, error);
    if (more > 0 && !check_width(table, reader, error))
        return -1;
    return more;
}

static void learn_numbers(struct csv_table *table, const struct csv_record *record)
{
    for (size_t i = 0; i < table->num_columns; i++)
        look(&table->columns[i], &record->cells[i]);
    table->num_rows++;
}

static bool add_text(struct csv_table *table, struct csv_column *column,
                     const struct csv_cell *cell, struct error *error)
{
    const char *text = cell->text;
    size_t size = cell->size;
    bool is_repaired;
    return utf8_mend(&text, &size, &table->scratch, &is_repaired)
               ? text_values_add(&column->texts, text, size, error)
               : error_memory(error);
}

static bool learn_texts(struct csv_table *table, const struct csv_reader *reader,
                        struct error *error)
{
    for (size_t i = 0; i < table->num_columns; i++)
        if (table->columns[i].has_text &&
            !add_text(table, &table->columns[i], &reader->record.cells[i], error))
            return false;
    return true;
}

// The first reading of a member: its header, and what its columns hold.
static bool learn_first(struct csv_table *table, struct csv_reader *reader, struct error *error)
{
    struct csv_header header;
    if (!csv_header_read(&header, reader, error))
        return false;
    bool has_second = header.has_second;
    bool good = take_header(table, &header, source_where(reader->source), error);
    if (good && !header.is_there)
        learn_numbers(table, &header.first);
    csv_header_clear(&header);
    if (!good || !has_second)
        return good;
    if (!check_width(table, reader, error))
        return false;
    int more;
    do
        learn_numbers(table, &reader->record);
    while ((more = csv_table_next(table, reader, error)) > 0);
    return more == 0;
}

// The second reading, after the header: the texts of the columns that have some.
static bool learn_second(struct csv_table *table, struct csv_reader *reader, struct error *error)
{
    int more;
    while ((more = csv_table_next(table, reader, error)) > 0)
        if (!learn_texts(table, reader, error))
            return false;
    return more == 0;
}

static bool add_member(struct csv_table *table, const char *member, struct error *error)
{
    char **members = realloc(table->members, (table->num_members + 1) * sizeof *members);
    if (!members)
        return error_memory(error);
    table->members = members;
    members[table->num_members] = strdup(member);
    if (!members[table->num_members])
        return error_memory(error);
    table->num_members++;
    return true;
}

static bool learn_members(struct csv_table *table, struct source *source, bool is_first,
                          struct error *error)
{
    struct source_member member;
    enum source_step step;
    while ((step = source_next(source, &member, error)) == SOURCE_MEMBER) {
        if (!csv_table_is_member(member.name))
            continue;
        struct csv_reader reader;
        if (is_first ? !add_member(table, member.name, error) ||
                           !csv_reader_open(&reader, source, member.name, error)
                     : !csv_table_begin(table, &reader, source, member.name, error))
            return false;
        bool good =
            is_first ? learn_first(table, &reader, error) : learn_second(table, &reader, error);
        csv_reader_close(&reader);
        if (!good)
            return false;
    }
    return step == SOURCE_END && source_rewind(source, error);
}

static bool learn(struct csv_table *table, struct source *source, struct error *error)
{
    if (!learn_members(table, source, true, error))
        return false;
    if (!table->first_member)
        return error_set(error, ERROR_INPUT, "there is no table");
    if (table->num_rows == 0)
        return error_set(error, ERROR_INPUT, "%s: has a header and no rows", table->first_member);
    bool has_text = false;
    for (size_t i = 0; i < table->num_columns; i++)
        has_text |= table->columns[i].has_text;
    return !has_text || learn_members(table, source, false, error);
}

bool csv_table_learn(struct csv_table *table, struct source *source, struct error *error)
{
    *table = (struct csv_table){.columns = NULL};
    bool good = learn(table, source, error);
    if (!good)
        csv_table_clear(table);
    return good;
}

void csv_table_clear(struct csv_table *table)
{
    for (size_t i = 0; table->columns && i < table->num_columns; i++) {
        struct csv_column *column = &table->columns[i];
        free(column->name);
        text_values_clear(&column->texts);
    }
    for (size_t i = 0; i < table->num_members; i++)
        free(table->members[i]);
    free(table->members);
    free(table->columns);
    free(table->first_member);
    buffer_free(&table->scratch);
    *table = (struct csv_table){.columns = NULL};
}
