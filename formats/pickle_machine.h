// SPDX-License-Identifier: MIT
// The inside of the pickle machine, shared by the files pickle*.c: its stack, its memory with a
// budget, its place in the input.
#ifndef SAMPLECASE_FORMATS_PICKLE_MACHINE_H
#define SAMPLECASE_FORMATS_PICKLE_MACHINE_H

#include "formats/pickle.h"
#include "formats/pickle_memo.h"

enum { PICKLE_MAX_MARKS = 1000, PICKLE_STEPS_PER_BYTE = 64 };

struct pickle_chunk;
struct pickle_block;

struct pickle {
    const uint8_t *bytes; // borrowed
    size_t size;
    uint64_t offset;            // of the first byte, for messages
    size_t at;                  // the next byte
    size_t begin;               // of the present opcode
    size_t frame_end;           // of the present or last frame
    struct pickle_value *stack; // owned
    size_t depth, capacity;
    size_t marks[PICKLE_MAX_MARKS]; // depths
    size_t num_marks;
    struct pickle_memo memo;
    struct pickle_chunk *chunks; // owned: all pickle_items
    struct pickle_block *blocks; // owned: what else was allocated
    uint64_t steps;
    size_t memory;      // bytes allocated
    size_t memo_memory; // and those of the memo, at most
    struct pickle_value root;
    bool is_done;
    struct error *error; // borrowed during pickle_read
};

// "byte N: …", N being the place of the present opcode. Returns false.
bool pickle_fail(struct pickle *pickle, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// Counts work. False with the error when it passes what an honest pickle of this size needs.
bool pickle_work(struct pickle *pickle, uint64_t steps);

// The next size bytes of the input; NULL with the error when they are not there.
const uint8_t *pickle_take(struct pickle *pickle, size_t size);

// The bytes up to the next '\n', which is passed over; *size is without it.
const uint8_t *pickle_take_line(struct pickle *pickle, size_t *size);

bool pickle_push(struct pickle *pickle, struct pickle_value value);

// The value `below` places under the top, above the last mark; NULL with the error when the stack
// is not as deep.
struct pickle_value *pickle_peek(struct pickle *pickle, size_t below);

// Takes the last mark away; *first is the place of the first value above it.
bool pickle_pop_mark(struct pickle *pickle, size_t *first);

// Empty items; NULL with the error.
struct pickle_items *pickle_new_items(struct pickle *pickle);

// Moves the topmost count values of the stack to the end of items.
bool pickle_move(struct pickle *pickle, struct pickle_items *items, size_t count);

// Zeroed memory that lives as long as the pickle; NULL with the error.
void *pickle_alloc(struct pickle *pickle, size_t size);

// Counts the memo's bytes before it has them. False with the error when that is too much.
bool pickle_spend_memo(struct pickle *pickle, size_t size);

// Frees all that the machine owns but itself.
void pickle_clear(struct pickle *pickle);

// --- pickle_text.c: texts that are not as they should be stored

// Pushes the bytes of a repr in quotes, as protocol 0 writes the str of Python 2.
bool pickle_push_repr(struct pickle *pickle, const uint8_t *text, size_t size);

// Pushes the text of a line in "raw-unicode-escape", as protocol 0 writes texts.
bool pickle_push_raw_unicode(struct pickle *pickle, const uint8_t *text, size_t size);

// Bytes from a text by latin-1.
bool pickle_latin1(struct pickle *pickle, const struct pickle_value *text,
                   struct pickle_value *out);

// --- pickle_numpy.c: the names that are recognised

// Pushes the name's stand-in, or refuses the name.
bool pickle_push_global(struct pickle *pickle, const uint8_t *module, size_t module_size,
                        const uint8_t *name, size_t name_size);

// What the name's function would give.
bool pickle_reduce(struct pickle *pickle, const struct pickle_value *callable,
                   const struct pickle_value *args, struct pickle_value *out);

// Gives an array or a dtype its state.
bool pickle_build(struct pickle *pickle, const struct pickle_value *object,
                  const struct pickle_value *state);

// The recognised name of a PICKLE_GLOBAL, with its module; static.
const char *pickle_global_name(const struct pickle_value *global);

#endif
