// SPDX-License-Identifier: MIT
// The opcodes, each a small function; the table at the end names them all.
#include "formats/pickle.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "formats/pickle_machine.h"

// --- the input

// The next `size` bytes as a little-endian number; size is at most 8.
static bool take_number(struct pickle *pickle, size_t size, uint64_t *number)
{
    const uint8_t *bytes = pickle_take(pickle, size);
    *number = 0;
    for (size_t i = 0; bytes && i < size; i++)
        *number |= (uint64_t)bytes[i] << (8 * i);
    return bytes;
}

// A line as a decimal number, perhaps followed by `suffix`.
static bool take_decimal(struct pickle *pickle, char suffix, int64_t *number)
{
    char digits[32];
    size_t size;
    const uint8_t *line = pickle_take_line(pickle, &size);
    if (!line)
        return false;
    if (size > 0 && line[size - 1] == (uint8_t)suffix)
        size--;
    bool is_negative = size > 0 && line[0] == '-';
    size_t start = is_negative;
    uint64_t magnitude = 0;
    bool good = size - start < sizeof digits;
    if (good) {
        memcpy(digits, line + start, size - start);
        digits[size - start] = '\0';
        good = strlen(digits) == size - start && text_uint64(digits, &magnitude) &&
               magnitude <= (uint64_t)INT64_MAX + is_negative;
    }
    *number = is_negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
    return good || pickle_fail(pickle, "a whole number of at most 64 bits should follow");
}

// --- numbers

static bool push_int(struct pickle *pickle, int64_t number)
{
    return pickle_push(pickle, (struct pickle_value){.kind = PICKLE_INT, .integer = number});
}

static bool push_bool(struct pickle *pickle, bool value)
{
    return pickle_push(pickle, (struct pickle_value){.kind = PICKLE_BOOL, .integer = value});
}

static bool op_none(struct pickle *pickle)
{
    return pickle_push(pickle, (struct pickle_value){.kind = PICKLE_NONE});
}

static bool op_newtrue(struct pickle *pickle)
{
    return push_bool(pickle, true);
}

static bool op_newfalse(struct pickle *pickle)
{
    return push_bool(pickle, false);
}

// "I01" and "I00" are how protocols 0 and 1 write True and False.
static bool op_int(struct pickle *pickle)
{
    const uint8_t *line = pickle->bytes + pickle->at;
    size_t at = pickle->at;
    int64_t number;
    if (!take_decimal(pickle, 'L', &number))
        return false;
    if (pickle->at - at == 3 && line[0] == '0' && line[1] <= '1')
        return push_bool(pickle, number);
    return push_int(pickle, number);
}

static bool op_long(struct pickle *pickle)
{
    int64_t number;
    return take_decimal(pickle, 'L', &number) && push_int(pickle, number);
}

static bool op_binint(struct pickle *pickle)
{
    uint64_t number;
    return take_number(pickle, 4, &number) && push_int(pickle, (int32_t)number);
}

static bool op_binint1(struct pickle *pickle)
{
    uint64_t number;
    return take_number(pickle, 1, &number) && push_int(pickle, (int64_t)number);
}

static bool op_binint2(struct pickle *pickle)
{
    uint64_t number;
    return take_number(pickle, 2, &number) && push_int(pickle, (int64_t)number);
}

// Two's complement in as few bytes as it takes.
static bool push_long(struct pickle *pickle, uint64_t size)
{
    uint64_t number;
    if (size > 8)
        return pickle_fail(pickle, "a whole number has %llu bytes; at most 8 are read",
                           (unsigned long long)size);
    if (!take_number(pickle, size, &number))
        return false;
    if (size > 0 && size < 8 && number >> (8 * size - 1))
        number |= UINT64_MAX << (8 * size);
    return push_int(pickle, (int64_t)number);
}

static bool op_long1(struct pickle *pickle)
{
    uint64_t size;
    return take_number(pickle, 1, &size) && push_long(pickle, size);
}

static bool op_long4(struct pickle *pickle)
{
    uint64_t size;
    return take_number(pickle, 4, &size) && push_long(pickle, size);
}

static bool op_float(struct pickle *pickle)
{
    char text[64];
    size_t size;
    const uint8_t *line = pickle_take_line(pickle, &size);
    if (!line)
        return false;
    char *end = text;
    if (size > 0 && size < sizeof text && !memchr(line, '\0', size) && line[0] != ' ') {
        memcpy(text, line, size);
        text[size] = '\0';
        if (!strpbrk(text, "xX"))
            end = NULL;
    }
    struct pickle_value value = {.kind = PICKLE_FLOAT};
    if (!end)
        value.real = strtod(text, &end);
    if (end == text || *end != '\0')
        return pickle_fail(pickle, "a number should follow");
    return pickle_push(pickle, value);
}

