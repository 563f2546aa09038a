// SPDX-License-Identifier: MIT
// The opcodes of pickle that make values and stack them, each a function; pickle.c has the others
// and the table that names them all.
#ifndef SAMPLECASE_FORMATS_PICKLE_OPCODES_H
#define SAMPLECASE_FORMATS_PICKLE_OPCODES_H

#include "formats/pickle_machine.h"

// The next `size` bytes as a little-endian number; size is at most 8.
bool pickle_take_number(struct pickle *pickle, size_t size, uint64_t *number);

// A line as a decimal number, perhaps followed by `suffix`.
bool pickle_take_decimal(struct pickle *pickle, char suffix, int64_t *number);

// --- pickle_literal.c

bool pickle_op_none(struct pickle *pickle);
bool pickle_op_newtrue(struct pickle *pickle);
bool pickle_op_newfalse(struct pickle *pickle);
bool pickle_op_int(struct pickle *pickle);
bool pickle_op_long(struct pickle *pickle);
bool pickle_op_binint(struct pickle *pickle);
bool pickle_op_binint1(struct pickle *pickle);
bool pickle_op_binint2(struct pickle *pickle);
bool pickle_op_long1(struct pickle *pickle);
bool pickle_op_long4(struct pickle *pickle);
bool pickle_op_float(struct pickle *pickle);
bool pickle_op_binfloat(struct pickle *pickle);
bool pickle_op_short_bytes(struct pickle *pickle);
bool pickle_op_bytes(struct pickle *pickle);
bool pickle_op_bytes8(struct pickle *pickle);
bool pickle_op_short_unicode(struct pickle *pickle);
bool pickle_op_binunicode(struct pickle *pickle);
bool pickle_op_binunicode8(struct pickle *pickle);
bool pickle_op_string(struct pickle *pickle);
bool pickle_op_unicode(struct pickle *pickle);

// --- pickle_stack.c

bool pickle_op_mark(struct pickle *pickle);
bool pickle_op_pop(struct pickle *pickle);
bool pickle_op_pop_mark(struct pickle *pickle);
bool pickle_op_dup(struct pickle *pickle);
bool pickle_op_empty_list(struct pickle *pickle);
bool pickle_op_empty_tuple(struct pickle *pickle);
bool pickle_op_empty_dict(struct pickle *pickle);
bool pickle_op_tuple1(struct pickle *pickle);
bool pickle_op_tuple2(struct pickle *pickle);
bool pickle_op_tuple3(struct pickle *pickle);
bool pickle_op_list(struct pickle *pickle);
bool pickle_op_tuple(struct pickle *pickle);
bool pickle_op_dict(struct pickle *pickle);
bool pickle_op_append(struct pickle *pickle);
bool pickle_op_appends(struct pickle *pickle);
bool pickle_op_setitem(struct pickle *pickle);
bool pickle_op_setitems(struct pickle *pickle);

#endif
