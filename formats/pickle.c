// SPDX-License-Identifier: MIT
// The machine: memo, names, frames, and the table of all opcodes.
#include "formats/pickle.h"

#include <stdlib.h>
#include <string.h>

#include "formats/pickle_opcodes.h"

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
    if (!pickle_take_decimal(pickle, '\n', &value))
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
    return pickle_take_number(pickle, 1, &number) && put(pickle, number);
}

static bool op_long_binput(struct pickle *pickle)
{
    uint64_t number;
    return pickle_take_number(pickle, 4, &number) && put(pickle, number);
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
    return pickle_take_number(pickle, 1, &number) && get(pickle, number);
}

static bool op_long_binget(struct pickle *pickle)
{
    uint64_t number;
    return pickle_take_number(pickle, 4, &number) && get(pickle, number);
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
           pickle_fail(pickle,
                       "this pickle would make an object of %s; only plain data and numpy "
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
    if (!pickle_take_number(pickle, 1, &version))
        return false;
    return version <= 5 || pickle_fail(pickle, "protocol %llu is not known; 0 to 5 are read",
                                       (unsigned long long)version);
}

static bool op_frame(struct pickle *pickle)
{
    uint64_t size;
    if (pickle->begin < pickle->frame_end)
        return pickle_fail(pickle, "a frame begins inside another");
    if (!pickle_take_number(pickle, 8, &size))
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
    ['('] = pickle_op_mark,
    ['.'] = op_stop,
    ['0'] = pickle_op_pop,
    ['1'] = pickle_op_pop_mark,
    ['2'] = pickle_op_dup,
    ['F'] = pickle_op_float,
    ['I'] = pickle_op_int,
    ['J'] = pickle_op_binint,
    ['K'] = pickle_op_binint1,
    ['L'] = pickle_op_long,
    ['M'] = pickle_op_binint2,
    ['N'] = pickle_op_none,
    ['P'] = op_persistent,
    ['Q'] = op_persistent,
    ['R'] = op_reduce,
    ['S'] = pickle_op_string,
    ['T'] = pickle_op_bytes,
    ['U'] = pickle_op_short_bytes,
    ['V'] = pickle_op_unicode,
    ['X'] = pickle_op_binunicode,
    ['a'] = pickle_op_append,
    ['b'] = op_build,
    ['c'] = op_global,
    ['d'] = pickle_op_dict,
    ['}'] = pickle_op_empty_dict,
    ['e'] = pickle_op_appends,
    ['g'] = op_get,
    ['h'] = op_binget,
    ['i'] = op_inst,
    ['j'] = op_long_binget,
    ['l'] = pickle_op_list,
    [']'] = pickle_op_empty_list,
    ['o'] = op_object,
    ['p'] = op_put,
    ['q'] = op_binput,
    ['r'] = op_long_binput,
    ['s'] = pickle_op_setitem,
    ['t'] = pickle_op_tuple,
    [')'] = pickle_op_empty_tuple,
    ['u'] = pickle_op_setitems,
    ['G'] = pickle_op_binfloat,
    [0x80] = op_proto,
    [0x81] = op_object,
    [0x82] = op_extension,
    [0x83] = op_extension,
    [0x84] = op_extension,
    [0x85] = pickle_op_tuple1,
    [0x86] = pickle_op_tuple2,
    [0x87] = pickle_op_tuple3,
    [0x88] = pickle_op_newtrue,
    [0x89] = pickle_op_newfalse,
    [0x8a] = pickle_op_long1,
    [0x8b] = pickle_op_long4,
    ['B'] = pickle_op_bytes,
    ['C'] = pickle_op_short_bytes,
    [0x8c] = pickle_op_short_unicode,
    [0x8d] = pickle_op_binunicode8,
    [0x8e] = pickle_op_bytes8,
    [0x8f] = op_set,
    [0x90] = op_set,
    [0x91] = op_set,
    [0x92] = op_object,
    [0x93] = op_stack_global,
    [0x94] = op_memoize,
    [0x95] = op_frame,
    [0x96] = pickle_op_bytes8,
    [0x97] = op_persistent,
    [0x98] = op_persistent,
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
        [PICKLE_NONE] = "None",      [PICKLE_BOOL] = "a bool",   [PICKLE_INT] = "a whole number",
        [PICKLE_FLOAT] = "a float",  [PICKLE_STR] = "a text",    [PICKLE_BYTES] = "bytes",
        [PICKLE_LIST] = "a list",    [PICKLE_TUPLE] = "a tuple", [PICKLE_DICT] = "a dict",
        [PICKLE_ARRAY] = "an array", [PICKLE_DTYPE] = "a dtype", [PICKLE_GLOBAL] = "a name",
    };
    return NAMES[kind];
}
