// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <time.h>

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
    {"--replace", NULL, false, "take the place of a dataset of that name"},
    OPTION_JSON,
    OPTION_QUIET,
    OPTION_END,
};

static void ask(const void *context, uint64_t *done, uint64_t *total)
{
    source_progress(context, done, total);
}

static bool import(struct folder *folder, const struct options *options, struct source *source,
                   struct writer_result *result, struct error *error)
{
    const struct writer_options wanted = {
        .name = options->arguments[0],
        .split = options_text(options, "--split", NULL),
        .title = options_text(options, "--title", NULL),
        .target = options_text(options, "--target", NULL),
        .replace = options_switch(options, "--replace"),
    };
    struct writer *writer = writer_new(folder, &wanted, error);
    if (!writer)
        return false;
    bool quiet = options_switch(options, "--quiet") || options_switch(options, "--json");
    struct progress *progress = progress_begin(wanted.name, quiet, ask, source);
    bool done = importer_read(source, options_text(options, "--format", NULL), writer, error) &&
                writer_commit(writer, result, error);
    progress_end(progress);
    writer_free(writer);
    return done;
}

static void report(const struct options *options, const struct writer_result *result,
                   double seconds)
{
    char bytes[32];
    if (options_switch(options, "--json"))
        printf("{\"name\":\"%s\",\"revision\":\"%s\",\"num_samples\":%llu,\"bytes\":%llu,"
               "\"unchanged\":%s}\n",
               options->arguments[0], result->revision, (unsigned long long)result->num_samples,
               (unsigned long long)result->bytes, result->unchanged ? "true" : "false");
    else if (!options_switch(options, "--quiet"))
        printf("%s: %llu samples, %s in %.2f s, revision %.12s%s\n", options->arguments[0],
               (unsigned long long)result->num_samples, command_bytes(result->bytes, bytes),
               seconds, result->revision, result->unchanged ? " (was there already)" : "");
}

static double seconds_now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int run(const struct options *options, struct error *error)
{
    const struct source_limits limits = SOURCE_LIMITS_DEFAULT;
    struct writer_result result;
    double start = seconds_now();
    struct folder *folder = command_folder(options, FOLDER_WRITE, error);
    if (!folder)
        return EXIT_FAILED;
    struct source *source = source_open(options->arguments + 1,
                                        (size_t)options->num_arguments - 1, &limits, error);
    bool done = source && import(folder, options, source, &result, error);
    source_close(source);
    folder_close(folder);
    if (done)
        report(options, &result, seconds_now() - start);
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
