// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <string.h>

#include "encode/json.h"
#include "formats/format.h"
#include "server/command.h"

static const struct option_spec OPTIONS[] = {OPTION_JSON, OPTION_END};

// ,"name":["line",…]
static void write_lines(struct buffer *out, const char *name, const char *lines)
{
    buffer_printf(out, ",\"%s\":[", name);
    for (const char *at = lines; at && *at;) {
        size_t size = strcspn(at, "\n");
        if (at > lines)
            buffer_byte(out, ',');
        json_write_string_size(out, at, size);
        at += size + (at[size] == '\n');
    }
    buffer_byte(out, ']');
}

static void print_json(void)
{
    struct buffer out = BUFFER_INIT;
    buffer_string(&out, "{\"formats\":[");
    for (const struct format *const *format = FORMATS; *format; format++) {
        buffer_string(&out, format == FORMATS ? "\n{\"name\":" : ",\n{\"name\":");
        json_write_string(&out, (*format)->name);
        buffer_string(&out, ",\"about\":");
        json_write_string(&out, (*format)->about);
        buffer_string(&out, ",\"recognises\":");
        json_write_string(&out, (*format)->recognises);
        write_lines(&out, "details", (*format)->details);
        write_lines(&out, "examples", (*format)->examples);
        buffer_byte(&out, '}');
    }
    buffer_string(&out, "]}\n");
    fwrite(out.data, 1, out.failed ? 0 : out.size, stdout);
    buffer_free(&out);
}

static int run(const struct options *options, struct error *error)
{
    (void)error;
    if (options_switch(options, "--json")) {
        print_json();
        return EXIT_DONE;
    }
    for (const struct format *const *format = FORMATS; *format; format++)
        printf("%-8s %s\n         recognised by: %s\n", (*format)->name, (*format)->about,
               (*format)->recognises);
    return EXIT_DONE;
}

const struct command COMMAND_FORMATS = {
    .name = "formats",
    .arguments = "",
    .about = "List the formats that add reads",
    .options = OPTIONS,
    .min_arguments = 0,
    .max_arguments = 0,
    .run = run,
};
