// SPDX-License-Identifier: MIT
#include "formats/jsonl_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/column_name.h"
#include "formats/naming.h"
#include "formats/source.h"

enum { NUM_SLOTS = 4 * SCHEMA_MAX_FEATURES, MAX_DEPTH = 32, MAX_KEY = 1000 };

bool jsonl_table_is_member(const char *member)
{
    return !naming_is_note(member);
}

enum jsonl_kind jsonl_kind(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_TRUE:
    case JSON_FALSE:
        return JSONL_BOOL;
    case JSON_INTEGER:
    case JSON_REAL:
        return JSONL_NUMBER;
    case JSON_STRING:
        return JSONL_TEXT;
    case JSON_ARRAY:
        return JSONL_LIST;
    case JSON_OBJECT:
    case JSON_NULL:
        break;
    }
    return JSONL_NOTHING;
}

static bool fail(const struct jsonl_reader *reader, struct error *error, const char *what,
                 const char *key)
{
    return error_set(error, ERROR_INPUT, "%s: line %llu: %s \"%.100s\"",
                     source_where(reader->source), (unsigned long long)reader->line, what, key);
}

// FNV-1a.
static size_t hash(const char *key, size_t size)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < size; i++)
        h = (h ^ (unsigned char)key[i]) * UINT64_C(1099511628211);
    return (size_t)(h ^ h >> 32) % NUM_SLOTS;
}

static bool is_key(const struct jsonl_column *column, const struct buffer *path)
{
    return strncmp(column->key, path->data, path->size) == 0 && column->key[path->size] == '\0';
}

// The slot of the column at table->path, or the empty one where it belongs.
static uint16_t *find_slot(const struct jsonl_table *table)
{
    size_t at = hash(table->path.data, table->path.size);
    while (table->slots[at] && !is_key(&table->columns[table->slots[at] - 1], &table->path))
        at = (at + 1) % NUM_SLOTS;
    return &table->slots[at];
}

static bool has_name(const struct jsonl_table *table, const char *name)
{
    for (size_t i = 0; i < table->num_columns; i++)
        if (strcmp(table->columns[i].name, name) == 0)
            return true;
    return false;
}

static bool add_column(struct jsonl_table *table, const struct jsonl_reader *reader, uint16_t *slot,
                       struct error *error)
{
    if (table->num_columns == SCHEMA_MAX_FEATURES)
        return error_set(error, ERROR_LIMIT, "%s: line %llu: more than %d different keys",
                         source_where(reader->source), (unsigned long long)reader->line,
                         SCHEMA_MAX_FEATURES);
    struct jsonl_column *columns =
        realloc(table->columns, (table->num_columns + 1) * sizeof *columns);
    if (columns)
        table->columns = columns;
    const json_t **cells = realloc(table->cells, (table->num_columns + 1) * sizeof *cells);
    if (cells)
        table->cells = cells;
    char *key = strndup(table->path.data, table->path.size);
    char *name = column_name(table->path.data, table->path.size, table->num_columns);
    if (!columns || !cells || !key || !name || has_name(table, name)) {
        if (columns && cells && key && name)
            fail(reader, error, "another key has the name of", key);
        free(key);
        free(name);
        return error->kind == ERROR_NONE ? error_memory(error) : false;
    }
    cells[table->num_columns] = NULL;
    columns[table->num_columns++] = (struct jsonl_column){.key = key, .name = name};
    *slot = (uint16_t)table->num_columns;
    return true;
}

// The column at table->path; NULL with the error.
static struct jsonl_column *find_column(struct jsonl_table *table,
                                        const struct jsonl_reader *reader, bool may_add,
                                        struct error *error)
{
    if (table->hint >= table->num_columns || !is_key(&table->columns[table->hint], &table->path)) {
        uint16_t *slot = find_slot(table);
        if (!*slot && !may_add) {
            error_set(error, ERROR_INPUT, "%s: line %llu: the file changed while it was read",
                      source_where(reader->source), (unsigned long long)reader->line);
            return NULL;
        }
        if (!*slot && !add_column(table, reader, slot, error))
            return NULL;
        table->hint = *slot - 1u;
    }
    return &table->columns[table->hint++];
}

static bool visit(struct jsonl_table *table, const struct jsonl_reader *reader, json_t *object,
                  unsigned depth, bool may_add, struct error *error);

