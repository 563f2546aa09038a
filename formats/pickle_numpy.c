// SPDX-License-Identifier: MIT
#include <string.h>

#include "base/size.h"
#include "formats/pickle_machine.h"

enum global { RECONSTRUCT, NDARRAY, DTYPE, FROMBUFFER, ENCODE };

// Every name that is not refused. numpy 2 moved numpy.core to numpy._core.
static const struct {
    const char *module, *name, *full;
    enum global id;
} GLOBALS[] = {
    {"numpy.core.multiarray", "_reconstruct", "numpy.core.multiarray._reconstruct", RECONSTRUCT},
    {"numpy._core.multiarray", "_reconstruct", "numpy._core.multiarray._reconstruct", RECONSTRUCT},
    {"numpy", "ndarray", "numpy.ndarray", NDARRAY},
    {"numpy", "dtype", "numpy.dtype", DTYPE},
    {"numpy.core.numeric", "_frombuffer", "numpy.core.numeric._frombuffer", FROMBUFFER},
    {"numpy._core.numeric", "_frombuffer", "numpy._core.numeric._frombuffer", FROMBUFFER},
    {"_codecs", "encode", "_codecs.encode", ENCODE},
};

static bool equals(const uint8_t *bytes, size_t size, const char *text)
{
    return strlen(text) == size && memcmp(bytes, text, size) == 0;
}

// Writes what a pickle calls something so that it can be shown.
static void show(char *to, size_t room, const uint8_t *bytes, size_t size)
{
    size_t count = 0;
    for (; count < size && count < room - 1; count++)
        to[count] = bytes[count] > 0x20 && bytes[count] < 0x7f ? (char)bytes[count] : '?';
    to[count] = '\0';
}

bool pickle_push_global(struct pickle *pickle, const uint8_t *module, size_t module_size,
                        const uint8_t *name, size_t name_size)
{
    for (size_t i = 0; i < sizeof GLOBALS / sizeof *GLOBALS; i++)
        if (equals(module, module_size, GLOBALS[i].module) &&
            equals(name, name_size, GLOBALS[i].name))
            return pickle_push(pickle,
                               (struct pickle_value){.kind = PICKLE_GLOBAL, .integer = (int64_t)i});
    char shown[2][80];
    show(shown[0], sizeof shown[0], module, module_size);
    show(shown[1], sizeof shown[1], name, name_size);
    return pickle_fail(pickle,
                       "this pickle would run %s.%s; only plain data and numpy arrays are read",
                       shown[0], shown[1]);
}

const char *pickle_global_name(const struct pickle_value *global)
{
    return GLOBALS[global->integer].full;
}

static bool is_global(const struct pickle_value *value, enum global id)
{
    return value->kind == PICKLE_GLOBAL && GLOBALS[value->integer].id == id;
}

static bool is_text(const struct pickle_value *value)
{
    return value->kind == PICKLE_STR || value->kind == PICKLE_BYTES;
}

// Refuses arguments or a state as numpy does not write them.
static bool refuse(struct pickle *pickle, const char *what)
{
    return pickle_fail(pickle, "%s are not as numpy writes them", what);
}

// Gives an array its shape; a length that is no length is refused.
static bool set_shape(struct pickle *pickle, struct pickle_array *array,
                      const struct pickle_value *shape)
{
    if (shape->kind != PICKLE_TUPLE || shape->items->count > PICKLE_MAX_RANK)
        return refuse(pickle, "the axes of an array");
    array->rank = shape->items->count;
    for (unsigned i = 0; i < array->rank; i++) {
        const struct pickle_value *length = &shape->items->values[i];
        if (length->kind != PICKLE_INT || length->integer < 0)
            return refuse(pickle, "the axes of an array");
        array->shape[i] = (uint64_t)length->integer;
    }
    return size_of_shape(1, array->shape, array->rank, &array->count) ||
           pickle_fail(pickle, "an array claims a shape that is too large");
}

// Gives an array its values, which must be as many as its shape says.
static bool set_data(struct pickle *pickle, struct pickle_array *array,
                     const struct pickle_value *data)
{
    uint64_t have, need;
    if (array->type.is_object) {
        if (data->kind != PICKLE_LIST)
            return refuse(pickle, "the values of an array of objects");
        array->objects = data->items;
        have = data->items->count;
        need = array->count;
    } else {
        if (data->kind != PICKLE_BYTES)
            return refuse(pickle, "the values of an array");
        array->data = data->bytes;
        have = data->size;
        if (!size_mul(array->count, array->type.item, &need))
            return pickle_fail(pickle, "an array claims a shape that is too large");
    }
    array->is_whole = have == need;
    return array->is_whole ||
           pickle_fail(pickle, "an array has %llu %s, but its shape needs %llu",
                       (unsigned long long)have, array->type.is_object ? "objects" : "bytes",
                       (unsigned long long)need);
}

static bool new_array(struct pickle *pickle, struct pickle_value *out)
{
    *out = (struct pickle_value){.kind = PICKLE_ARRAY,
                                 .array = pickle_alloc(pickle, sizeof *out->array)};
    return out->array;
}

// _reconstruct(ndarray, (0,), b"b"): an array that gets all else by BUILD.
static bool reconstruct(struct pickle *pickle, const struct pickle_items *args,
                        struct pickle_value *out)
{
    if (args->count != 3 || !is_global(&args->values[0], NDARRAY))
        return refuse(pickle, "the arguments of _reconstruct");
    return new_array(pickle, out);
}

