// SPDX-License-Identifier: MIT
#include "formats/csv_header.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "formats/column_name.h"
#include "formats/csv_number.h"
#include "formats/names.h"
#include "formats/source.h"

static enum csv_kind kind_of(const struct csv_cell *cell)
{
    int64_t whole;
    return csv_number_kind(cell->text, cell->size, &whole);
}

static bool copy_first(struct csv_header *header, const struct csv_record *record,
                       struct error *error)
{
    struct csv_record *first = &header->first;
    first->cells = calloc(record->num_cells, sizeof *first->cells);
    if (!first->cells)
        return error_memory(error);
    first->line = record->line;
    for (size_t i = 0; i < record->num_cells; i++) {
        char *text = strdup(record->cells[i].text);
        if (!text)
            return error_memory(error);
        first->cells[first->num_cells++] =
            (struct csv_cell){.text = text, .size = record->cells[i].size};
    }
    return true;
}

// Whether the cells are all texts that differ: *is_so. False when memory is short.
static bool are_different_texts(const struct csv_record *record, bool *is_so)
{
    struct names names = {.slots = NULL};
    enum names_result result = NAMES_NEW;
    *is_so = true;
    for (size_t i = 0; *is_so && i < record->num_cells; i++) {
        const struct csv_cell *cell = &record->cells[i];
        if (kind_of(cell) == CSV_TEXT)
            result = names_add(&names, cell->text, strlen(cell->text));
        *is_so = kind_of(cell) == CSV_TEXT && result == NAMES_NEW;
    }
    names_clear(&names);
    return result != NAMES_NO_MEMORY;
}

// Whether the first record is a header, given the second, which may be NULL: *is_so. False when
// memory is short.
static bool look_for_header(const struct csv_record *first, const struct csv_record *second,
                            bool *is_so)
{
    bool has_number = false;
    for (size_t i = 0; second && i < second->num_cells && i < first->num_cells; i++) {
        enum csv_kind kind = kind_of(&second->cells[i]);
        bool is_number = kind == CSV_WHOLE || kind == CSV_NUMBER;
        if (is_number && kind_of(&first->cells[i]) == CSV_TEXT) {
            *is_so = true;
            return true;
        }
        has_number |= is_number;
    }
    *is_so = false;
    return has_number || are_different_texts(first, is_so);
}

static bool add_name(struct csv_header *header, struct names *seen, size_t i,
                     const struct source *source, struct error *error)
{
    const char *text = header->is_there ? header->first.cells[i].text : NULL;
    if (text && text_utf8_prefix(text, strlen(text)) != strlen(text))
        return error_set(error, ERROR_INPUT,
                         "%s: the name of column %zu is not UTF-8; convert the "
                         "file, for example with iconv -f latin1 -t utf-8",
                         source_where(source), i + 1);
    header->names[i] = column_name(text, text ? strlen(text) : 0, i);
    if (!header->names[i])
        return error_memory(error);
    switch (names_add(seen, header->names[i], strlen(header->names[i]))) {
    case NAMES_NEW:
        return true;
    case NAMES_KNOWN:
        return error_set(error, ERROR_INPUT,
                         "%s: two columns are called \"%s\"; the second is column "
                         "%zu",
                         source_where(source), header->names[i], i + 1);
    case NAMES_NO_MEMORY:
        break;
    }
    return error_memory(error);
}

static bool make_names(struct csv_header *header, const struct source *source, struct error *error)
{
    header->names = calloc(header->first.num_cells, sizeof *header->names);
    if (!header->names)
        return error_memory(error);
    struct names seen = {.slots = NULL};
    bool good = true;
    for (size_t i = 0; good && i < header->first.num_cells; i++)
        good = add_name(header, &seen, i, source, error);
    names_clear(&seen);
    return good;
}

static bool read_two(struct csv_header *header, struct csv_reader *reader, struct error *error)
{
    int more = csv_reader_next(reader, error);
    if (more == 0)
        return error_set(error, ERROR_INPUT, "%s: is empty", source_where(reader->source));
    if (more < 0 || !copy_first(header, &reader->record, error))
        return false;
    more = csv_reader_next(reader, error);
    if (more < 0)
        return false;
    header->has_second = more > 0;
    if (!look_for_header(&header->first, more > 0 ? &reader->record : NULL, &header->is_there))
        return error_memory(error);
    return make_names(header, reader->source, error);
}

bool csv_header_read(struct csv_header *header, struct csv_reader *reader, struct error *error)
{
    *header = (struct csv_header){.is_there = false};
    bool good = read_two(header, reader, error);
    if (!good)
        csv_header_clear(header);
    return good;
}

void csv_header_clear(struct csv_header *header)
{
    for (size_t i = 0; i < header->first.num_cells; i++) {
        if (header->names)
            free(header->names[i]);
        free(header->first.cells[i].text);
    }
    free(header->names);
    free(header->first.cells);
    *header = (struct csv_header){.is_there = false};
}
