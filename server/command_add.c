// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "encode/json.h"
#include "formats/importer.h"
#include "formats/source.h"
#include "server/command.h"
#include "server/progress.h"
#include "store/writer.h"

static const struct option_spec OPTIONS[] = {
    OPTION_DATA,
    {"--format", "F", false, "read as this format instead of finding out (samplecase formats)"},
    {"--split", "S", false, "put everything into this one split"},
    {"--title", "T", false, "a title for people"},
    {"--target", "COLUMN", false, "the column of a table that is to be predicted"},
    {"--in-place", NULL, false, "leave pictures in their files, which must stay as they are"},
    {"--replace", NULL, false, "take the place of a dataset of that name"},
    OPTION_JSON,
    OPTION_QUIET,
    OPTION_END,
};

static void ask(const void *context, uint64_t *done, uint64_t *total)
{
    source_progress(context, done, total);
}

// What an import has to tell.
struct outcome {
    struct writer_result result;
    uint64_t num_set_aside;
    struct buffer warnings; // a JSON list of them
    struct buffer lines;    // the same, each ended by NUL
};

static void note_warnings(struct outcome *outcome, const struct card *card)
{
    buffer_byte(&outcome->warnings, '[');
    for (size_t i = 0; i < card->num_warnings; i++) {
        if (i)
            buffer_byte(&outcome->warnings, ',');
        json_write_string(&outcome->warnings, card->warnings[i]);
        buffer_append(&outcome->lines, card->warnings[i], strlen(card->warnings[i]) + 1);
    }
    buffer_byte(&outcome->warnings, ']');
}

static bool import(struct folder *folder, const struct options *options, struct source *source,
                   struct outcome *outcome, struct error *error)
{
    const struct writer_options wanted = {
        .name = options->arguments[0],
        .split = options_text(options, "--split", NULL),
        .title = options_text(options, "--title", NULL),
        .target = options_text(options, "--target", NULL),
        .replace = options_switch(options, "--replace"),
        .in_place = options_switch(options, "--in-place"),
    };
    struct writer *writer = writer_new(folder, &wanted, error);
    if (!writer)
        return false;
    bool quiet = options_switch(options, "--quiet") || options_switch(options, "--json");
    struct progress *progress = progress_begin(wanted.name, quiet, ask, source);
    bool done = importer_read(source, options_text(options, "--format", NULL), writer, error);
    if (done) {
        outcome->num_set_aside = writer_schema(writer)->num_set_aside;
        note_warnings(outcome, &writer_schema(writer)->card);
        done = writer_commit(writer, &outcome->result, error);
    }
    progress_end(progress);
    writer_free(writer);
    return done;
}

static void report_json(const char *name, struct outcome *outcome)
{
    const struct writer_result *result = &outcome->result;
    const char *warnings = buffer_text(&outcome->warnings);
    printf("{\"name\":\"%s\",\"revision\":\"%s\",\"num_samples\":%llu,\"bytes\":%llu,"
           "\"unchanged\":%s,\"set_aside\":%llu,\"warnings\":%s}\n",
           name, result->revision, (unsigned long long)result->num_samples,
           (unsigned long long)result->bytes, result->unchanged ? "true" : "false",
           (unsigned long long)outcome->num_set_aside, warnings ? warnings : "[]");
}

static void report_text(const char *name, struct outcome *outcome, double seconds)
{
    char bytes[32];
    const struct writer_result *result = &outcome->result;
    printf("%s: %llu samples, %s in %.2f s, revision %.12s%s\n", name,
           (unsigned long long)result->num_samples, command_bytes(result->bytes, bytes), seconds,
           result->revision, result->unchanged ? " (was there already)" : "");
    if (outcome->num_set_aside)
        printf("%s: %llu %s set aside; samplecase info %s says which and why\n", name,
               (unsigned long long)outcome->num_set_aside,
               outcome->num_set_aside == 1 ? "file was" : "files were", name);
    for (size_t at = 0; at < outcome->lines.size; at += strlen(outcome->lines.data + at) + 1) {
        printf("warning: ");
        command_print(outcome->lines.data + at);
        printf("\n");
    }
}

static int run(const struct options *options, struct error *error)
{
    const struct source_limits limits = SOURCE_LIMITS_DEFAULT;
    struct outcome outcome = {.num_set_aside = 0};
    int64_t start = clock_ms();
    struct folder *folder = command_folder(options, FOLDER_WRITE, error);
    if (!folder)
        return EXIT_FAILED;
    struct source *source = source_open(options->arguments + 1,
                                        (size_t)options->num_arguments - 1, &limits, error);
    bool done = source && import(folder, options, source, &outcome, error);
    source_close(source);
    folder_close(folder);
    if (done && options_switch(options, "--json"))
        report_json(options->arguments[0], &outcome);
    else if (done && !options_switch(options, "--quiet"))
        report_text(options->arguments[0], &outcome, (double)(clock_ms() - start) / 1e3);
    buffer_free(&outcome.warnings);
    buffer_free(&outcome.lines);
    return done ? EXIT_DONE : EXIT_FAILED;
}

const struct command COMMAND_ADD = {
    .name = "add",
    .arguments = "NAME PATH...",
    .about = "Import files, folders and archives as a dataset",
    .details = "The format is found from names and contents; samplecase formats lists them. A\n"
               "server that runs on the same data folder shows the dataset within a second.\n",
    .options = OPTIONS,
    .min_arguments = 2,
    .max_arguments = 4096,
    .run = run,
};
