// SPDX-License-Identifier: MIT
#include "tests/fuzz/import.h"

#include <stdio.h>
#include <stdlib.h>

#include "formats/importer.h"
#include "formats/source.h"
#include "tests/unit/fake_writer.h"

enum { MOST_BYTES = 4 << 20 };

void fuzz_import(const char *name, const char *format, const uint8_t *data, size_t size)
{
    const struct source_limits limits = {.members = 100, .unpacked = 1 << 20, .ratio = 200};
    const struct writer_options options = {.name = "fuzz"};
    struct error error = ERROR_INIT;
    struct writer *writer = fake_writer_new(&options, MOST_BYTES);
    struct source *source = source_open_memory(name, data, size, &limits, &error);
    bool good = writer && source && importer_read(source, format, writer, &error);
    if (good)
        good = fake_writer_check(writer, &error);
    if (good != (error.kind == ERROR_NONE) || (!good && error.text[0] == '\0') ||
        error.kind == ERROR_INTERNAL) {
        fprintf(stderr, "broken promise: %s\n", error.text);
        abort();
    }
    source_close(source);
    writer_free(writer);
}