static bool visit_value(struct jsonl_table *table, const struct jsonl_reader *reader, json_t *value,
                        unsigned depth, bool may_add, struct error *error)
{
    if (json_is_object(value) && json_object_size(value) > 0)
        return visit(table, reader, value, depth + 1, may_add, error);
    struct jsonl_column *column = find_column(table, reader, may_add, error);
    if (!column)
        return false;
    const json_t **cell = &table->cells[column - table->columns];
    if (*cell)
        return fail(reader, error, "there are two values for", column->key);
    *cell = value;
    return true;
}

// Takes an object apart; table->path names it, ending in '.' unless it is the line's.
static bool visit(struct jsonl_table *table, const struct jsonl_reader *reader, json_t *object,
                  unsigned depth, bool may_add, struct error *error)
{
    size_t before = table->path.size;
    if (depth > MAX_DEPTH)
        return error_set(error, ERROR_LIMIT, "%s: line %llu: objects lie more than %d deep",
                         source_where(reader->source), (unsigned long long)reader->line, MAX_DEPTH);
    for (void *at = json_object_iter(object); at; at = json_object_iter_next(object, at)) {
        json_t *value = json_object_iter_value(at);
        table->path.size = before;
        buffer_string(&table->path, json_object_iter_key(at));
        if (table->path.size > MAX_KEY)
            return fail(reader, error, "a key of more than 1,000 bytes begins with",
                        json_object_iter_key(at));
        if (json_is_object(value) && json_object_size(value) > 0)
            buffer_byte(&table->path, '.');
        if (!buffer_text(&table->path))
            return error_memory(error);
        if (!visit_value(table, reader, value, depth, may_add, error))
            return false;
    }
    table->path.size = before;
    return true;
}

static bool fill_row(struct jsonl_table *table, const struct jsonl_reader *reader, bool may_add,
                     struct error *error)
{
    table->path.size = 0;
    table->hint = 0;
    for (size_t i = 0; i < table->num_columns; i++)
        table->cells[i] = NULL;
    return visit(table, reader, reader->object, 1, may_add, error);
}

bool jsonl_table_row(struct jsonl_table *table, const struct jsonl_reader *reader,
                     struct error *error)
{
    return fill_row(table, reader, false, error);
}

// Notes why a column is left out; the first reason stays.
static bool leave_out(struct jsonl_column *column, struct error *error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool leave_out(struct jsonl_column *column, struct error *error, const char *format, ...)
{
    va_list args;
    if (column->left_out)
        return true;
    va_start(args, format);
    int size = vasprintf(&column->left_out, format, args);
    va_end(args);
    if (size >= 0)
        return true;
    column->left_out = NULL;
    return error_memory(error);
}

// The shape of a list of numbers, by its first elements; false when it is none.
static bool measure(const json_t *list, unsigned *rank, uint64_t *shape)
{
    for (*rank = 0; json_is_array(list); list = json_array_get(list, 0)) {
        if (*rank == SCHEMA_MAX_RANK || json_array_size(list) == 0)
            return false;
        shape[(*rank)++] = json_array_size(list);
    }
    return true;
}

// Whether all lists have that shape and hold numbers, or null.
static bool check_list(struct jsonl_column *column, const json_t *list, unsigned axis)
{
    if (json_array_size(list) != column->shape[axis])
        return false;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *value = json_array_get(list, i);
        if (axis + 1 < column->rank) {
            if (!json_is_array(value) || !check_list(column, value, axis + 1))
                return false;
        } else if (json_is_null(value)) {
            column->has_hole = true;
        } else if (!json_is_number(value)) {
            return false;
        } else {
            column->has_real |= json_is_real(value);
        }
    }
    return true;
}

static bool learn_list(struct jsonl_column *column, const json_t *value, uint64_t line,
                       struct error *error)
{
    unsigned rank;
    uint64_t shape[SCHEMA_MAX_RANK] = {0};
    bool is_good = measure(value, &rank, shape);
    if (column->rank == 0) {
        column->rank = rank;
        memcpy(column->shape, shape, sizeof shape);
    }
    is_good = is_good && rank == column->rank && check_list(column, value, 0);
    return is_good || leave_out(column, error,
                                "line %llu holds a list that is none of numbers, or not as long "
                                "as the first",
                                (unsigned long long)line);
}

