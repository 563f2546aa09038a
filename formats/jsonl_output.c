// SPDX-License-Identifier: MIT
#include "formats/jsonl_output.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formats/source.h"
#include "store/writer.h"

enum { MEMORY = 4 << 20, MAX_ROWS = 65536 };

bool jsonl_outputs_make(struct jsonl_outputs *outputs, size_t most, struct error *error)
{
    *outputs = (struct jsonl_outputs){.outputs = calloc(most + 1, sizeof *outputs->outputs)};
    if (!outputs->outputs)
        return error_memory(error);
    for (size_t i = 0; i < most; i++)
        outputs->outputs[i].labels.unit = "line";
    return true;
}

void jsonl_outputs_clear(struct jsonl_outputs *outputs)
{
    for (size_t i = 0; i < outputs->count; i++) {
        labels_clear(&outputs->outputs[i].labels);
        text_runs_clear(&outputs->outputs[i].texts);
        buffer_free(&outputs->outputs[i].rows);
    }
    free(outputs->outputs);
    *outputs = (struct jsonl_outputs){.outputs = NULL};
}

static bool put_number(struct jsonl_output *output, const json_t *value)
{
    if (output->form == JSONL_AS_INT64) {
        int64_t whole = json_integer_value(value);
        buffer_append(&output->rows, &whole, sizeof whole);
        return json_is_integer(value);
    }
    double number = json_is_number(value) ? json_number_value(value) : (double)NAN;
    buffer_append(&output->rows, &number, sizeof number);
    return !value || json_is_number(value) || json_is_null(value);
}

// A list's numbers in C order. False when it has not the shape of the column.
static bool put_list(struct jsonl_output *output, const struct jsonl_column *column,
                     const json_t *list, unsigned axis)
{
    if (list && !json_is_null(list) &&
        (!json_is_array(list) || json_array_size(list) != column->shape[axis]))
        return false;
    for (size_t i = 0; i < column->shape[axis]; i++) {
        const json_t *value = json_array_get(list, i);
        if (axis + 1 < column->rank ? !put_list(output, column, value, axis + 1)
                                    : !put_number(output, value))
            return false;
    }
    return true;
}

static bool put_id(struct jsonl_output *output, uint64_t id)
{
    buffer_append(&output->rows, &id, dtype_size(output->dtype)); // little-endian
    return true;
}

static bool put_name(struct jsonl_output *output, const struct jsonl_column *column,
                     const json_t *value)
{
    const char *text = json_is_true(value)     ? "true"
                       : json_is_false(value)  ? "false"
                       : json_is_string(value) ? json_string_value(value)
                                               : "";
    size_t size = json_is_string(value) ? json_string_length(value) : strlen(text);
    long id = text_values_id(&column->texts, text, size);
    return id >= 0 && put_id(output, (uint64_t)id);
}

// Puts a value at the end of the output's rows. False when it is not what the first reading saw, or
// with the error.
static bool put(struct jsonl_output *output, const struct jsonl_column *column, const json_t *value,
                uint64_t line, struct error *error)
{
    switch (output->form) {
    case JSONL_AS_INT64:
    case JSONL_AS_DOUBLE:
        return column->kind == JSONL_LIST ? put_list(output, column, value, 0)
                                          : put_number(output, value);
    case JSONL_AS_CLASS: {
        json_int_t id = json_integer_value(value);
        return json_is_integer(value) && id >= 0 && id < WHOLE_VALUES_SMALL &&
               put_id(output, (uint64_t)id) &&
               labels_add(&output->labels, (uint64_t)id, line, error);
    }
    case JSONL_AS_NAME:
        return put_name(output, column, value);
    case JSONL_AS_TEXT:
        return text_runs_add(&output->texts, json_is_string(value) ? json_string_value(value) : "",
                             json_string_length(value), error);
    }
    return false;
}

static bool flush(struct jsonl_outputs *outputs, struct writer *writer, int split,
                  struct error *error)
{
    for (size_t i = 0; i < outputs->count && outputs->num_rows > 0; i++) {
        struct jsonl_output *output = &outputs->outputs[i];
        if (output->form == JSONL_AS_TEXT
                ? !text_runs_flush(&output->texts, writer, split, output->feature, error)
                : !writer_append(writer, split, output->feature, output->rows.data,
                                 outputs->num_rows, error))
            return false;
        output->rows.size = 0;
    }
    outputs->num_rows = 0;
    return true;
}

static bool is_full(const struct jsonl_outputs *outputs)
{
    size_t bytes = 0;
    for (size_t i = 0; i < outputs->count; i++)
        bytes += outputs->outputs[i].rows.size + outputs->outputs[i].texts.values.size;
    return bytes >= MEMORY || outputs->num_rows >= MAX_ROWS;
}

static bool put_row(struct jsonl_outputs *outputs, struct jsonl_table *table,
                    const struct jsonl_reader *reader, struct error *error)
{
    if (!jsonl_table_row(table, reader, error))
        return false;
    for (size_t i = 0; i < outputs->count; i++) {
        struct jsonl_output *output = &outputs->outputs[i];
        const struct jsonl_column *column = &table->columns[output->column];
        size_t before = output->rows.size;
        bool good = put(output, column, table->cells[output->column], reader->line, error);
        if (output->rows.failed)
            return error_memory(error);
        if (!good || output->rows.size - before != output->row_bytes)
            return error_set(error, ERROR_INPUT,
                             "%s: line %llu: the file changed while it was read",
                             source_where(reader->source), (unsigned long long)reader->line);
    }
    outputs->num_rows++;
    outputs->num_repaired_lines += reader->is_repaired;
    return true;
}

bool jsonl_outputs_member(struct jsonl_outputs *outputs, struct jsonl_table *table,
                          struct source *source, struct writer *writer, int split, uint64_t *count,
                          struct error *error)
{
    struct jsonl_reader reader;
    *count = 0;
    for (size_t i = 0; i < outputs->count; i++)
        if (outputs->outputs[i].form == JSONL_AS_CLASS &&
            !labels_member(&outputs->outputs[i].labels, source_where(source), error))
            return false;
    int more = jsonl_reader_open(&reader, source, JSONL_BLOCK, error) ? 1 : -1;
    while (more > 0 && (more = jsonl_reader_next(&reader, error)) > 0) {
        ++*count;
        if (!put_row(outputs, table, &reader, error) ||
            (is_full(outputs) && !flush(outputs, writer, split, error)))
            more = -1;
    }
    jsonl_reader_close(&reader);
    return more == 0 && flush(outputs, writer, split, error);
}
