// SPDX-License-Identifier: MIT
// known: the datasets that are recognised by their files, as text or JSON.
#include <stdio.h>

#include "encode/json.h"
#include "formats/known.h"
#include "server/command.h"

static const struct option_spec OPTIONS[] = {OPTION_JSON, OPTION_END};

// --- JSON ----------------------------------------------------------------------------------------

// ,"name":"text", or null where nothing is known.
static void text_member(struct buffer *out, const char *name, const char *text)
{
    buffer_printf(out, ",\"%s\":", name);
    if (text)
        json_write_string(out, text);
    else
        buffer_string(out, "null");
}

static void write_features(struct buffer *out, const struct known *known)
{
    buffer_string(out, ",\n\"features\":{");
    for (size_t i = 0; i < known->num_features; i++) {
        const struct known_feature *feature = &known->features[i];
        buffer_string(out, i ? ",\n" : "");
        json_write_string(out, feature->name);
        buffer_printf(out, ":{\"type\":\"%s\",\"dtype\":\"%s\",\"shape\":[",
                      feature_kind_name(feature->kind), dtype_name(feature->dtype));
        for (unsigned axis = 0; axis < feature->rank; axis++)
            buffer_printf(out, "%s%llu", axis ? "," : "",
                          (unsigned long long)feature->shape[axis]);
        buffer_string(out, "],\"classes\":[");
        for (size_t id = 0; id < feature->num_classes; id++) {
            buffer_string(out, id ? "," : "");
            json_write_string(out, feature->classes[id]);
        }
        buffer_string(out, "]}");
    }
    buffer_byte(out, '}');
}

static void write_splits(struct buffer *out, const struct known *known)
{
    buffer_string(out, ",\n\"splits\":{");
    for (size_t i = 0; i < known->num_splits; i++) {
        buffer_string(out, i ? "," : "");
        json_write_string(out, known->splits[i].name);
        buffer_printf(out, ":{\"num_samples\":%llu}",
                      (unsigned long long)known->splits[i].num_samples);
    }
    buffer_byte(out, '}');
}

static void write_files(struct buffer *out, const struct known *known)
{
    buffer_string(out, ",\n\"files\":[");
    for (size_t i = 0; i < known->num_files; i++) {
        const struct known_file *file = &known->files[i];
        buffer_string(out, i ? ",\n{\"file\":" : "{\"file\":");
        json_write_string(out, file->file);
        if (file->bytes)
            buffer_printf(out, ",\"bytes\":%llu", (unsigned long long)file->bytes);
        else
            buffer_string(out, ",\"bytes\":null");
        text_member(out, "sha256", file->sha256);
        text_member(out, "md5", file->md5);
        text_member(out, "payload_sha256", file->payload_sha256);
        buffer_byte(out, '}');
    }
    buffer_byte(out, ']');
}

static void write_known(struct buffer *out, const struct known *known)
{
    buffer_string(out, "{\"name\":");
    json_write_string(out, known->name);
    text_member(out, "title", known->title);
    text_member(out, "task", known->task);
    text_member(out, "description", known->description);
    text_member(out, "license", known->license);
    text_member(out, "citation", known->citation);
    text_member(out, "homepage", known->homepage);
    buffer_string(out, ",\"warnings\":[");
    if (known->warning)
        json_write_string(out, known->warning);
    buffer_byte(out, ']');
    write_features(out, known);
    write_splits(out, known);
    write_files(out, known);
    buffer_byte(out, '}');
}

static void print_json(const struct known *one)
{
    struct buffer out = BUFFER_INIT;
    if (one) {
        write_known(&out, one);
    } else {
        buffer_string(&out, "{\"datasets\":[");
        for (const struct known *const *known = KNOWN; *known; known++) {
            buffer_string(&out, known == KNOWN ? "\n" : ",\n");
            write_known(&out, *known);
        }
        buffer_string(&out, "]}");
    }
    buffer_byte(&out, '\n');
    fwrite(out.data, 1, out.failed ? 0 : out.size, stdout);
    buffer_free(&out);
}

// --- text ----------------------------------------------------------------------------------------

static void print_files(const struct known *known)
{
    for (size_t i = 0; i < known->num_files; i++) {
        const struct known_file *file = &known->files[i];
        char bytes[32];
        printf("  %-28s %10s  %s %s\n", file->file,
               file->bytes ? command_bytes(file->bytes, bytes) : "",
               file->sha256 ? "sha256" : "md5", file->sha256 ? file->sha256 : file->md5);
    }
}

static void print_line(const struct known *known)
{
    printf("%s: %s", known->name, known->title);
    for (size_t i = 0; i < known->num_splits; i++)
        printf("%s %s %llu", i ? "," : ";", known->splits[i].name,
               (unsigned long long)known->splits[i].num_samples);
    printf("\n");
    print_files(known);
}

static void print_features(const struct known *known)
{
    for (size_t i = 0; i < known->num_features; i++) {
        const struct known_feature *feature = &known->features[i];
        printf("  %-20s %s %s", feature->name, feature_kind_name(feature->kind),
               dtype_name(feature->dtype));
        for (unsigned axis = 0; axis < feature->rank; axis++)
            printf("%s%llu", axis ? "×" : " ", (unsigned long long)feature->shape[axis]);
        for (size_t id = 0; id < feature->num_classes; id++)
            printf("%s%s", id ? ", " : ": ", feature->classes[id]);
        printf("\n");
    }
}

static void print_all_of(const struct known *known)
{
    printf("%s: %s\n%s\n", known->name, known->title, known->description);
    if (known->warning)
        printf("warning: %s\n", known->warning);
    printf("task      %s\nlicence   %s\nhomepage  %s\ncitation  %s\nsplits\n", known->task,
           known->license, known->homepage, known->citation);
    for (size_t i = 0; i < known->num_splits; i++)
        printf("  %-20s %llu samples\n", known->splits[i].name,
               (unsigned long long)known->splits[i].num_samples);
    printf("features\n");
    print_features(known);
    printf("files\n");
    print_files(known);
}

// -------------------------------------------------------------------------------------------------

static void refuse(const char *name, struct error *error)
{
    struct buffer names = BUFFER_INIT;
    for (const struct known *const *known = KNOWN; *known; known++)
        buffer_printf(&names, "%s%s", known == KNOWN ? "" : ", ", (*known)->name);
    const char *text = buffer_text(&names);
    error_set(error, ERROR_MISSING, "no known dataset \"%s\"; there are: %s", name,
              text ? text : "");
    buffer_free(&names);
}

static int run(const struct options *options, struct error *error)
{
    const char *name = options->num_arguments > 0 ? options->arguments[0] : NULL;
    const struct known *one = name ? known_find(name) : NULL;
    if (name && !one) {
        refuse(name, error);
        return EXIT_FAILED;
    }
    if (options_switch(options, "--json"))
        print_json(one);
    else if (one)
        print_all_of(one);
    else
        for (const struct known *const *known = KNOWN; *known; known++)
            print_line(*known);
    return EXIT_DONE;
}

const struct command COMMAND_KNOWN = {
    .name = "known",
    .arguments = "[NAME]",
    .about = "List the datasets that are recognised by their files",
    .details = "With a name, all that is known about that one. Files are told by their hashes,\n"
               "whatever they are called; their classes, licence and citation come from here.\n",
    .options = OPTIONS,
    .min_arguments = 0,
    .max_arguments = 1,
    .run = run,
};
