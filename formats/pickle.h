// SPDX-License-Identifier: MIT
// Python's pickle format, protocols 0 to 5, read as data only: None, bool, int, float, str, bytes,
// list, tuple, dict and numpy arrays. A pickle is a program for a small stack machine; this one
// imports nothing and calls nothing. The few names that a pickle needs for arrays are recognised by
// their spelling and acted out here; any other name is refused, and so is everything that would
// make an object of a class.
//
// Opcodes: Lib/pickletools.py of Python 3.11. Arrays: __reduce__ and __setstate__ of ndarray and
// dtype in numpy 1.24, numpy 2.2.
#ifndef SAMPLECASE_FORMATS_PICKLE_H
#define SAMPLECASE_FORMATS_PICKLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "formats/npy_type.h"

enum {
    PICKLE_MAX_RANK = 9,
    PICKLE_MAX_BYTES = 192 << 20,  // of the input; CIFAR-100's has 155 MB
    PICKLE_MAX_MEMORY = 256 << 20, // of the values made from it
};

enum pickle_kind {
    PICKLE_NONE,
    PICKLE_BOOL,
    PICKLE_INT,
    PICKLE_FLOAT,
    PICKLE_STR,   // UTF-8, checked
    PICKLE_BYTES, // also the str of Python 2
    PICKLE_LIST,
    PICKLE_TUPLE,
    PICKLE_DICT,
    PICKLE_ARRAY,
    PICKLE_DTYPE,
    PICKLE_GLOBAL, // a name that was recognised, which is of no use as a value
};

struct pickle_value {
    enum pickle_kind kind;
    uint32_t size; // PICKLE_STR, PICKLE_BYTES: bytes
    union {
        int64_t integer; // PICKLE_INT, PICKLE_BOOL, PICKLE_GLOBAL
        double real;
        const uint8_t *bytes;       // borrowed from the input where it has them as they are
        struct pickle_items *items; // PICKLE_LIST, PICKLE_TUPLE, PICKLE_DICT
        struct pickle_array *array;
        struct pickle_dtype *dtype;
    };
};

// Of a dict: key, value, key, value …, a later pair counts more than an earlier one. A list may be
// part of itself, and of many others: whoever walks must count.
struct pickle_items {
    struct pickle_value *values; // owned by the pickle
    uint32_t count, capacity;
};

struct pickle_dtype {
    struct npy_type type;
};

struct pickle_array {
    struct npy_type type;
    bool is_whole; // false for one that got neither shape nor data
    bool is_fortran;
    unsigned rank;
    uint64_t shape[PICKLE_MAX_RANK];
    uint64_t count;                     // product of the shape
    const uint8_t *data;                // count items of the type, borrowed; NULL for objects
    const struct pickle_items *objects; // count of them; NULL for numbers
};

struct pickle;

// Reads size bytes, which must be one whole pickle and are borrowed until pickle_free. `offset` is
// added to the bytes in messages. NULL with the error.
struct pickle *pickle_read(const uint8_t *bytes, size_t size, uint64_t offset, struct error *error);

// NULL is fine.
void pickle_free(struct pickle *pickle);

// What the pickle holds, borrowed.
const struct pickle_value *pickle_root(const struct pickle *pickle);

// The value of a dict under a key of text; NULL when there is none, or when this is no dict.
const struct pickle_value *pickle_get(const struct pickle_value *dict, const char *key);

// "a list", "None"; static.
const char *pickle_kind_name(enum pickle_kind kind);

#endif