static bool op_binfloat(struct pickle *pickle)
{
    uint64_t bits;
    if (!take_number(pickle, 8, &bits))
        return false;
    bits = __builtin_bswap64(bits);
    struct pickle_value value = {.kind = PICKLE_FLOAT};
    memcpy(&value.real, &bits, sizeof value.real);
    return pickle_push(pickle, value);
}

// --- texts and bytes

// Pushes bytes of the input whose length comes first, in so many bytes.
static bool push_run(struct pickle *pickle, size_t length_size, enum pickle_kind kind)
{
    uint64_t size;
    if (!take_number(pickle, length_size, &size))
        return false;
    const uint8_t *bytes = pickle_take(pickle, size);
    if (!bytes)
        return false;
    if (kind == PICKLE_STR && text_utf8_prefix((const char *)bytes, size) != size)
        return pickle_fail(pickle, "a text is not UTF-8");
    return pickle_push(pickle, (struct pickle_value){.kind = kind,
                                                     .size = (uint32_t)size, // of the input
                                                     .bytes = bytes});
}

static bool op_short_bytes(struct pickle *pickle)
{
    return push_run(pickle, 1, PICKLE_BYTES);
}

static bool op_bytes(struct pickle *pickle)
{
    return push_run(pickle, 4, PICKLE_BYTES);
}

static bool op_bytes8(struct pickle *pickle)
{
    return push_run(pickle, 8, PICKLE_BYTES);
}

static bool op_short_unicode(struct pickle *pickle)
{
    return push_run(pickle, 1, PICKLE_STR);
}

static bool op_binunicode(struct pickle *pickle)
{
    return push_run(pickle, 4, PICKLE_STR);
}

static bool op_binunicode8(struct pickle *pickle)
{
    return push_run(pickle, 8, PICKLE_STR);
}

static bool op_string(struct pickle *pickle)
{
    size_t size;
    const uint8_t *line = pickle_take_line(pickle, &size);
    return line && pickle_push_repr(pickle, line, size);
}

static bool op_unicode(struct pickle *pickle)
{
    size_t size;
    const uint8_t *line = pickle_take_line(pickle, &size);
    return line && pickle_push_raw_unicode(pickle, line, size);
}

// --- the stack

static bool op_mark(struct pickle *pickle)
{
    if (pickle->num_marks == PICKLE_MAX_MARKS)
        return pickle_fail(pickle, "values are nested deeper than %d", PICKLE_MAX_MARKS);
    pickle->marks[pickle->num_marks++] = pickle->depth;
    return true;
}

static bool op_pop(struct pickle *pickle)
{
    if (pickle->num_marks > 0 && pickle->marks[pickle->num_marks - 1] == pickle->depth) {
        pickle->num_marks--;
        return true;
    }
    if (!pickle_peek(pickle, 0))
        return false;
    pickle->depth--;
    return true;
}

static bool op_pop_mark(struct pickle *pickle)
{
    return pickle_pop_mark(pickle, &pickle->depth);
}

static bool op_dup(struct pickle *pickle)
{
    const struct pickle_value *top = pickle_peek(pickle, 0);
    return top && pickle_push(pickle, *top);
}

// --- lists, tuples, dicts

// Pushes new items made of the topmost count values.
static bool push_items(struct pickle *pickle, enum pickle_kind kind, size_t count)
{
    struct pickle_items *items = pickle_new_items(pickle);
    return items && pickle_move(pickle, items, count) &&
           pickle_push(pickle, (struct pickle_value){.kind = kind, .items = items});
}

static bool op_empty_list(struct pickle *pickle)
{
    return push_items(pickle, PICKLE_LIST, 0);
}

static bool op_empty_tuple(struct pickle *pickle)
{
    return push_items(pickle, PICKLE_TUPLE, 0);
}

static bool op_empty_dict(struct pickle *pickle)
{
    return push_items(pickle, PICKLE_DICT, 0);
}

static bool op_tuple1(struct pickle *pickle)
{
    return pickle_peek(pickle, 0) && push_items(pickle, PICKLE_TUPLE, 1);
}

static bool op_tuple2(struct pickle *pickle)
{
    return pickle_peek(pickle, 1) && push_items(pickle, PICKLE_TUPLE, 2);
}

