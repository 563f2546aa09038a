// SPDX-License-Identifier: MIT
#include "formats/npy_header.h"

#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "base/text.h"

static const char MAGIC[6] = "\x93NUMPY";

// One sample may have at most so many bytes, as a feature may.
static const uint64_t MAX_ROW_BYTES = UINT64_C(1) << 40;

bool npy_header_is(const uint8_t *bytes, size_t size)
{
    return size >= sizeof MAGIC && memcmp(bytes, MAGIC, sizeof MAGIC) == 0;
}

size_t npy_header_size(const uint8_t *bytes, size_t size, struct error *error)
{
    if (!npy_header_is(bytes, size)) {
        error_set(error, ERROR_INPUT, "does not begin with \"\\x93NUMPY\", as .npy files do");
        return 0;
    }
    if (size < 12) {
        error_set(error, ERROR_INPUT, "ends after %zu bytes, within the header", size);
        return 0;
    }
    if (bytes[6] < 1 || bytes[6] > 3 || bytes[7] != 0) {
        error_set(error, ERROR_INPUT, "is of version %u.%u; versions 1.0 to 3.0 are read", bytes[6],
                  bytes[7]);
        return 0;
    }
    size_t start = bytes[6] == 1 ? 10 : 12;
    size_t text = bytes[8] | (size_t)bytes[9] << 8;
    if (bytes[6] > 1)
        text |= (size_t)bytes[10] << 16 | (size_t)bytes[11] << 24;
    if (text > NPY_MAX_TEXT) {
        error_set(error, ERROR_LIMIT, "has a header of %zu bytes; at most %d are read", text,
                  NPY_MAX_TEXT);
        return 0;
    }
    return start + text;
}

// A place in the dict's text. What goes wrong is told once, with the byte.
struct cursor {
    const char *begin, *at, *end;
    size_t offset; // of `begin` in the file
    struct error *error;
};

static bool fail(const struct cursor *cursor, const char *what)
{
    return error_set(cursor->error, ERROR_INPUT,
                     "byte %zu: %s; the header must be like {'descr': '<f8', 'fortran_order': "
                     "False, 'shape': (3, 2), }",
                     cursor->offset + (size_t)(cursor->at - cursor->begin), what);
}

static void skip_space(struct cursor *cursor)
{
    while (cursor->at < cursor->end && strchr(" \t\n\r", *cursor->at) && *cursor->at != '\0')
        cursor->at++;
}

// Takes one character after any space, if it is there.
static bool take(struct cursor *cursor, char c)
{
    skip_space(cursor);
    if (cursor->at == cursor->end || *cursor->at != c)
        return false;
    cursor->at++;
    return true;
}

// A text in single or double quotes, without a backslash. It stays where it is.
static bool take_text(struct cursor *cursor, const char **text, size_t *size)
{
    skip_space(cursor);
    char quote = cursor->at < cursor->end ? *cursor->at : '\0';
    if (quote != '\'' && quote != '"')
        return false;
    *text = ++cursor->at;
    while (cursor->at < cursor->end && *cursor->at != quote && *cursor->at != '\\' &&
           *cursor->at != '\n')
        cursor->at++;
    if (cursor->at == cursor->end || *cursor->at != quote)
        return false;
    *size = (size_t)(cursor->at++ - *text);
    return true;
}

static bool take_word(struct cursor *cursor, const char *word)
{
    size_t size = strlen(word);
    skip_space(cursor);
    if ((size_t)(cursor->end - cursor->at) < size || memcmp(cursor->at, word, size) != 0)
        return false;
    cursor->at += size;
    return true;
}

static bool take_length(struct cursor *cursor, uint64_t *length)
{
    char digits[24];
    size_t count = 0;
    skip_space(cursor);
    while (cursor->at + count < cursor->end && count < sizeof digits - 1 &&
           cursor->at[count] >= '0' && cursor->at[count] <= '9') {
        digits[count] = cursor->at[count];
        count++;
    }
    digits[count] = '\0';
    if (!text_uint64(digits, length))
        return false;
    cursor->at += count;
    if (cursor->at < cursor->end && *cursor->at == 'L') // Python 2
        cursor->at++;
    return true;
}

static bool take_descr(struct cursor *cursor, struct npy_header *header)
{
    const char *word;
    size_t size;
    skip_space(cursor);
    if (cursor->at < cursor->end && *cursor->at == '[')
        return error_set(cursor->error, ERROR_INPUT,
                         "holds records of named fields (a structured dtype); save each field as "
                         "an array of its own");
    if (!take_text(cursor, &word, &size))
        return fail(cursor, "'descr' is no text");
    return npy_type_parse(&header->type, word, size, cursor->error);
}

