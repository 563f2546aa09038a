// SPDX-License-Identifier: MIT
// JSON Lines: read in small pieces and in large ones, which must give the same objects and the same
// error; then imported. The first byte chooses the size of the small pieces.
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "formats/jsonl_reader.h"
#include "formats/source.h"
#include "tests/fuzz/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Everything that the reader says of the file, as one text.
static void read_all(const uint8_t *data, size_t size, size_t block, struct buffer *out)
{
    const struct source_limits limits = {.members = 100, .unpacked = 1 << 20, .ratio = 200};
    struct error error = ERROR_INIT;
    struct source_member member;
    struct jsonl_reader reader = {.line = 0};
    struct source *source = source_open_memory("t.jsonl", data, size, &limits, &error);
    int more = source && source_next(source, &member, &error) == SOURCE_MEMBER &&
                       jsonl_reader_open(&reader, source, block, &error)
                   ? 1
                   : -1;
    while (more > 0 && (more = jsonl_reader_next(&reader, &error)) > 0) {
        char *text = json_dumps(reader.object, JSON_COMPACT);
        buffer_printf(out, "%llu %llu %d %s\n", (unsigned long long)reader.line,
                      (unsigned long long)reader.at, reader.is_repaired, text ? text : "");
        free(text);
    }
    buffer_printf(out, "%d %s", more, error.text);
    jsonl_reader_close(&reader);
    source_close(source);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct buffer small = BUFFER_INIT, large = BUFFER_INIT;
    read_all(data + 1, size - 1, 1 + data[0] % 16, &small);
    read_all(data + 1, size - 1, JSONL_BLOCK, &large);
    if (small.size != large.size || memcmp(small.data, large.data, small.size) != 0) {
        fprintf(stderr, "pieces matter:\n%.*s\n%.*s\n", (int)small.size, small.data,
                (int)large.size, large.data);
        abort();
    }
    buffer_free(&small);
    buffer_free(&large);
    fuzz_import("train.jsonl", "jsonl", data + 1, size - 1);
    return 0;
}
