// SPDX-License-Identifier: MIT
#include "formats/describe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "store/writer.h"

// Appends a number with commas between the thousands.
static void append_number(struct buffer *out, uint64_t number)
{
    char digits[24];
    int size = snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);
    for (int i = 0; i < size; i++) {
        if (i > 0 && (size - i) % 3 == 0)
            buffer_byte(out, ',');
        buffer_byte(out, digits[i]);
    }
}

// Appends "train has 1,000 of 50,000 samples" for each split that is not as it was published.
static void append_differences(struct buffer *out, const struct known *known,
                               const struct schema *schema, const struct tally *tally)
{
    for (size_t i = 0; i < known->num_splits; i++) {
        int split = schema_split(schema, known->splits[i].name);
        uint64_t have = split < 0 ? 0 : tally->samples[split];
        if (have == known->splits[i].num_samples)
            continue;
        buffer_printf(out, "%s%s has ", out->size > 0 ? ", " : "", known->splits[i].name);
        append_number(out, have);
        buffer_string(out, " of ");
        append_number(out, known->splits[i].num_samples);
    }
}

// Whether a split is one of those that were published: else the user has cut the data anew, and the
// published sizes say nothing.
static bool has_known_split(const struct known *known, const struct schema *schema)
{
    for (size_t i = 0; i < known->num_splits; i++)
        if (schema_split(schema, known->splits[i].name) >= 0)
            return true;
    return false;
}

static bool warn_of_size(const struct known *known, const struct tally *tally,
                         struct writer *writer, struct error *error)
{
    if (!has_known_split(known, writer_schema(writer)))
        return true;
    struct buffer text = BUFFER_INIT;
    append_differences(&text, known, writer_schema(writer), tally);
    bool differs = text.size > 0;
    buffer_string(&text, ". The published files have all:");
    for (size_t i = 0; i < known->num_files; i++)
        buffer_printf(&text, "%s %s", i > 0 ? "," : "", known->files[i].file);
    const char *words = buffer_text(&text);
    bool good = words || error_memory(error);
    if (good && differs)
        good = writer_warn(writer, error, "Not the whole of %s: %s (%s).", known->title, words,
                           known->homepage);
    buffer_free(&text);
    return good;
}

static bool check_classes_used(const struct card_file *file, const struct schema *schema,
                               struct error *error)
{
    const char *unused = NULL;
    for (size_t i = 0; i < file->num_classes; i++)
        if (!file->classes[i].is_used)
            unused = file->classes[i].feature;
    if (!unused)
        return true;
    struct buffer text = BUFFER_INIT;
    buffer_printf(&text,
                  "%s: \"classes\" names \"%.100s\", which is no feature whose classes can be named; "
                  "there are",
                  file->where, unused);
    const char *before = ": ";
    for (size_t i = 0; i < schema->num_features; i++) {
        if (schema->features[i].kind == FEATURE_CLASS) {
            buffer_printf(&text, "%s%s", before, schema->features[i].name);
            before = ", ";
        }
    }
    if (*before == ':')
        buffer_string(&text, " none");
    return error_take(error, ERROR_INPUT, &text);
}

// The texts of a known dataset. writer_card only reads them.
static bool write_known(const struct known *known, struct writer *writer, struct error *error)
{
    struct {
        const char *from;
        char *copy;
    } texts[] = {{known->title, NULL},    {known->description, NULL}, {known->license, NULL},
                 {known->citation, NULL}, {known->homepage, NULL},    {known->task, NULL}};
    enum { TEXTS = sizeof texts / sizeof *texts };
    bool good = true;
    for (size_t i = 0; i < TEXTS; i++) {
        texts[i].copy = strdup(texts[i].from);
        good = good && texts[i].copy;
    }
    struct card card = {.title = texts[0].copy,
                        .description = texts[1].copy,
                        .license = texts[2].copy,
                        .citation = texts[3].copy,
                        .homepage = texts[4].copy,
                        .task = texts[5].copy};
    good = good ? writer_card(writer, &card, error) : error_memory(error);
    for (size_t i = 0; i < TEXTS; i++)
        free(texts[i].copy);
    return good;
}

// A card with these texts, either of which may be NULL.
static bool write_text(struct writer *writer, const char *title, const char *task,
                       struct error *error)
{
    struct card card = {.title = title ? strdup(title) : NULL, .task = task ? strdup(task) : NULL};
    bool good = ((!title || card.title) && (!task || card.task)) || error_memory(error);
    good = good && writer_card(writer, &card, error);
    free(card.title);
    free(card.task);
    return good;
}

bool describe(const struct card_file *file, const struct known *known, const char *task,
              const struct tally *tally, struct writer *writer, struct error *error)
{
    const struct writer_options *options = writer_options(writer);
    if (!check_classes_used(file, writer_schema(writer), error))
        return false;
    if (known ? !write_known(known, writer, error)
              : !write_text(writer, options->name, task, error))
        return false;
    if (!writer_card(writer, &file->card, error))
        return false;
    if (known && !file->has_warnings) {
        if (!warn_of_size(known, tally, writer, error))
            return false;
        if (known->warning && !writer_warn(writer, error, "%s", known->warning))
            return false;
    }
    return !options->title || write_text(writer, options->title, NULL, error);
}
