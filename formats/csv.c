// SPDX-License-Identifier: MIT
// Tables: a column is a feature, a record a sample. Two tables are known by their columns: the
// digits of scikit-learn, which are pictures, and the houses of Boston.
#include "formats/csv.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "formats/csv_output.h"
#include "formats/csv_table.h"
#include "formats/describe.h"
#include "formats/naming.h"
#include "formats/source.h"
#include "formats/table_split.h"
#include "store/writer.h"

enum { DIGITS_SIDE = 8, DIGITS_PIXELS = DIGITS_SIDE * DIGITS_SIDE, DIGITS_WHITE = 16 };

static const size_t NONE = SIZE_MAX;

struct reading {
    struct source *source;
    struct writer *writer;
    struct csv_table table;
    struct csv_outputs outputs;
    size_t target;             // column, or NONE
    const struct known *known; // NULL for any other table
    const char *task;
    bool has_texts; // to be read
    struct tally tally;
};

static bool has_csv_name(const char *member)
{
    return naming_ends_in(member, ".csv") || naming_ends_in(member, ".tsv") ||
           naming_ends_in(member, ".tab");
}

static enum probe probe(const struct source *source)
{
    for (size_t i = 0; i < source_num_glimpsed(source); i++)
        if (has_csv_name(source_glimpsed(source, i)->name))
            return PROBE_NAME;
    return PROBE_NO;
}

// 64 pixels from 0 to 16 and a digit, without a header.
static bool is_digits(const struct csv_table *table)
{
    if (table->has_header || table->num_columns != DIGITS_PIXELS + 1)
        return false;
    for (size_t i = 0; i <= DIGITS_PIXELS; i++) {
        const struct csv_column *column = &table->columns[i];
        if (!csv_column_is_whole(column) || column->wholes.min < 0 ||
            column->wholes.max > (i < DIGITS_PIXELS ? DIGITS_WHITE : 9))
            return false;
    }
    return true;
}

// The columns of a known table, all of them numbers.
static bool has_columns_of(const struct csv_table *table, const struct known *known)
{
    if (!table->has_header || table->num_columns != known->num_features)
        return false;
    for (size_t i = 0; i < table->num_columns; i++)
        if (table->columns[i].has_text ||
            strcmp(table->columns[i].name, known->features[i].name) != 0)
            return false;
    return true;
}

// Whether a column holds texts to be read, which nobody can predict.
static bool is_text(const struct csv_column *column)
{
    return column->has_text && !text_values_are_classes(&column->texts, false);
}

// The column to predict when the user names none: the last; where that is a text the one that is
// called so, else the last that is none; NONE when there are only texts.
static size_t guess_target(const struct csv_table *table)
{
    size_t last = NONE, named = NONE;
    for (size_t i = 0; i < table->num_columns; i++)
        if (!is_text(&table->columns[i])) {
            last = i;
            if (naming_is_label(table->columns[i].name))
                named = i;
        }
    return last == table->num_columns - 1 || named == NONE ? last : named;
}

// The column to predict.
static bool find_target(struct reading *reading, struct error *error)
{
    const char *name = writer_options(reading->writer)->target;
    const struct csv_table *table = &reading->table;
    reading->target = guess_target(table);
    if (!name)
        return true;
    struct buffer text = BUFFER_INIT;
    buffer_printf(&text, "no column \"%s\" to predict; there are: ", name);
    for (size_t i = 0; i < table->num_columns; i++) {
        if (strcmp(table->columns[i].name, name) == 0) {
            reading->target = i;
            buffer_free(&text);
            return true;
        }
        buffer_printf(&text, "%s%s", i > 0 ? ", " : "", table->columns[i].name);
    }
    return error_take(error, ERROR_INPUT, &text);
}

