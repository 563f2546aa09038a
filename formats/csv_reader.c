// SPDX-License-Identifier: MIT
#include "formats/csv_reader.h"

#include <stdlib.h>
#include <string.h>

#include "formats/naming.h"
#include "formats/source.h"

enum { BLOCK = 128 << 10, SNIFFED_RECORDS = 10 };

static bool fail(const struct csv_reader *reader, uint64_t line, struct error *error,
                 const char *what)
{
    return error_set(error, ERROR_INPUT, "%s: line %llu: %s", source_where(reader->source),
                     (unsigned long long)line, what);
}

static bool refuse_long(const struct csv_reader *reader, struct error *error)
{
    return error_set(error, ERROR_LIMIT,
                     "%s: line %llu: the record has more than %d MiB; is a quote "
                     "not closed?",
                     source_where(reader->source), (unsigned long long)reader->record.line,
                     CSV_MAX_RECORD >> 20);
}

// Reads the next block. Returns whether there is one; *error holds a failure.
static bool fill(struct csv_reader *reader, struct error *error)
{
    if (reader->is_end)
        return false;
    int64_t got = source_read(reader->source, reader->block, BLOCK, error);
    reader->block_at = 0;
    reader->block_size = got > 0 ? (size_t)got : 0;
    reader->is_end = got < BLOCK;
    return got > 0;
}

// The next byte without taking it; -1 at the end or with a failure in *error.
static int peek(struct csv_reader *reader, struct error *error)
{
    if (reader->block_at == reader->block_size && !fill(reader, error))
        return -1;
    return (unsigned char)reader->block[reader->block_at];
}

// How often a delimiter stands outside quotes in each of the first records; the number they agree
// on, or 0.
static size_t sniff(const char *text, size_t size, bool is_all, char delimiter)
{
    size_t count = 0, agreed = 0, records = 0;
    bool quoted = false, blank = true;
    for (size_t i = 0; i < size && records < SNIFFED_RECORDS; i++) {
        bool is_last = is_all && i + 1 == size;
        bool is_line_end = (text[i] == '\n' || text[i] == '\r') && !quoted;
        quoted ^= text[i] == '"';
        count += text[i] == delimiter && !quoted;
        blank = blank && is_line_end;
        if ((!is_line_end && !is_last) || blank)
            continue;
        if (records > 0 && count != agreed)
            return 0;
        agreed = count;
        count = 0;
        blank = true;
        records++;
    }
    return records > 0 ? agreed : count;
}

static char find_delimiter(const struct csv_reader *reader, const char *member)
{
    static const char CHOICES[] = {',', ';', '\t'};
    if (naming_ends_in(member, ".tsv") || naming_ends_in(member, ".tab"))
        return '\t';
    char best = ',';
    size_t most = 0;
    for (size_t i = 0; i < sizeof CHOICES; i++) {
        size_t count = sniff(reader->block + reader->block_at,
                             reader->block_size - reader->block_at, reader->is_end, CHOICES[i]);
        if (count > most) {
            most = count;
            best = CHOICES[i];
        }
    }
    return best;
}

bool csv_reader_open(struct csv_reader *reader, struct source *source, const char *member,
                     struct error *error)
{
    *reader = (struct csv_reader){.source = source, .next_line = 1, .block = malloc(BLOCK)};
    if (!reader->block)
        return error_memory(error);
    fill(reader, error);
    if (error->kind != ERROR_NONE) {
        csv_reader_close(reader);
        return false;
    }
    if (reader->block_size >= 2 &&
        (memcmp(reader->block, "\xff\xfe", 2) == 0 || memcmp(reader->block, "\xfe\xff", 2) == 0)) {
        fail(reader, 1, error, "this is UTF-16; convert it with iconv -f utf-16 -t utf-8");
        csv_reader_close(reader);
        return false;
    }
    if (reader->block_size >= 3 && memcmp(reader->block, "\xef\xbb\xbf", 3) == 0)
        reader->block_at = 3;
    reader->delimiter = find_delimiter(reader, member);
    return true;
}

void csv_reader_close(struct csv_reader *reader)
{
    buffer_free(&reader->text);
    free(reader->block);
    free(reader->record.cells);
    free(reader->offsets);
    *reader = (struct csv_reader){.source = NULL};
}

static bool begin_cell(struct csv_reader *reader, struct error *error)
{
    if (reader->record.num_cells == reader->max_cells) {
        size_t most = reader->max_cells ? reader->max_cells * 2 : 64;
        if (reader->max_cells == CSV_MAX_COLUMNS)
            return error_set(error, ERROR_LIMIT, "%s: line %llu: more than %d columns",
                             source_where(reader->source), (unsigned long long)reader->record.line,
                             CSV_MAX_COLUMNS);
        size_t *offsets = realloc(reader->offsets, most * sizeof *offsets);
        if (!offsets)
            return error_memory(error);
        reader->offsets = offsets;
        struct csv_cell *cells = realloc(reader->record.cells, most * sizeof *cells);
        if (!cells)
            return error_memory(error);
        reader->record.cells = cells;
        reader->max_cells = most;
    }
    reader->offsets[reader->record.num_cells] = reader->text.size;
    reader->record.cells[reader->record.num_cells++].size = 0;
    return true;
}