static bool take_shape(struct cursor *cursor, struct npy_header *header)
{
    if (!take(cursor, '('))
        return fail(cursor, "'shape' is no tuple");
    while (!take(cursor, ')')) {
        if (header->rank == NPY_MAX_RANK)
            return error_set(cursor->error, ERROR_LIMIT, "has more than %d axes", NPY_MAX_RANK);
        if (!take_length(cursor, &header->shape[header->rank]))
            return fail(cursor, "'shape' holds what is no length");
        header->rank++;
        if (!take(cursor, ',') &&
            (skip_space(cursor), cursor->at == cursor->end || *cursor->at != ')'))
            return fail(cursor, "'shape' does not end");
    }
    return true;
}

static bool take_order(struct cursor *cursor, struct npy_header *header)
{
    header->is_fortran = take_word(cursor, "True");
    return header->is_fortran || take_word(cursor, "False") ||
           fail(cursor, "'fortran_order' is neither True nor False");
}

// The dict: each of three keys once, in any order, nothing behind it.
static bool take_dict(struct cursor *cursor, struct npy_header *header)
{
    static const struct {
        const char *key;
        bool (*take)(struct cursor *cursor, struct npy_header *header);
    } KEYS[] = {{"descr", take_descr}, {"fortran_order", take_order}, {"shape", take_shape}};
    enum { NUM_KEYS = sizeof KEYS / sizeof *KEYS };
    bool seen[NUM_KEYS] = {false};
    unsigned count = 0;
    if (!take(cursor, '{'))
        return fail(cursor, "no '{'");
    while (!take(cursor, '}')) {
        const char *key;
        size_t size, i = 0;
        if (!take_text(cursor, &key, &size))
            return fail(cursor, "no key in quotes");
        while (i < NUM_KEYS && (strlen(KEYS[i].key) != size || memcmp(KEYS[i].key, key, size) != 0))
            i++;
        if (i == NUM_KEYS || seen[i])
            return fail(cursor, i == NUM_KEYS ? "an unknown key" : "a key for the second time");
        seen[i] = true;
        count++;
        if (!take(cursor, ':'))
            return fail(cursor, "no ':' after a key");
        if (!KEYS[i].take(cursor, header))
            return false;
        if (!take(cursor, ',') &&
            (skip_space(cursor), cursor->at == cursor->end || *cursor->at != '}'))
            return fail(cursor, "no ',' after a value");
    }
    skip_space(cursor);
    if (cursor->at != cursor->end)
        return fail(cursor, "something after the dict");
    return count == NUM_KEYS || fail(cursor, "a key is missing");
}

static bool check_size(struct npy_header *header, struct error *error)
{
    if (header->rank == 0)
        return error_set(error, ERROR_INPUT,
                         "is a single value (its shape is ()); an array with an axis of samples "
                         "is needed");
    bool is_sound = size_of_shape(1, header->shape + 1, header->rank - 1, &header->row_items) &&
                    header->row_items <= MAX_ROW_BYTES / 8 &&
                    size_of_shape(header->type.is_object ? 1 : header->type.item, header->shape,
                                  header->rank, &header->file_bytes) &&
                    size_add(header->file_bytes, header->size, &header->file_bytes) &&
                    header->file_bytes < (uint64_t)INT64_MAX;
    if (!is_sound)
        return error_set(error, ERROR_LIMIT, "claims a shape that is too large for any file");
    header->is_fortran = header->is_fortran && header->rank > 1;
    return true;
}

bool npy_header_parse(struct npy_header *header, const uint8_t *bytes, size_t size,
                      struct error *error)
{
    *header = (struct npy_header){.rank = 0};
    header->size = npy_header_size(bytes, size, error);
    if (header->size == 0)
        return false;
    if (header->size > size)
        return error_set(error, ERROR_INPUT, "ends after %zu bytes, within the header of %zu", size,
                         header->size);
    size_t start = bytes[6] == 1 ? 10 : 12;
    struct cursor cursor = {.begin = (const char *)bytes + start,
                            .at = (const char *)bytes + start,
                            .end = (const char *)bytes + header->size,
                            .offset = start,
                            .error = error};
    return take_dict(&cursor, header) && check_size(header, error);
}

void npy_header_print(const struct npy_header *header, struct buffer *out)
{
    for (unsigned i = 0; i < header->rank; i++)
        buffer_printf(out, "%s%llu", i > 0 ? " × " : "", (unsigned long long)header->shape[i]);
    buffer_printf(out, " %s",
                  header->type.is_object ? "objects"
                  : header->type.is_half ? "float16"
                                         : dtype_name(header->type.dtype));
}
