// SPDX-License-Identifier: MIT
// JSON Lines: an object a line is a sample, its keys are the features. Read twice: once for what
// the columns hold, once for the values.
#include "formats/jsonl.h"

#include <stdlib.h>
#include <string.h>

#include "formats/describe.h"
#include "formats/jsonl_output.h"
#include "formats/naming.h"
#include "formats/source.h"
#include "formats/table_split.h"
#include "store/writer.h"

static const size_t NONE = SIZE_MAX;

struct reading {
    struct source *source;
    struct writer *writer;
    struct jsonl_table table;
    struct jsonl_outputs outputs;
    size_t target; // column, or NONE
    bool has_texts;
    const char *task;
    struct tally tally;
};

static enum probe probe(const struct source *source)
{
    for (size_t i = 0; i < source_num_glimpsed(source); i++) {
        const char *name = source_glimpsed(source, i)->name;
        if (naming_ends_in(name, ".jsonl") || naming_ends_in(name, ".ndjson"))
            return PROBE_NAME;
    }
    return PROBE_NO;
}

static bool has_texts(const struct jsonl_column *column)
{
    return column->kind == JSONL_TEXT || column->kind == JSONL_BOOL;
}

// The column to predict: the one that the user names, else one that is called so, else the last
// that could be: no list, no text to be read.
static void find_target(struct reading *reading)
{
    const char *wanted = writer_options(reading->writer)->target;
    const struct jsonl_table *table = &reading->table;
    size_t last = NONE, named = NONE;
    for (size_t i = 0; i < table->num_columns; i++) {
        const struct jsonl_column *column = &table->columns[i];
        if (wanted) {
            if (strcmp(column->name, wanted) == 0)
                named = i;
            continue;
        }
        if (column->left_out || column->kind == JSONL_LIST ||
            (column->kind == JSONL_TEXT && !text_values_are_classes(&column->texts, false)))
            continue;
        last = i;
        if (naming_is_label(column->name))
            named = i;
    }
    reading->target = named != NONE ? named : last;
}

static bool refuse_target(const struct jsonl_column *column, struct error *error)
{
    return error_set(error, ERROR_INPUT,
                     "the key \"%s\" cannot be predicted: its texts are longer than %d bytes or "
                     "more than %d different ones, no classes",
                     column->name, TEXT_VALUES_LONGEST, TEXT_VALUES_MOST);
}

// What a column becomes: its form, and all of the feature but its place.
static bool choose_form(struct reading *reading, size_t i, struct jsonl_output *output,
                        struct feature *feature, struct error *error)
{
    struct jsonl_column *column = &reading->table.columns[i];
    bool is_target = i == reading->target;
    bool is_wanted = is_target && writer_options(reading->writer)->target;
    bool is_whole =
        !column->has_real && !column->has_hole && column->present == reading->table.num_rows;
    size_t num_classes = column->kind == JSONL_NUMBER && is_target && is_whole
                             ? whole_values_classes(&column->wholes)
                             : 0;
    if (has_texts(column) &&
        (column->kind == JSONL_BOOL || text_values_are_classes(&column->texts, is_wanted))) {
        output->form = JSONL_AS_NAME;
        output->dtype = labels_dtype(column->texts.names.count);
        feature->kind = FEATURE_CLASS;
        return text_values_sort(&column->texts, error);
    }
    if (has_texts(column)) {
        output->form = JSONL_AS_TEXT;
        feature->kind = FEATURE_TEXT;
        return !is_wanted || refuse_target(column, error);
    }
    output->form = num_classes > 0 ? JSONL_AS_CLASS : is_whole ? JSONL_AS_INT64 : JSONL_AS_DOUBLE;
    output->dtype = num_classes > 0 ? labels_dtype(num_classes)
                    : is_whole      ? DTYPE_INT64
                                    : DTYPE_FLOAT64;
    feature->kind = num_classes > 0              ? FEATURE_CLASS
                    : column->kind == JSONL_LIST ? FEATURE_ARRAY
                                                 : FEATURE_SCALAR;
    feature->rank = column->rank;
    memcpy(feature->shape, column->shape, sizeof feature->shape);
    return true;
}

static bool plan_column(struct reading *reading, size_t i, struct error *error)
{
    struct jsonl_output *output = &reading->outputs.outputs[reading->outputs.count];
    struct feature feature = {
        .name = reading->table.columns[i].name, .target = i == reading->target, .parent = -1};
    output->column = i;
    if (!choose_form(reading, i, output, &feature, error))
        return false;
    reading->outputs.count++;
    if (i == reading->target)
        reading->task =
            feature.kind == FEATURE_CLASS ? "tabular-classification" : "tabular-regression";
    if (feature.kind == FEATURE_TEXT) {
        reading->has_texts = true;
        output->feature = text_runs_declare(reading->writer, feature.name, error);
        return output->feature >= 0;
    }
    feature.dtype = output->dtype;
    output->feature = writer_feature(reading->writer, &feature, error);
    output->row_bytes = output->feature < 0 ? 0 : (size_t)feature_row_bytes(&feature);
    return output->feature >= 0;
}