static bool op_tuple3(struct pickle *pickle)
{
    return pickle_peek(pickle, 2) && push_items(pickle, PICKLE_TUPLE, 3);
}

static bool check_pairs(struct pickle *pickle, size_t count)
{
    return count % 2 == 0 || pickle_fail(pickle, "a dict has a key without a value");
}

static bool push_marked(struct pickle *pickle, enum pickle_kind kind)
{
    size_t first;
    if (!pickle_pop_mark(pickle, &first))
        return false;
    size_t count = pickle->depth - first;
    return (kind != PICKLE_DICT || check_pairs(pickle, count)) && push_items(pickle, kind, count);
}

static bool op_list(struct pickle *pickle)
{
    return push_marked(pickle, PICKLE_LIST);
}

static bool op_tuple(struct pickle *pickle)
{
    return push_marked(pickle, PICKLE_TUPLE);
}

static bool op_dict(struct pickle *pickle)
{
    return push_marked(pickle, PICKLE_DICT);
}

// Adds the topmost count values to the list or dict below them.
static bool add(struct pickle *pickle, enum pickle_kind kind, size_t count)
{
    const struct pickle_value *to = pickle_peek(pickle, count);
    if (!to)
        return false;
    if (to->kind != kind)
        return pickle_fail(pickle, "this pickle would add to %s as if it were %s",
                           pickle_kind_name(to->kind), pickle_kind_name(kind));
    return (kind != PICKLE_DICT || check_pairs(pickle, count)) &&
           pickle_move(pickle, to->items, count);
}

static bool add_marked(struct pickle *pickle, enum pickle_kind kind)
{
    size_t first;
    return pickle_pop_mark(pickle, &first) && add(pickle, kind, pickle->depth - first);
}

static bool op_append(struct pickle *pickle)
{
    return add(pickle, PICKLE_LIST, 1);
}

static bool op_appends(struct pickle *pickle)
{
    return add_marked(pickle, PICKLE_LIST);
}

static bool op_setitem(struct pickle *pickle)
{
    return add(pickle, PICKLE_DICT, 2);
}

static bool op_setitems(struct pickle *pickle)
{
    return add_marked(pickle, PICKLE_DICT);
}

// --- the memo

static bool put(struct pickle *pickle, uint64_t number)
{
    const struct pickle_value *top = pickle_peek(pickle, 0);
    if (!top)
        return false;
    if (!pickle_spend_memo(pickle, pickle_memo_bytes_after(&pickle->memo)))
        return false;
    return pickle_memo_put(&pickle->memo, number, *top) || error_memory(pickle->error);
}

static bool get(struct pickle *pickle, uint64_t number)
{
    const struct pickle_value *value = pickle_memo_get(&pickle->memo, number);
    if (!value)
        return pickle_fail(pickle, "there is no value of the number %llu",
                           (unsigned long long)number);
    return pickle_push(pickle, *value);
}

static bool take_index(struct pickle *pickle, uint64_t *number)
{
    int64_t value;
    if (!take_decimal(pickle, '\n', &value))
        return false;
    *number = (uint64_t)value;
    return value >= 0 && value <= UINT32_MAX
               ? true
               : pickle_fail(pickle, "a number from 0 to 2^32 - 1 should follow");
}

static bool op_put(struct pickle *pickle)
{
    uint64_t number;
    return take_index(pickle, &number) && put(pickle, number);
}

static bool op_binput(struct pickle *pickle)
{
    uint64_t number;
    return take_number(pickle, 1, &number) && put(pickle, number);
}

static bool op_long_binput(struct pickle *pickle)
{
    uint64_t number;
    return take_number(pickle, 4, &number) && put(pickle, number);
}

static bool op_memoize(struct pickle *pickle)
{
    return put(pickle, pickle->memo.count);
}

static bool op_get(struct pickle *pickle)
{
    uint64_t number;
    return take_index(pickle, &number) && get(pickle, number);
}

static bool op_binget(struct pickle *pickle)
{
    uint64_t number;
    return take_number(pickle, 1, &number) && get(pickle, number);
}

static bool op_long_binget(struct pickle *pickle)
{
    uint64_t number;
    return take_number(pickle, 4, &number) && get(pickle, number);
}

// --- names and what is done with them

static bool op_global(struct pickle *pickle)
{
    size_t module_size, name_size;
    const uint8_t *module = pickle_take_line(pickle, &module_size);
    const uint8_t *name = module ? pickle_take_line(pickle, &name_size) : NULL;
    return name && pickle_push_global(pickle, module, module_size, name, name_size);
}

