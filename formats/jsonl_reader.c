// SPDX-License-Identifier: MIT
#include "formats/jsonl_reader.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8_repair.h"
#include "formats/source.h"

bool jsonl_reader_open(struct jsonl_reader *reader, struct source *source, size_t block_bytes,
                       struct error *error)
{
    *reader = (struct jsonl_reader){
        .source = source, .block_bytes = block_bytes, .block = malloc(block_bytes)};
    return reader->block || error_memory(error);
}

void jsonl_reader_close(struct jsonl_reader *reader)
{
    json_decref(reader->object);
    buffer_free(&reader->text);
    buffer_free(&reader->scratch);
    free(reader->block);
    *reader = (struct jsonl_reader){.source = NULL};
}

// Reads the next block. Returns whether there is one; *error holds a failure.
static bool fill(struct jsonl_reader *reader, struct error *error)
{
    if (reader->is_end)
        return false;
    int64_t got = source_read(reader->source, reader->block, reader->block_bytes, error);
    reader->block_at = 0;
    reader->block_size = got > 0 ? (size_t)got : 0;
    reader->is_end = reader->block_size < reader->block_bytes;
    return got > 0;
}

// Reads a line into reader->text without its end: 1, 0 at the end of the member, -1 with the error.
static int read_line(struct jsonl_reader *reader, struct error *error)
{
    bool has_bytes = false, is_whole = false;
    reader->text.size = 0;
    reader->at = reader->next_at;
    reader->line++;
    while (!is_whole && (reader->block_at < reader->block_size || fill(reader, error))) {
        const char *from = reader->block + reader->block_at;
        size_t left = reader->block_size - reader->block_at;
        const char *end = memchr(from, '\n', left);
        size_t size = end ? (size_t)(end - from) : left;
        is_whole = end;
        has_bytes = true;
        reader->block_at += size + is_whole;
        reader->next_at += size + is_whole;
        if (size > JSONL_MAX_LINE - reader->text.size) {
            error_set(error, ERROR_LIMIT, "%s: line %llu has more than %d MiB",
                      source_where(reader->source), (unsigned long long)reader->line,
                      JSONL_MAX_LINE >> 20);
            return -1;
        }
        buffer_append(&reader->text, from, size);
    }
    if (reader->text.failed)
        error_memory(error);
    return error->kind != ERROR_NONE ? -1 : has_bytes;
}

static bool fail(const struct jsonl_reader *reader, enum error_kind kind, size_t at,
                 const char *what, struct error *error)
{
    return error_set(error, kind, "%s: line %llu, byte %llu: %s", source_where(reader->source),
                     (unsigned long long)reader->line, (unsigned long long)(reader->at + at), what);
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

// The unit that an escape (\uXXXX) at `text` stands for; -1 when there is none.
static int32_t escaped_unit(const char *text, size_t left)
{
    int32_t unit = 0;
    if (left < 6 || text[0] != '\\' || text[1] != 'u')
        return -1;
    for (size_t i = 2; i < 6; i++) {
        int digit = hex_digit(text[i]);
        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

static bool is_high(int32_t unit)
{
    return unit >= 0xd800 && unit < 0xdc00;
}

static bool is_low(int32_t unit)
{
    return unit >= 0xdc00 && unit < 0xe000;
}

// Looks through a line before it is parsed: mends escapes of half a surrogate pair, in place, and
// counts what will become values. False with the error when these are too many.
static bool look_through(struct jsonl_reader *reader, char *text, size_t size, struct error *error)
{
    size_t values = 1;
    bool in_string = false;
    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        if (!in_string) {
            values += c == ',' || c == '[' || c == '{';
            in_string = c == '"';
            continue;
        }
        if (c == '"')
            in_string = false;
        if (c != '\\')
            continue;
        int32_t unit = escaped_unit(text + i, size - i);
        if (is_high(unit) && is_low(escaped_unit(text + i + 6, size - i - 6))) {
            i += 11;
        } else if (is_high(unit) || is_low(unit)) {
            memcpy(text + i, "\\ufffd", 6);
            reader->is_repaired = true;
            i += 5;
        } else {
            i++; // what is escaped, a quote perhaps
        }
    }
    return values <= JSONL_MAX_VALUES ||
           error_set(error, ERROR_LIMIT, "%s: line %llu has more than %d values",
                     source_where(reader->source), (unsigned long long)reader->line,
                     JSONL_MAX_VALUES);
}

// What is wrong with a line; programs that write numbers without a look write NaN.
static const char *reason_of(const json_error_t *reason)
{
    return strstr(reason->text, "'NaN'") || strstr(reason->text, "Infinity'")
               ? "NaN and Infinity are no JSON; null is how a missing number is written"
               : reason->text;
}

static bool parse(struct jsonl_reader *reader, char *text, size_t size, struct error *error)
{
    json_error_t reason;
    if (!look_through(reader, text, size, error))
        return false;
    reader->object = json_loadb(text, size, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &reason);
    if (!reader->object)
        return json_error_code(&reason) == json_error_out_of_memory
                   ? error_memory(error)
                   : fail(reader, ERROR_INPUT, (size_t)reason.position, reason_of(&reason), error);
    return json_is_object(reader->object) ||
           fail(reader, ERROR_INPUT, 0, "a line must be an object ({…}), not a list", error);
}

static bool is_blank(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (text[i] != ' ' && text[i] != '\t' && text[i] != '\r')
            return false;
    return true;
}

// The text of the present line as UTF-8, and its length. NULL with the error.
static char *mend(struct jsonl_reader *reader, size_t *size, struct error *error)
{
    struct buffer *text = &reader->text;
    size_t begin = reader->line == 1 ? utf8_mark(text->data, text->size) : 0;
    const char *from = text->data + begin;
    *size = text->size - begin;
    if (reader->line == 1 && *size >= 2 &&
        (memcmp(from, "\xff\xfe", 2) == 0 || memcmp(from, "\xfe\xff", 2) == 0)) {
        fail(reader, ERROR_INPUT, 0, "this is UTF-16; convert it with iconv -f utf-16 -t utf-8",
             error);
        return NULL;
    }
    if (!utf8_mend(&from, size, &reader->scratch, &reader->is_repaired)) {
        error_memory(error);
        return NULL;
    }
    return reader->is_repaired ? reader->scratch.data : text->data + begin;
}

int jsonl_reader_next(struct jsonl_reader *reader, struct error *error)
{
    json_decref(reader->object);
    reader->object = NULL;
    for (;;) {
        int more = read_line(reader, error);
        if (more <= 0)
            return more;
        if (is_blank(reader->text.data, reader->text.size))
            continue;
        size_t size;
        char *text = mend(reader, &size, error);
        return text && parse(reader, text, size, error) ? 1 : -1;
    }
}
