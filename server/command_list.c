// SPDX-License-Identifier: MIT
// list and info: what the catalog says, as text or JSON.
#include <stdio.h>
#include <stdlib.h>

#include "server/command.h"
#include "server/dataset_json.h"
#include "store/catalog.h"

static const struct option_spec OPTIONS[] = {OPTION_DATA, OPTION_JSON, OPTION_END};

static void print_json(struct buffer *out)
{
    buffer_byte(out, '\n');
    fwrite(out->data, 1, out->failed ? 0 : out->size, stdout);
}

static uint64_t num_samples(const struct schema *schema)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < schema->num_splits; i++)
        sum += schema->splits[i].num_samples;
    return sum;
}

static uint64_t num_bytes(const struct schema *schema)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < schema->num_splits; i++)
        sum += schema->splits[i].bytes;
    return sum;
}

static void list_text(const struct folder *folder, const struct catalog_entry *entries,
                      size_t count)
{
    char bytes[32];
    if (!count)
        printf("no datasets in %s yet; add one with: samplecase add NAME PATH...\n",
               folder_path(folder));
    for (size_t i = 0; i < count; i++) {
        const struct schema *schema = &entries[i].schema;
        printf("%-20s %10llu samples  %10s  %.12s  ", schema->name,
               (unsigned long long)num_samples(schema), command_bytes(num_bytes(schema), bytes),
               schema->revision);
        command_print(schema->card.title);
        printf("\n");
    }
}

static void list_json(const struct catalog_entry *entries, size_t count)
{
    struct buffer out = BUFFER_INIT;
    buffer_printf(&out, "{\"total\":%zu,\"datasets\":[", count);
    for (size_t i = 0; i < count; i++) {
        buffer_string(&out, i ? ",\n" : "\n");
        dataset_json_summary(&out, "", &entries[i].schema, DATASET_JSON_THUMBNAILS);
    }
    buffer_string(&out, "]}");
    print_json(&out);
    buffer_free(&out);
}

static int list(const struct options *options, struct error *error)
{
    struct folder *folder = command_folder(options, FOLDER_READ, error);
    if (!folder)
        return EXIT_FAILED;
    struct catalog_entry *entries = NULL;
    size_t count = 0;
    struct catalog *catalog = catalog_open(folder, FOLDER_READ, error);
    bool done = catalog ? catalog_read(catalog, &entries, &count, error)
                        : error->kind == ERROR_NONE;
    if (done && options_switch(options, "--json"))
        list_json(entries, count);
    else if (done)
        list_text(folder, entries, count);
    for (size_t i = 0; i < count; i++)
        catalog_entry_clear(&entries[i]);
    free(entries);
    catalog_close(catalog);
    folder_close(folder);
    return done ? EXIT_DONE : EXIT_FAILED;
}

// A line of text; none where there is nothing to say.
static void info_line(const char *label, const char *text)
{
    if (!*text)
        return;
    printf("%s", label);
    command_print(text);
    printf("\n");
}

// "image uint8 28×28", "image of any size, kept as it came", "text", "tokens int32, 5 words known"
static void info_kind(const struct feature *feature)
{
    printf("  %-20s %s", feature->name, feature_kind_name(feature->kind));
    if (feature->kind == FEATURE_TEXT)
        return;
    if (feature->kind == FEATURE_IMAGE && feature->storage != STORAGE_ROWS) {
        printf(" of any size, %s",
               feature->storage == STORAGE_RAGGED ? "kept as it came" : "in the files added");
        return;
    }
    printf(" %s", dtype_name(feature->dtype));
    for (unsigned axis = 0; axis < feature->rank; axis++)
        printf("%s%llu", axis ? "×" : " ", (unsigned long long)feature->shape[axis]);
    if (feature->kind == FEATURE_CLASS)
        printf(", %zu classes", feature->num_classes);
    if (feature->kind == FEATURE_TOKENS)
        printf(", %llu words known", (unsigned long long)feature->num_words);
}