static bool plan(struct reading *reading, struct error *error)
{
    const struct jsonl_table *table = &reading->table;
    find_target(reading);
    if (!jsonl_outputs_make(&reading->outputs, table->num_columns, error))
        return false;
    for (size_t i = 0; i < table->num_columns; i++)
        if (!table->columns[i].left_out && !plan_column(reading, i, error))
            return false;
    if (reading->outputs.count > 0)
        return true;
    return error_set(error, ERROR_INPUT, "%s: no key holds values that can be stored: \"%s\": %s",
                     table->members[0], table->num_columns > 0 ? table->columns[0].key : "",
                     table->num_columns > 0 ? table->columns[0].left_out : "there is none");
}

static bool append(struct reading *reading, struct error *error)
{
    struct source_member member;
    enum source_step step;
    while ((step = source_next(reading->source, &member, error)) == SOURCE_MEMBER) {
        if (!jsonl_table_is_member(member.name))
            continue;
        int split = writer_split(reading->writer,
                                 table_split(member.name, reading->table.num_members), error);
        uint64_t count;
        if (split < 0 || !jsonl_outputs_member(&reading->outputs, &reading->table, reading->source,
                                               reading->writer, split, &count, error))
            return false;
        reading->tally.samples[split] += count;
    }
    return step == SOURCE_END;
}

static bool declare_classes(struct reading *reading, struct card_file *card, struct error *error)
{
    for (size_t i = 0; i < reading->outputs.count; i++) {
        struct jsonl_output *output = &reading->outputs.outputs[i];
        const struct text_values *texts = &reading->table.columns[output->column].texts;
        if (output->form == JSONL_AS_CLASS &&
            !labels_declare(&output->labels, card, reading->writer, output->feature, NULL, 0, "",
                            error))
            return false;
        for (size_t j = 0; output->form == JSONL_AS_NAME && j < texts->names.count; j++)
            if (!writer_class(reading->writer, output->feature, texts->sorted[j], -1, error))
                return false;
    }
    return true;
}

static bool warn(struct reading *reading, struct error *error)
{
    for (size_t i = 0; i < reading->table.num_columns; i++) {
        const struct jsonl_column *column = &reading->table.columns[i];
        if (column->left_out && !writer_warn(reading->writer, error, "Left out: \"%s\": %s.",
                                             column->key, column->left_out))
            return false;
    }
    uint64_t lines = reading->outputs.num_repaired_lines;
    return lines == 0 ||
           writer_warn(reading->writer, error,
                       "%llu line%s texts that are not UTF-8; what is not is shown as U+FFFD.",
                       (unsigned long long)lines, lines == 1 ? " has" : "s have");
}

static bool finish(void *context, struct card_file *card, struct error *error)
{
    struct reading *reading = context;
    const char *task = reading->task;
    if (reading->has_texts && strcmp(task, "tabular-classification") == 0)
        task = "text-classification";
    return declare_classes(reading, card, error) &&
           describe(card, NULL, task, &reading->tally, reading->writer, error) &&
           warn(reading, error);
}

static bool read_all(struct reading *reading, struct error *error)
{
    const struct jsonl_table *table = &reading->table;
    if (!jsonl_table_learn(&reading->table, reading->source, error) ||
        !table_split_check(table->members, table->num_members, reading->writer, error) ||
        !plan(reading, error) || !append(reading, error))
        return false;
    return card_finish(reading->source, finish, reading, error);
}

static bool read_source(struct source *source, struct writer *writer, struct error *error)
{
    struct reading reading = {.source = source, .writer = writer, .task = "other"};
    bool good = read_all(&reading, error);
    jsonl_outputs_clear(&reading.outputs);
    jsonl_table_clear(&reading.table);
    return good;
}

const struct format FORMAT_JSONL = {
    .name = "jsonl",
    .about = "JSON Lines (.jsonl, .ndjson): an object a line is a sample, its keys are features",
    .recognises = "names that end in .jsonl or .ndjson",
    .details =
        "Keys become features in the order in which they are first seen; those of objects within "
        "are joined by a point (`user.name`). Numbers are scalars (int64, or float64 as soon as "
        "one is not whole or is missing), lists of numbers of one shape arrays, truth values "
        "classes (`false`, `true`). Texts are classes or a text feature, as in tables of `csv`. A "
        "key that a line does not have counts as null: NaN among numbers, an empty text, the class "
        "`(missing)`.\n"
        "The target is the one that `--target` names, else a key called `label`, `class`, `target` "
        "or `y`, else the last that is neither text nor list; whole numbers there that count from "
        "0 are classes.\n"
        "Keys whose values are of several kinds, or lists of other things, are left out with a "
        "warning. Files named `train`, `test` or `val` are these splits.",
    .examples = "samplecase add tickets tickets.jsonl.gz\n"
                "samplecase add tickets train.jsonl test.jsonl --target urgency",
    .probe = probe,
    .read = read_source,
};