static bool declare(struct reading *reading, struct csv_output *output, char *name,
                    enum feature_kind kind, struct error *error)
{
    struct feature feature = {
        .name = name,
        .kind = kind,
        .dtype = output->dtype,
        .target = output->column == reading->target,
        .parent = -1,
    };
    if (kind == FEATURE_IMAGE) {
        feature.rank = 2;
        feature.shape[0] = feature.shape[1] = DIGITS_SIDE;
        feature.white = DIGITS_WHITE;
    }
    output->feature = writer_feature(reading->writer, &feature, error);
    return output->feature >= 0;
}

static bool plan_digits(struct reading *reading, struct error *error)
{
    char image[] = "image", label[] = "label";
    if (!csv_outputs_make(&reading->outputs, 2, error))
        return false;
    struct csv_output *outputs = reading->outputs.outputs;
    outputs[0].form = CSV_AS_BYTES;
    outputs[0].num_columns = DIGITS_PIXELS;
    outputs[0].dtype = DTYPE_UINT8;
    outputs[1].form = CSV_AS_CLASS;
    outputs[1].column = reading->target = DIGITS_PIXELS;
    outputs[1].num_columns = 1;
    outputs[1].dtype = DTYPE_UINT8;
    reading->known = known_find("digits");
    return declare(reading, &outputs[0], image, FEATURE_IMAGE, error) &&
           declare(reading, &outputs[1], label, FEATURE_CLASS, error);
}

static bool declare_text(struct reading *reading, size_t i, struct error *error)
{
    const struct csv_column *column = &reading->table.columns[i];
    struct csv_output *output = &reading->outputs.outputs[i];
    if (i == reading->target)
        return error_set(
            error, ERROR_INPUT,
            "the column \"%s\" cannot be predicted: its texts are longer than %d bytes "
            "or more than %d different ones, no classes",
            column->name, TEXT_VALUES_LONGEST, TEXT_VALUES_MOST);
    reading->has_texts = true;
    output->feature = text_runs_declare(reading->writer, column->name, error);
    return output->feature >= 0;
}

static bool plan_column(struct reading *reading, size_t i, struct error *error)
{
    struct csv_column *column = &reading->table.columns[i];
    struct csv_output *output = &reading->outputs.outputs[i];
    size_t num_classes = i == reading->target && !reading->known && csv_column_is_whole(column)
                             ? whole_values_classes(&column->wholes)
                             : 0;
    output->column = i;
    output->num_columns = 1;
    bool is_wanted = i == reading->target && writer_options(reading->writer)->target;
    if (column->has_text && text_values_are_classes(&column->texts, is_wanted)) {
        output->form = CSV_AS_NAME;
        output->dtype = labels_dtype(column->texts.names.count);
        if (!text_values_sort(&column->texts, error))
            return false;
    } else if (column->has_text) {
        output->form = CSV_AS_TEXT;
        return declare_text(reading, i, error);
    } else if (num_classes > 0) {
        output->form = CSV_AS_CLASS;
        output->dtype = labels_dtype(num_classes);
    } else if (csv_column_is_whole(column) && !reading->known) {
        output->form = CSV_AS_INT64;
        output->dtype = DTYPE_INT64;
    } else {
        output->form = CSV_AS_DOUBLE;
        output->dtype = DTYPE_FLOAT64;
    }
    bool is_class = output->form == CSV_AS_NAME || output->form == CSV_AS_CLASS;
    if (i == reading->target)
        reading->task = is_class ? "tabular-classification" : "tabular-regression";
    return declare(reading, output, column->name, is_class ? FEATURE_CLASS : FEATURE_SCALAR, error);
}

// Decides what each column becomes.
static bool plan(struct reading *reading, struct error *error)
{
    if (is_digits(&reading->table))
        return plan_digits(reading, error);
    const struct known *boston = known_find("boston_housing");
    if (has_columns_of(&reading->table, boston))
        reading->known = boston;
    if (!find_target(reading, error) ||
        !csv_outputs_make(&reading->outputs, reading->table.num_columns, error))
        return false;
    for (size_t i = 0; i < reading->table.num_columns; i++)
        if (!plan_column(reading, i, error))
            return false;
    return true;
}