static bool learn_value(struct jsonl_column *column, const json_t *value, uint64_t line,
                        struct error *error)
{
    static const char *const KINDS[] = {"nothing", "a truth value", "a number", "a text", "a list"};
    enum jsonl_kind kind = jsonl_kind(value);
    if (kind == JSONL_NOTHING)
        return true; // null, or an object without keys
    column->present++;
    if (column->kind == JSONL_NOTHING) {
        column->kind = kind;
        column->first_line = line;
    }
    if (column->kind != kind)
        return leave_out(column, error, "%s in line %llu and %s in line %llu", KINDS[column->kind],
                         (unsigned long long)column->first_line, KINDS[kind],
                         (unsigned long long)line);
    switch (kind) {
    case JSONL_BOOL: {
        const char *text = json_is_true(value) ? "true" : "false";
        return text_values_add(&column->texts, text, strlen(text), error);
    }
    case JSONL_NUMBER:
        if (json_is_integer(value))
            whole_values_add(&column->wholes, json_integer_value(value));
        else
            column->has_real = true;
        return true;
    case JSONL_TEXT:
        return text_values_add(&column->texts, json_string_value(value), json_string_length(value),
                               error);
    case JSONL_LIST:
        return learn_list(column, value, line, error);
    case JSONL_NOTHING:
        break;
    }
    return true;
}

static bool learn_member(struct jsonl_table *table, struct source *source, struct error *error)
{
    struct jsonl_reader reader;
    int more = jsonl_reader_open(&reader, source, JSONL_BLOCK, error) ? 1 : -1;
    while (more > 0 && (more = jsonl_reader_next(&reader, error)) > 0) {
        table->num_rows++;
        if (!fill_row(table, &reader, true, error))
            more = -1;
        for (size_t i = 0; more > 0 && i < table->num_columns; i++)
            if (table->cells[i] &&
                !learn_value(&table->columns[i], table->cells[i], reader.line, error))
                more = -1;
    }
    jsonl_reader_close(&reader);
    return more == 0;
}

static bool add_member(struct jsonl_table *table, const char *member, struct error *error)
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

// A key that is not there counts as null: of texts that is a class of its own.
static bool count_missing(struct jsonl_table *table, struct error *error)
{
    for (size_t i = 0; i < table->num_columns; i++) {
        struct jsonl_column *column = &table->columns[i];
        bool has_texts = column->kind == JSONL_TEXT || column->kind == JSONL_BOOL;
        uint64_t missing = table->num_rows - column->present;
        if (missing > 0 && has_texts) {
            if (!text_values_add(&column->texts, "", 0, error))
                return false;
            column->texts.count += missing - 1;
        }
        if (column->kind == JSONL_NOTHING &&
            !leave_out(column, error, "there is only null, or objects without keys"))
            return false;
    }
    return true;
}

static bool learn(struct jsonl_table *table, struct source *source, struct error *error)
{
    struct source_member member;
    enum source_step step;
    table->slots = calloc(NUM_SLOTS, sizeof *table->slots);
    if (!table->slots)
        return error_memory(error);
    while ((step = source_next(source, &member, error)) == SOURCE_MEMBER)
        if (jsonl_table_is_member(member.name) &&
            (!add_member(table, member.name, error) || !learn_member(table, source, error)))
            return false;
    if (step == SOURCE_FAILED)
        return false;
    if (table->num_rows == 0)
        return error_set(error, ERROR_INPUT, "there is no line that holds an object");
    return count_missing(table, error) && source_rewind(source, error);
}

bool jsonl_table_learn(struct jsonl_table *table, struct source *source, struct error *error)
{
    *table = (struct jsonl_table){.columns = NULL};
    bool good = learn(table, source, error);
    if (!good)
        jsonl_table_clear(table);
    return good;
}

void jsonl_table_clear(struct jsonl_table *table)
{
    for (size_t i = 0; i < table->num_columns; i++) {
        struct jsonl_column *column = &table->columns[i];
        free(column->key);
        free(column->name);
        text_values_clear(&column->texts);
        free(column->left_out);
    }
    for (size_t i = 0; i < table->num_members; i++)
        free(table->members[i]);
    free(table->members);
    free(table->columns);
    free(table->slots);
    free(table->cells);
    buffer_free(&table->path);
    *table = (struct jsonl_table){.columns = NULL};
}