// _frombuffer(data, dtype, shape, order[, None]).
static bool frombuffer(struct pickle *pickle, const struct pickle_items *args,
                       struct pickle_value *out)
{
    const struct pickle_value *values = args->values;
    if ((args->count != 4 && (args->count != 5 || values[4].kind != PICKLE_NONE)) ||
        values[1].kind != PICKLE_DTYPE || values[1].dtype->type.is_object || !is_text(&values[3]) ||
        values[3].size != 1 || (*values[3].bytes != 'C' && *values[3].bytes != 'F'))
        return refuse(pickle, "the arguments of _frombuffer");
    if (!new_array(pickle, out))
        return false;
    out->array->type = values[1].dtype->type;
    out->array->is_fortran = *values[3].bytes == 'F';
    return set_shape(pickle, out->array, &values[2]) && set_data(pickle, out->array, &values[0]);
}

// dtype("u1", False, True).
static bool make_dtype(struct pickle *pickle, const struct pickle_items *args,
                       struct pickle_value *out)
{
    if (args->count < 1 || args->count > 3 || !is_text(&args->values[0]))
        return refuse(pickle, "the arguments of dtype");
    *out = (struct pickle_value){.kind = PICKLE_DTYPE,
                                 .dtype = pickle_alloc(pickle, sizeof *out->dtype)};
    if (!out->dtype)
        return false;
    struct error why = ERROR_INIT;
    return npy_type_parse(&out->dtype->type, (const char *)args->values[0].bytes,
                          args->values[0].size, &why) ||
           pickle_fail(pickle, "%s", why.text);
}

// encode("…", "latin1"): how Python 3 writes bytes in protocols 0 to 2.
static bool encode(struct pickle *pickle, const struct pickle_items *args, struct pickle_value *out)
{
    if (args->count != 2 || args->values[0].kind != PICKLE_STR || !is_text(&args->values[1]) ||
        !equals(args->values[1].bytes, args->values[1].size, "latin1"))
        return pickle_fail(pickle, "_codecs.encode is read only as a way to write bytes (latin1)");
    return pickle_latin1(pickle, &args->values[0], out);
}

bool pickle_reduce(struct pickle *pickle, const struct pickle_value *callable,
                   const struct pickle_value *args, struct pickle_value *out)
{
    if (callable->kind != PICKLE_GLOBAL)
        return pickle_fail(pickle, "this pickle would call %s", pickle_kind_name(callable->kind));
    if (args->kind != PICKLE_TUPLE)
        return pickle_fail(pickle, "this pickle would call %s with %s instead of a tuple",
                           pickle_global_name(callable), pickle_kind_name(args->kind));
    switch (GLOBALS[callable->integer].id) {
    case RECONSTRUCT:
        return reconstruct(pickle, args->items, out);
    case FROMBUFFER:
        return frombuffer(pickle, args->items, out);
    case DTYPE:
        return make_dtype(pickle, args->items, out);
    case ENCODE:
        return encode(pickle, args->items, out);
    case NDARRAY:
        break;
    }
    return pickle_fail(pickle, "this pickle would call numpy.ndarray, which is read only as an "
                               "argument of _reconstruct");
}

// (3, "<", None, None, None, -1, -1, 0): version, byte order, parts, names, fields, ….
static bool build_dtype(struct pickle *pickle, struct pickle_dtype *dtype,
                        const struct pickle_items *state)
{
    const struct pickle_value *values = state->values;
    if (state->count < 5 || !is_text(&values[1]) || values[1].size != 1 ||
        !memchr("<>|=", *values[1].bytes, 4))
        return refuse(pickle, "the properties of a dtype");
    for (size_t i = 2; i < 5; i++)
        if (values[i].kind != PICKLE_NONE)
            return pickle_fail(pickle, "an array has records of named fields; save each field as "
                                       "an array of its own");
    dtype->type.is_swapped = *values[1].bytes == '>' && dtype->type.item > 1;
    return true;
}

// (1, shape, dtype, is_fortran, data).
static bool build_array(struct pickle *pickle, struct pickle_array *array,
                        const struct pickle_items *state)
{
    const struct pickle_value *values = state->values;
    if (array->is_whole)
        return pickle_fail(pickle, "an array is given its values twice");
    if (state->count != 5 || values[2].kind != PICKLE_DTYPE ||
        (values[3].kind != PICKLE_BOOL && values[3].kind != PICKLE_INT))
        return refuse(pickle, "the properties of an array");
    array->type = values[2].dtype->type;
    array->is_fortran = values[3].integer != 0;
    return set_shape(pickle, array, &values[1]) && set_data(pickle, array, &values[4]);
}

bool pickle_build(struct pickle *pickle, const struct pickle_value *object,
                  const struct pickle_value *state)
{
    if ((object->kind != PICKLE_ARRAY && object->kind != PICKLE_DTYPE) ||
        state->kind != PICKLE_TUPLE)
        return pickle_fail(pickle, "this pickle would set the state of %s by %s",
                           pickle_kind_name(object->kind), pickle_kind_name(state->kind));
    return object->kind == PICKLE_DTYPE ? build_dtype(pickle, object->dtype, state->items)
                                        : build_array(pickle, object->array, state->items);
}