static void info_features(const struct schema *schema)
{
    printf("features\n");
    for (size_t i = 0; i < schema->num_features; i++) {
        const struct feature *feature = &schema->features[i];
        info_kind(feature);
        if (feature->parent >= 0)
            printf(", parents in %s", schema->features[feature->parent].name);
        printf("%s\n", feature->target ? ", target" : "");
    }
}

static void info_set_aside(const struct schema *schema)
{
    enum { SHOWN = 20 };
    if (!schema->num_set_aside)
        return;
    size_t count = schema->num_listed_aside < SHOWN ? schema->num_listed_aside : SHOWN;
    printf("set aside: %llu %s that could not be used\n",
           (unsigned long long)schema->num_set_aside, schema->num_set_aside == 1 ? "file" : "files");
    for (size_t i = 0; i < count; i++) {
        printf("  ");
        command_print(schema->set_aside[i].file);
        info_line(": ", schema->set_aside[i].reason);
    }
    if (schema->num_set_aside > count)
        printf("  … and %llu more; --json lists up to %d\n",
               (unsigned long long)(schema->num_set_aside - count), SCHEMA_MAX_SET_ASIDE);
}

static void info_text(const struct schema *schema)
{
    char bytes[32];
    printf("%s", schema->name);
    info_line(": ", schema->card.title);
    info_line("", schema->card.description);
    for (size_t i = 0; i < schema->card.num_warnings; i++)
        info_line("warning: ", schema->card.warnings[i]);
    info_line("task      ", schema->card.task);
    info_line("licence   ", schema->card.license);
    info_line("homepage  ", schema->card.homepage);
    printf("revision  %s\ncreated   %s\nsplits\n", schema->revision, schema->created);
    for (size_t i = 0; i < schema->num_splits; i++)
        printf("  %-20s %llu samples, %s\n", schema->splits[i].name,
               (unsigned long long)schema->splits[i].num_samples,
               command_bytes(schema->splits[i].bytes, bytes));
    info_features(schema);
    printf("sources\n");
    for (size_t i = 0; i < schema->num_sources; i++) {
        printf("  ");
        command_print(schema->sources[i].file);
        printf(", %s, sha256 %s\n", command_bytes(schema->sources[i].bytes, bytes),
               *schema->sources[i].sha256 ? schema->sources[i].sha256 : "unknown");
    }
    info_set_aside(schema);
}

static int info(const struct options *options, struct error *error)
{
    const char *name = options->arguments[0];
    struct folder *folder = command_folder(options, FOLDER_READ, error);
    if (!folder)
        return EXIT_FAILED;
    struct catalog_entry entry = {.num_arrays = 0};
    struct catalog *catalog = catalog_open(folder, FOLDER_READ, error);
    bool done = catalog && catalog_read_one(catalog, name, &entry, error);
    if (!catalog)
        error_set(error, ERROR_MISSING, "no dataset \"%s\"; there are none in %s", name,
                  folder_path(folder));
    if (done && options_switch(options, "--json")) {
        struct buffer out = BUFFER_INIT;
        dataset_json_detail(&out, "", &entry.schema, DATASET_JSON_THUMBNAILS);
        print_json(&out);
        buffer_free(&out);
    } else if (done) {
        info_text(&entry.schema);
    }
    catalog_entry_clear(&entry);
    catalog_close(catalog);
    folder_close(folder);
    return done ? EXIT_DONE : EXIT_FAILED;
}

const struct command COMMAND_LIST = {
    .name = "list",
    .arguments = "",
    .about = "List the datasets",
    .options = OPTIONS,
    .min_arguments = 0,
    .max_arguments = 0,
    .run = list,
};

const struct command COMMAND_INFO = {
    .name = "info",
    .arguments = "NAME",
    .about = "Show what a dataset is and where it came from",
    .options = OPTIONS,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = info,
};