static void end_cell(struct csv_reader *reader, bool trim)
{
    size_t begin = reader->offsets[reader->record.num_cells - 1];
    while (trim && reader->text.size > begin && reader->text.data[reader->text.size - 1] == ' ')
        reader->text.size--;
    reader->record.cells[reader->record.num_cells - 1].size = reader->text.size - begin;
    buffer_byte(&reader->text, '\0');
}

// Whether a byte ends or breaks a run of ordinary bytes in a cell.
static bool is_special(const struct csv_reader *reader, int byte)
{
    return byte == reader->delimiter || byte == '\n' || byte == '\r' || byte == '\0';
}

// Copies the bytes of a cell up to the first special one. Returns that byte; -1 at the end or with
// a failure in *error.
static int copy_plain(struct csv_reader *reader, struct error *error)
{
    for (;;) {
        int byte = peek(reader, error);
        if (byte < 0 || is_special(reader, byte))
            return byte;
        size_t begin = reader->block_at, at = begin;
        while (at < reader->block_size && !is_special(reader, reader->block[at]))
            at++;
        buffer_append(&reader->text, reader->block + begin, at - begin);
        reader->block_at = at;
        if (reader->text.size > CSV_MAX_RECORD) {
            refuse_long(reader, error);
            return -1;
        }
    }
}

// Copies what stands between quotes, of which the first was taken, and takes the last. False with
// the error.
static bool copy_quoted(struct csv_reader *reader, struct error *error)
{
    uint64_t line = reader->next_line;
    for (;;) {
        int byte = peek(reader, error);
        if (byte < 0)
            return fail(reader, line, error, "a quote (\") is opened and never closed");
        if (byte == '\0')
            return fail(reader, reader->next_line, error, "a NUL byte; this is no text");
        reader->block_at++;
        if (byte == '"' && peek(reader, error) != '"')
            return error->kind == ERROR_NONE;
        if (byte == '"')
            reader->block_at++;
        reader->next_line += byte == '\n';
        buffer_byte(&reader->text, (char)byte);
        if (reader->text.size > CSV_MAX_RECORD)
            return refuse_long(reader, error);
    }
}

static int skip_spaces(struct csv_reader *reader, struct error *error)
{
    int byte;
    while ((byte = peek(reader, error)) == ' ')
        reader->block_at++;
    return byte;
}

// Reads one cell up to the delimiter or line end behind it, which is returned and not taken; -1 at
// the end or with a failure in *error.
static int read_cell(struct csv_reader *reader, struct error *error)
{
    if (!begin_cell(reader, error))
        return -1;
    int byte = skip_spaces(reader, error);
    bool quoted = byte == '"';
    if (quoted) {
        reader->block_at++;
        if (!copy_quoted(reader, error))
            return -1;
        byte = skip_spaces(reader, error);
    } else {
        byte = copy_plain(reader, error);
    }
    end_cell(reader, !quoted);
    if (byte == '\0')
        fail(reader, reader->next_line, error, "a NUL byte; this is no text");
    else if (quoted && byte >= 0 && !is_special(reader, byte))
        fail(reader, reader->next_line, error,
             "something other than a delimiter follows a closing "
             "quote (\"); a quote within quotes is written twice");
    return error->kind == ERROR_NONE ? byte : -1;
}

// Takes the line end at hand.
static void take_line_end(struct csv_reader *reader, struct error *error)
{
    int byte = peek(reader, error);
    reader->block_at++;
    if (byte == '\r' && peek(reader, error) == '\n')
        reader->block_at++;
    reader->next_line++;
}

int csv_reader_next(struct csv_reader *reader, struct error *error)
{
    int byte;
    while ((byte = peek(reader, error)) == '\n' || byte == '\r')
        take_line_end(reader, error);
    reader->record.num_cells = 0;
    reader->text.size = 0;
    reader->record.line = reader->next_line;
    if (byte < 0)
        return error->kind == ERROR_NONE ? 0 : -1;
    while ((byte = read_cell(reader, error)) == reader->delimiter)
        reader->block_at++;
    if (byte >= 0)
        take_line_end(reader, error);
    if (reader->text.failed)
        error_memory(error);
    if (error->kind != ERROR_NONE)
        return -1;
    for (size_t i = 0; i < reader->record.num_cells; i++)
        reader->record.cells[i].text = reader->text.data + reader->offsets[i];
    return 1;
}
