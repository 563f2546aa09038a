// SPDX-License-Identifier: MIT
#include "formats/importer.h"

#include <string.h>

#include "base/buffer.h"
#include "formats/foreign.h"
#include "formats/format.h"
#include "formats/source.h"
#include "store/writer.h"

static const struct format *find_format(const char *name, struct error *error)
{
    const struct format *format = format_find(name);
    if (format)
        return format;
    struct buffer text = BUFFER_INIT;
    buffer_printf(&text, "no format \"%s\"; there are: ", name);
    for (size_t i = 0; FORMATS[i]; i++)
        buffer_printf(&text, "%s%s", i > 0 ? ", " : "", FORMATS[i]->name);
    error_take(error, ERROR_INPUT, &text);
    return NULL;
}

// The user's target must be there.
static bool check_target(struct writer *writer, struct error *error)
{
    const char *target = writer_options(writer)->target;
    const struct schema *schema = writer_schema(writer);
    if (!target || schema_feature(schema, target) >= 0)
        return true;
    struct buffer text = BUFFER_INIT;
    buffer_printf(&text, "no feature \"%s\" to predict; there are: ", target);
    for (size_t i = 0; i < schema->num_features; i++)
        buffer_printf(&text, "%s%s", i > 0 ? ", " : "", schema->features[i].name);
    return error_take(error, ERROR_INPUT, &text);
}

// What is decoded cannot stay in the files it came from.
static bool check_in_place(const struct format *format, const struct writer *writer,
                           struct error *error)
{
    return !writer_options(writer)->in_place || format->keeps_in_place ||
           error_set(error, ERROR_INPUT, "--in-place keeps images where they are; %s is decoded",
                     format->name);
}

// Reads by the format. When that fails for a file that is none of the user's data at all, this is
// what to say of it.
static bool read_by(const struct format *format, struct source *source, struct writer *writer,
                    struct error *error)
{
    if (format->read(source, writer, error))
        return true;
    for (size_t i = 0; error->kind == ERROR_INPUT && i < source_num_glimpsed(source); i++) {
        const struct source_member *member = source_glimpsed(source, i);
        if (!foreign_is_stand_in(member->head, member->head_size) ||
            !strstr(error->text, member->name))
            continue;
        *error = (struct error)ERROR_INIT;
        return error_set(error, ERROR_INPUT, "%s: %s", member->name,
                         foreign_reason(member->name, member->head, member->head_size));
    }
    return false;
}

bool importer_read(struct source *source, const char *format_name, struct writer *writer,
                   struct error *error)
{
    const struct format *format =
        format_name ? find_format(format_name, error) : format_recognise(source, error);
    if (!format || !check_in_place(format, writer, error) ||
        !read_by(format, source, writer, error) || !check_target(writer, error))
        return false;
    for (size_t i = 0; i < source_num_files(source); i++) {
        struct source_file_read file = source_file(source, i);
        if (!writer_source(writer, file.file, file.bytes, file.sha256, error))
            return false;
    }
    return true;
}