static bool append(struct reading *reading, struct error *error)
{
    struct source_member member;
    enum source_step step;
    while ((step = source_next(reading->source, &member, error)) == SOURCE_MEMBER) {
        if (!csv_table_is_member(member.name))
            continue;
        const char *name = table_split(member.name, reading->table.num_members);
        int split = writer_split(reading->writer, name, error);
        uint64_t count;
        if (split < 0 || !csv_outputs_member(&reading->outputs, &reading->table, reading->source,
                                             member.name, reading->writer, split, &count, error))
            return false;
        reading->tally.samples[split] += count;
    }
    return step == SOURCE_END;
}

static bool finish(void *context, struct card_file *card, struct error *error)
{
    struct reading *reading = context;
    uint64_t repaired = reading->outputs.num_repaired;
    for (size_t i = 0; i < reading->outputs.count; i++) {
        struct csv_output *output = &reading->outputs.outputs[i];
        const struct csv_column *column = &reading->table.columns[output->column];
        if (output->form == CSV_AS_CLASS) {
            const struct known_feature *model =
                reading->known ? known_feature(reading->known, "label") : NULL;
            if (!labels_declare(&output->labels, card, reading->writer, output->feature,
                                model ? model->classes : NULL, model ? model->num_classes : 0,
                                reading->known ? reading->known->title : "", error))
                return false;
        }
        for (size_t j = 0; output->form == CSV_AS_NAME && j < column->texts.names.count; j++)
            if (!writer_class(reading->writer, output->feature, column->texts.sorted[j], -1, error))
                return false;
        repaired += output->texts.num_repaired;
    }
    const char *task = reading->task;
    if (reading->has_texts && strcmp(task, "tabular-classification") == 0)
        task = "text-classification";
    return describe(card, reading->known, task, &reading->tally, reading->writer, error) &&
           text_runs_warn(repaired, reading->writer, error);
}

static bool read_all(struct reading *reading, struct error *error)
{
    if (!csv_table_learn(&reading->table, reading->source, error) ||
        !table_split_check(reading->table.members, reading->table.num_members, reading->writer,
                           error) ||
        !plan(reading, error) || !csv_outputs_begin(&reading->outputs, error) ||
        !append(reading, error))
        return false;
    return card_finish(reading->source, finish, reading, error);
}

static bool read_source(struct source *source, struct writer *writer, struct error *error)
{
    struct reading reading = {.source = source, .writer = writer, .task = "other"};
    bool good = read_all(&reading, error);
    csv_outputs_clear(&reading.outputs);
    csv_table_clear(&reading.table);
    return good;
}

const struct format FORMAT_CSV = {
    .name = "csv",
    .about = "tables of text (.csv, .tsv), with a header or without; a column is a feature",
    .recognises = "names that end in .csv, .tsv or .tab",
    .details =
        "A column of numbers is a feature of type scalar (int64, or float64 as soon as one is not "
        "whole or is missing). A column of texts is a class feature whose classes are its "
        "different texts by code point, when these are short (256 bytes) and come again and again "
        "(at most three different ones in four lines, at most 65,536); else it is a text feature. "
        "The last column is the target, or the one that `--target` names; where the last is a "
        "text, one called `label`, `class`, `target` or `y`, else the last that is none. Whole "
        "numbers there that count from 0 are classes.\n"
        "Bytes that are not UTF-8 become U+FFFD in texts, and a warning counts these. Cells without "
        "quotes lose the spaces around them.\n"
        "Names of columns come from the first line when it is a header, else they are made up. "
        "Tables named `train`, `test` or `val` are these splits; any other is the split `all`.\n"
        "scikit-learn's digits (64 pixels and a digit a line) become images of 8×8, and Boston "
        "housing is known by its columns.",
    .examples = "samplecase add digits digits.csv.gz\n"
                "samplecase add houses houses.csv --target price",
    .probe = probe,
    .read = read_source,
};