static bool op_stack_global(struct pickle *pickle)
{
    const struct pickle_value *name = pickle_peek(pickle, 0), *module;
    if (!name || !(module = pickle_peek(pickle, 1)))
        return false;
    if (name->kind != PICKLE_STR || module->kind != PICKLE_STR)
        return pickle_fail(pickle, "a name should be made of two texts");
    pickle->depth -= 2;
    return pickle_push_global(pickle, module->bytes, module->size, name->bytes, name->size);
}

static bool op_reduce(struct pickle *pickle)
{
    const struct pickle_value *args = pickle_peek(pickle, 0), *callable;
    struct pickle_value result;
    if (!args || !(callable = pickle_peek(pickle, 1)) ||
        !pickle_reduce(pickle, callable, args, &result))
        return false;
    pickle->depth -= 2;
    return pickle_push(pickle, result);
}

static bool op_build(struct pickle *pickle)
{
    const struct pickle_value *state = pickle_peek(pickle, 0), *object;
    if (!state || !(object = pickle_peek(pickle, 1)) || !pickle_build(pickle, object, state))
        return false;
    pickle->depth--;
    return true;
}

// An object of a class: INST names it like GLOBAL, whose refusal tells it.
static bool op_inst(struct pickle *pickle)
{
    return op_global(pickle) &&
           pickle_fail(pickle, "this pickle would make an object of %s; only plain data and numpy "
                               "arrays are read",
                       pickle_global_name(pickle_peek(pickle, 0)));
}

static bool op_object(struct pickle *pickle)
{
    return pickle_fail(pickle, "this pickle would make an object of a class; only plain data and "
                               "numpy arrays are read");
}

static bool op_extension(struct pickle *pickle)
{
    return pickle_fail(pickle, "this pickle would look up a class in Python's copyreg; only plain "
                               "data and numpy arrays are read");
}

static bool op_persistent(struct pickle *pickle)
{
    return pickle_fail(pickle, "this pickle refers to something outside of it (a persistent id)");
}

static bool op_set(struct pickle *pickle)
{
    return pickle_fail(pickle, "this pickle holds a set; only lists, tuples, dicts and numpy "
                               "arrays are read");
}

// --- the frame of it all

static bool op_proto(struct pickle *pickle)
{
    uint64_t version;
    if (pickle->begin != 0)
        return pickle_fail(pickle, "the protocol is named in the midst of the pickle");
    if (!take_number(pickle, 1, &version))
        return false;
    return version <= 5 || pickle_fail(pickle, "protocol %llu is not known; 0 to 5 are read",
                                       (unsigned long long)version);
}

static bool op_frame(struct pickle *pickle)
{
    uint64_t size;
    if (pickle->begin < pickle->frame_end)
        return pickle_fail(pickle, "a frame begins inside another");
    if (!take_number(pickle, 8, &size))
        return false;
    if (size > pickle->size - pickle->at)
        return pickle_fail(pickle, "a frame claims %llu bytes, but there are %zu left",
                           (unsigned long long)size, pickle->size - pickle->at);
    pickle->frame_end = pickle->at + size;
    return true;
}

static bool op_stop(struct pickle *pickle)
{
    if (!pickle_peek(pickle, 0))
        return false;
    if (pickle->num_marks > 0 || pickle->depth != 1)
        return pickle_fail(pickle, "the pickle ends with %zu values on the stack instead of one",
                           pickle->depth);
    if (pickle->at != pickle->size)
        return pickle_fail(pickle, "the pickle ends here, but %zu bytes follow",
                           pickle->size - pickle->at);
    pickle->root = pickle->stack[0];
    pickle->is_done = true;
    return true;
}

typedef bool opcode(struct pickle *pickle);

