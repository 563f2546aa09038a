// SPDX-License-Identifier: MIT
// Archives of texts: the same members in the other order must give the same dataset.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/importer.h"
#include "formats/source.h"
#include "tests/fuzz/import.h"
#include "tests/unit/fake_writer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BLOCK = 512, MOST_MEMBERS = 32, MOST_NAME = 99 };

struct member {
    char name[MOST_NAME + 1];
    const uint8_t *bytes;
    size_t size;
};

// The input as members: a byte with the length of a name, the name, a byte with the length of a
// text, the text, and so on. Names are kept to what cannot be taken for another kind of archive.
static size_t parse(const uint8_t *data, size_t size, struct member *members)
{
    size_t count = 0;
    while (count < MOST_MEMBERS && size >= 3) {
        struct member *member = &members[count++];
        size_t length = 1 + data[0] % (MOST_NAME - 1);
        if (length > size - 2)
            length = size - 2;
        memcpy(member->name, data + 1, length);
        member->name[length] = '\0';
        for (size_t i = 0; i < length; i++)
            if (member->name[i] < 0x20 || member->name[i] > 0x7e)
                member->name[i] = '_';
        member->size = data[1 + length];
        data += 2 + length;
        size -= 2 + length;
        if (member->size > size)
            member->size = size;
        member->bytes = data;
        data += member->size;
        size -= member->size;
        if (length > 0 && member->name[length - 1] == '/')
            member->size = 0; // a folder
    }
    return count;
}

// A USTAR header (POSIX.1-2017, pax).
static void put_header(uint8_t *to, const struct member *member)
{
    unsigned sum = 0;
    memset(to, 0, BLOCK);
    memcpy(to, member->name, strlen(member->name));
    snprintf((char *)to + 100, 8, "0000644");
    snprintf((char *)to + 108, 8, "0000000");
    snprintf((char *)to + 116, 8, "0000000");
    snprintf((char *)to + 124, 12, "%011zo", member->size);
    snprintf((char *)to + 136, 12, "00000000000");
    memset(to + 148, ' ', 8);
    to[156] = member->name[0] && member->name[strlen(member->name) - 1] == '/' ? '5' : '0';
    memcpy(to + 257, "ustar\00000", 8);
    for (size_t i = 0; i < BLOCK; i++)
        sum += to[i];
    snprintf((char *)to + 148, 8, "%06o", sum);
}

static struct writer *import(const struct member *members, size_t count, bool backwards,
                             struct error *error)
{
    const struct source_limits limits = {.members = 100, .unpacked = 1 << 20, .ratio = 200};
    const struct writer_options options = {.name = "fuzz"};
    uint8_t *tar = calloc(2 * count + 2, BLOCK);
    struct writer *writer = fake_writer_new(&options, 4 << 20);
    size_t at = 0;
    for (size_t i = 0; tar && i < count; i++) {
        const struct member *member = &members[backwards ? count - 1 - i : i];
        put_header(tar + at, member);
        memcpy(tar + at + BLOCK, member->bytes, member->size);
        at += member->size > 0 ? 2 * (size_t)BLOCK : BLOCK;
    }
    struct source *source =
        tar ? source_open_memory("texts.tar", tar, at + 2 * (size_t)BLOCK, &limits, error) : NULL;
    bool good = writer && source && importer_read(source, "text", writer, error) &&
                fake_writer_check(writer, error);
    if (good != (error->kind == ERROR_NONE) || error->kind == ERROR_INTERNAL) {
        fprintf(stderr, "broken promise: %s\n", error->text);
        abort();
    }
    source_close(source);
    free(tar);
    return writer;
}

static void compare(const struct buffer *a, const struct buffer *b)
{
    if (a->size != b->size || (a->size > 0 && memcmp(a->data, b->data, a->size) != 0))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct member members[MOST_MEMBERS];
    struct error errors[2] = {ERROR_INIT, ERROR_INIT};
    size_t count = parse(data, size, members);
    struct writer *one = import(members, count, false, &errors[0]);
    struct writer *other = import(members, count, true, &errors[1]);
    if (errors[0].kind != errors[1].kind)
        abort();
    const struct schema *schema = writer_schema(one);
    for (size_t i = 0; errors[0].kind == ERROR_NONE && i < schema->num_splits; i++) {
        int split = schema_split(writer_schema(other), schema->splits[i].name);
        if (split < 0 || schema->num_features != writer_schema(other)->num_features)
            abort();
        for (size_t j = 0; j < schema->num_features; j++) {
            compare(fake_writer_rows(one, i, j), fake_writer_rows(other, (size_t)split, j));
            compare(fake_writer_part(one, i, j, ARRAY_OFFSETS),
                    fake_writer_part(other, (size_t)split, j, ARRAY_OFFSETS));
        }
    }
    writer_free(one);
    writer_free(other);
    fuzz_import("texts.tar", "text", data, size);
    return 0;
}
