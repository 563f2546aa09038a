// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encode/json.h"
#include "server/command.h"
#include "store/catalog.h"
#include "store/verify.h"

static const struct option_spec OPTIONS[] = {OPTION_DATA, OPTION_JSON, OPTION_QUIET, OPTION_END};

// What is collected while datasets are looked at.
struct report {
    bool json;
    struct buffer damages; // JSON objects with commas between
};

static void note_damage(void *context, const char *file, const char *reason)
{
    struct report *report = context;
    if (!report->json) {
        fprintf(stderr, "samplecase verify: %s: %s\n", file, reason);
        return;
    }
    buffer_string(&report->damages, report->damages.size ? ",\n{\"file\":" : "\n{\"file\":");
    json_write_string(&report->damages, file);
    buffer_string(&report->damages, ",\"reason\":");
    json_write_string(&report->damages, reason);
    buffer_byte(&report->damages, '}');
}

// The names that were given, or all; owned by the caller with its texts.
static bool names_to_verify(struct folder *folder, const struct options *options, char ***names,
                            size_t *count, struct error *error)
{
    struct catalog_entry *entries = NULL;
    size_t num_entries = 0, given = (size_t)options->num_arguments;
    struct catalog *catalog = given ? NULL : catalog_open(folder, FOLDER_READ, error);
    bool done = !catalog || catalog_read(catalog, &entries, &num_entries, error);
    catalog_close(catalog);
    *count = given ? given : num_entries;
    *names = calloc(*count + 1, sizeof **names);
    for (size_t i = 0; *names && i < *count; i++)
        if (!((*names)[i] = strdup(given ? options->arguments[i] : entries[i].schema.name)))
            done = error_memory(error);
    for (size_t i = 0; i < num_entries; i++)
        catalog_entry_clear(&entries[i]);
    free(entries);
    return *names ? done && error->kind == ERROR_NONE : error_memory(error);
}

static bool verify_all(struct folder *folder, const struct options *options, char **names,
                       size_t count, struct error *error)
{
    struct report report = {.json = options_switch(options, "--json"), .damages = BUFFER_INIT};
    struct verify_result sum = {.num_files = 0};
    char bytes[32];
    bool looked = true;
    for (size_t i = 0; i < count && looked; i++) {
        struct verify_result one;
        looked = verify_dataset(folder, names[i], note_damage, &report, &one, error);
        if (!looked)
            break;
        if (!report.json && !one.num_damaged && !options_switch(options, "--quiet"))
            printf("%s: %llu files, %s, all as they were written\n", names[i],
                   (unsigned long long)one.num_files, command_bytes(one.bytes, bytes));
        sum.num_files += one.num_files;
        sum.bytes += one.bytes;
        sum.num_damaged += one.num_damaged;
    }
    if (looked && report.json)
        printf("{\"datasets\":%zu,\"files\":%llu,\"bytes\":%llu,\"damaged\":[%.*s]}\n", count,
               (unsigned long long)sum.num_files, (unsigned long long)sum.bytes,
               (int)report.damages.size, report.damages.data ? report.damages.data : "");
    if (looked && sum.num_damaged)
        error_set(error, ERROR_DAMAGED,
                  "%llu of %llu files are damaged; import the dataset again with add --replace",
                  (unsigned long long)sum.num_damaged, (unsigned long long)sum.num_files);
    buffer_free(&report.damages);
    return looked && !sum.num_damaged;
}

static int run(const struct options *options, struct error *error)
{
    struct folder *folder = command_folder(options, FOLDER_READ, error);
    if (!folder)
        return EXIT_FAILED;
    char **names = NULL;
    size_t count = 0;
    bool done = names_to_verify(folder, options, &names, &count, error) &&
                verify_all(folder, options, names, count, error);
    for (size_t i = 0; names && i < count; i++)
        free(names[i]);
    free(names);
    folder_close(folder);
    return done ? EXIT_DONE : EXIT_FAILED;
}

const struct command COMMAND_VERIFY = {
    .name = "verify",
    .arguments = "[NAME...]",
    .about = "Read stored arrays again and compare their hashes",
    .options = OPTIONS,
    .min_arguments = 0,
    .max_arguments = 4096,
    .run = run,
};