static opcode *const OPCODES[256] = {
    ['('] = op_mark,          ['.'] = op_stop,         ['0'] = op_pop,
    ['1'] = op_pop_mark,      ['2'] = op_dup,          ['F'] = op_float,
    ['I'] = op_int,           ['J'] = op_binint,       ['K'] = op_binint1,
    ['L'] = op_long,          ['M'] = op_binint2,      ['N'] = op_none,
    ['P'] = op_persistent,    ['Q'] = op_persistent,   ['R'] = op_reduce,
    ['S'] = op_string,        ['T'] = op_bytes,        ['U'] = op_short_bytes,
    ['V'] = op_unicode,       ['X'] = op_binunicode,   ['a'] = op_append,
    ['b'] = op_build,         ['c'] = op_global,       ['d'] = op_dict,
    ['}'] = op_empty_dict,    ['e'] = op_appends,      ['g'] = op_get,
    ['h'] = op_binget,        ['i'] = op_inst,         ['j'] = op_long_binget,
    ['l'] = op_list,          [']'] = op_empty_list,   ['o'] = op_object,
    ['p'] = op_put,           ['q'] = op_binput,       ['r'] = op_long_binput,
    ['s'] = op_setitem,       ['t'] = op_tuple,        [')'] = op_empty_tuple,
    ['u'] = op_setitems,      ['G'] = op_binfloat,     [0x80] = op_proto,
    [0x81] = op_object,       [0x82] = op_extension,   [0x83] = op_extension,
    [0x84] = op_extension,    [0x85] = op_tuple1,      [0x86] = op_tuple2,
    [0x87] = op_tuple3,       [0x88] = op_newtrue,     [0x89] = op_newfalse,
    [0x8a] = op_long1,        [0x8b] = op_long4,       ['B'] = op_bytes,
    ['C'] = op_short_bytes,   [0x8c] = op_short_unicode, [0x8d] = op_binunicode8,
    [0x8e] = op_bytes8,       [0x8f] = op_set,         [0x90] = op_set,
    [0x91] = op_set,          [0x92] = op_object,      [0x93] = op_stack_global,
    [0x94] = op_memoize,      [0x95] = op_frame,       [0x96] = op_bytes8,
    [0x97] = op_persistent,   [0x98] = op_persistent,
};

static bool run(struct pickle *pickle)
{
    while (!pickle->is_done) {
        pickle->begin = pickle->at;
        if (pickle->at == pickle->size)
            return pickle_fail(pickle, "the pickle ends without its last opcode: it was cut short");
        uint8_t code = pickle->bytes[pickle->at++];
        if (!OPCODES[code])
            return pickle_fail(pickle, "0x%02x is no opcode of pickle", code);
        if (!pickle_work(pickle, 1) || !OPCODES[code](pickle))
            return false;
    }
    return true;
}

struct pickle *pickle_read(const uint8_t *bytes, size_t size, uint64_t offset, struct error *error)
{
    if (size > PICKLE_MAX_BYTES) {
        error_set(error, ERROR_LIMIT, "the pickle has %zu bytes; at most %d MiB are read", size,
                  PICKLE_MAX_BYTES >> 20);
        return NULL;
    }
    struct pickle *pickle = calloc(1, sizeof *pickle);
    if (!pickle) {
        error_memory(error);
        return NULL;
    }
    pickle->bytes = bytes;
    pickle->size = size;
    pickle->offset = offset;
    pickle->error = error;
    if (!run(pickle)) {
        pickle_free(pickle);
        return NULL;
    }
    pickle->error = NULL;
    pickle_memo_clear(&pickle->memo);
    return pickle;
}

void pickle_free(struct pickle *pickle)
{
    if (!pickle)
        return;
    pickle_clear(pickle);
    free(pickle);
}

const struct pickle_value *pickle_root(const struct pickle *pickle)
{
    return &pickle->root;
}

const struct pickle_value *pickle_get(const struct pickle_value *dict, const char *key)
{
    size_t size = strlen(key);
    if (dict->kind != PICKLE_DICT)
        return NULL;
    for (size_t i = dict->items->count; i >= 2; i -= 2) {
        const struct pickle_value *at = &dict->items->values[i - 2];
        if ((at->kind == PICKLE_STR || at->kind == PICKLE_BYTES) && at->size == size &&
            memcmp(at->bytes, key, size) == 0)
            return at + 1;
    }
    return NULL;
}

const char *pickle_kind_name(enum pickle_kind kind)
{
    static const char *const NAMES[] = {
        [PICKLE_NONE] = "None",     [PICKLE_BOOL] = "a bool",   [PICKLE_INT] = "a whole number",
        [PICKLE_FLOAT] = "a float", [PICKLE_STR] = "a text",    [PICKLE_BYTES] = "bytes",
        [PICKLE_LIST] = "a list",   [PICKLE_TUPLE] = "a tuple", [PICKLE_DICT] = "a dict",
        [PICKLE_ARRAY] = "an array", [PICKLE_DTYPE] = "a dtype", [PICKLE_GLOBAL] = "a name",
    };
    return NAMES[kind];
}
