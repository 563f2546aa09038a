// SPDX-License-Identifier: MIT
#include "formats/csv_output.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8_repair.h"
#include "formats/csv_number.h"
#include "formats/source.h"
#include "store/writer.h"

enum { MEMORY = 4 << 20, MAX_ROWS = 65536 };

bool csv_outputs_make(struct csv_outputs *outputs, size_t count, struct error *error)
{
    *outputs =
        (struct csv_outputs){.outputs = calloc(count, sizeof *outputs->outputs), .count = count};
    if (!outputs->outputs)
        return error_memory(error);
    for (size_t i = 0; i < count; i++)
        outputs->outputs[i].labels.unit = "line";
    return true;
}

bool csv_outputs_begin(struct csv_outputs *outputs, struct error *error)
{
    size_t all = 0;
    for (size_t i = 0; i < outputs->count; i++) {
        struct csv_output *output = &outputs->outputs[i];
        output->row_bytes = output->form == CSV_AS_TEXT ? 0 : dtype_size(output->dtype);
        if (output->form == CSV_AS_BYTES)
            output->row_bytes *= output->num_columns;
        all += output->row_bytes;
    }
    outputs->most_rows = all > 0 && MEMORY / all < MAX_ROWS ? MEMORY / all : MAX_ROWS;
    for (size_t i = 0; i < outputs->count; i++) {
        struct csv_output *output = &outputs->outputs[i];
        if (output->row_bytes > 0)
            output->rows = malloc(outputs->most_rows * output->row_bytes);
        if (output->row_bytes > 0 && !output->rows)
            return error_memory(error);
    }
    return true;
}

void csv_outputs_clear(struct csv_outputs *outputs)
{
    for (size_t i = 0; outputs->outputs && i < outputs->count; i++) {
        labels_clear(&outputs->outputs[i].labels);
        text_runs_clear(&outputs->outputs[i].texts);
        free(outputs->outputs[i].rows);
    }
    free(outputs->outputs);
    buffer_free(&outputs->scratch);
    *outputs = (struct csv_outputs){.outputs = NULL};
}

// Writes an id as the output's dtype, which can hold it.
static void put_id(const struct csv_output *output, uint8_t *to, uint64_t id)
{
    memcpy(to, &id, dtype_size(output->dtype)); // little-endian
}

// Puts a text's class into the row at `to`.
static bool put_name(struct csv_outputs *outputs, const struct csv_output *output,
                     const struct csv_table *table, const struct csv_cell *cell, uint8_t *to,
                     struct error *error)
{
    const char *text = cell->text;
    size_t size = cell->size;
    bool is_repaired;
    if (!utf8_mend(&text, &size, &outputs->scratch, &is_repaired))
        return error_memory(error);
    outputs->num_repaired += is_repaired;
    long id = text_values_id(&table->columns[output->column].texts, text, size);
    put_id(output, to, (uint64_t)id);
    return id >= 0;
}

// Puts the cells into the row at `to`. False when they are not what the first reading saw.
static bool put(struct csv_outputs *outputs, struct csv_output *output,
                const struct csv_table *table, const struct csv_record *record, uint8_t *to,
                struct error *error)
{
    const struct csv_cell *cell = &record->cells[output->column];
    int64_t whole = 0;
    switch (output->form) {
    case CSV_AS_INT64:
        if (csv_number_kind(cell->text, cell->size, &whole) != CSV_WHOLE)
            return false;
        memcpy(to, &whole, sizeof whole);
        return true;
    case CSV_AS_DOUBLE: {
        double value = csv_number_double(cell->text, cell->size);
        memcpy(to, &value, sizeof value);
        return true;
    }
    case CSV_AS_CLASS:
        if (csv_number_kind(cell->text, cell->size, &whole) != CSV_WHOLE || whole < 0 ||
            whole >= WHOLE_VALUES_SMALL)
            return false;
        put_id(output, to, (uint64_t)whole);
        return labels_add(&output->labels, (uint64_t)whole, record->line, error);
    case CSV_AS_NAME:
        return put_name(outputs, output, table, cell, to, error);
    case CSV_AS_TEXT:
        return text_runs_add(&output->texts, cell->text, cell->size, error);
    case CSV_AS_BYTES:
        for (size_t i = 0; i < output->num_columns; i++, cell++) {
            if (csv_number_kind(cell->text, cell->size, &whole) != CSV_WHOLE || whole < 0 ||
                whole > 255)
                return false;
            to[i] = (uint8_t)whole;
        }
        return true;
    }
    return false;
}

static bool flush(struct csv_outputs *outputs, struct writer *writer, int split,
                  struct error *error)
{
    for (size_t i = 0; i < outputs->count && outputs->num_rows > 0; i++) {
        struct csv_output *output = &outputs->outputs[i];
        if (output->form == CSV_AS_TEXT
                ? !text_runs_flush(&output->texts, writer, split, output->feature, error)
                : !writer_append(writer, split, output->feature, output->rows, outputs->num_rows,
                                 error))
            return false;
    }
    outputs->num_rows = 0;
    return true;
}

static bool is_full(const struct csv_outputs *outputs)
{
    bool is_so = outputs->num_rows == outputs->most_rows;
    for (size_t i = 0; !is_so && i < outputs->count; i++)
        is_so = text_runs_is_full(&outputs->outputs[i].texts);
    return is_so;
}

static bool put_record(struct csv_outputs *outputs, const struct csv_table *table,
                       const struct csv_reader *reader, struct error *error)
{
    for (size_t i = 0; i < outputs->count; i++) {
        struct csv_output *output = &outputs->outputs[i];
        uint8_t *to = output->rows ? output->rows + outputs->num_rows * output->row_bytes : NULL;
        if (!put(outputs, output, table, &reader->record, to, error))
            return error_set(error, ERROR_INPUT,
                             "%s: line %llu: the file changed while it was read",
                             source_where(reader->source), (unsigned long long)reader->record.line);
    }
    outputs->num_rows++;
    return true;
}

bool csv_outputs_member(struct csv_outputs *outputs, const struct csv_table *table,
                        struct source *source, const char *member, struct writer *writer, int split,
                        uint64_t *count, struct error *error)
{
    struct csv_reader reader;
    *count = 0;
    for (size_t i = 0; i < outputs->count; i++)
        if (outputs->outputs[i].form == CSV_AS_CLASS &&
            !labels_member(&outputs->outputs[i].labels, source_where(source), error))
            return false;
    if (!csv_table_begin(table, &reader, source, member, error))
        return false;
    int more;
    while ((more = csv_table_next(table, &reader, error)) > 0) {
        bool good = put_record(outputs, table, &reader, error);
        ++*count;
        if (good && is_full(outputs))
            good = flush(outputs, writer, split, error);
        if (!good) {
            more = -1;
            break;
        }
    }
    csv_reader_close(&reader);
    return more == 0 && flush(outputs, writer, split, error);
}
