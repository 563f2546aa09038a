// SPDX-License-Identifier: MIT
// MAT files of version 5 (MATLAB's "MAT-File Format", chapter 1): elements of a type and a length,
// some of them compressed, the variables among them matrices. Either byte order. Files of version 4
// and 7.3 (HDF5) are refused by name.
//
// Every length is checked against the element around it before anything is read or allocated.
#ifndef SAMPLECASE_FORMATS_MAT_READER_H
#define SAMPLECASE_FORMATS_MAT_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/dtype.h"
#include "base/error.h"

struct source;
struct mat_inflate;

enum { MAT_HEADER = 128, MAT_MAX_RANK = 9, MAT_MAX_NAME = 63 };

enum mat_class {
    MAT_CELL = 1,
    MAT_STRUCT = 2,
    MAT_OBJECT = 3,
    MAT_CHAR = 4,
    MAT_SPARSE = 5,
    MAT_DOUBLE = 6, // from here to MAT_UINT64 arrays of numbers
    MAT_UINT64 = 15,
};

struct mat_reader {
    struct source *source;       // borrowed; its present member is read
    bool is_swapped;             // the file has the other byte order than this machine
    struct mat_inflate *inflate; // of the present compressed element; owned, or NULL
    uint64_t left;               // bytes of the present variable not read yet, as they lie unpacked
};

// A matrix whose head was read: what follows is its data, of mat_matrix.left bytes.
struct mat_matrix {
    unsigned class; // enum mat_class, or another number that is no class we know
    bool is_complex, is_logical;
    unsigned rank;                // 0 of an empty element
    uint64_t shape[MAT_MAX_RANK]; // as MATLAB has it: the first axis runs fastest
    uint64_t count;               // product of the shape
    char name[MAT_MAX_NAME + 1];  // UTF-8; "" in cells and fields
    uint64_t left;                // bytes that follow
};

// The stored values of a matrix.
struct mat_data {
    enum dtype dtype; // as stored, often smaller than the class
    uint64_t left;    // values not read yet
    uint64_t padding; // bytes after them
    bool is_small;    // the values are these:
    uint8_t small[4];
};

// Whether the first bytes of a file are the header of a MAT file: 5 for version 5, 4 for what looks
// like version 4, 7 for version 7.3; 0 for none.
unsigned mat_version(const uint8_t *head, size_t size);

// Begins with the source's present member. False with the error.
bool mat_open(struct mat_reader *reader, struct source *source, struct error *error);

// Moves to the next variable, passing over what is left of the present one: 1, 0 at the end, -1
// with the error.
int mat_next(struct mat_reader *reader, struct mat_matrix *variable, struct error *error);

// To be called once all of the present variable was read: checks that what was compressed is sound
// to its end.
bool mat_finish(struct mat_reader *reader, struct error *error);

// A zeroed reader is fine.
void mat_close(struct mat_reader *reader);

// Reads the head of a matrix within another (a cell, a field); *left is what is left of the outer
// one. What follows the head is the inner one's.
bool mat_matrix_read(struct mat_reader *reader, uint64_t *left, struct mat_matrix *matrix,
                     struct error *error);

// Reads an element that is not a matrix whole (most bytes); its type and its bytes, in the file's
// order. `out` is emptied first.
bool mat_element_read(struct mat_reader *reader, uint64_t *left, unsigned *type, uint64_t most,
                      struct buffer *out, struct error *error);

// Passes over bytes of a matrix.
bool mat_skip(struct mat_reader *reader, uint64_t *left, uint64_t size, struct error *error);

// The dtype of a matrix of numbers (bool for a logical one); false for any other.
bool mat_dtype(const struct mat_matrix *matrix, enum dtype *dtype);

// Begins with the values of a matrix of numbers or of characters. False with the error, also when
// there are not as many as its shape promises.
bool mat_data_begin(struct mat_reader *reader, struct mat_matrix *matrix, struct mat_data *data,
                    struct error *error);

// Reads count values as `dtype`; a value that the dtype cannot hold is an error.
bool mat_data_read(struct mat_reader *reader, struct mat_matrix *matrix, struct mat_data *data,
                   enum dtype dtype, void *out, uint64_t count, struct error *error);

// "int32 [32 × 32 × 3 × 7]", "struct [2 × 1]", for messages.
void mat_matrix_print(const struct mat_matrix *matrix, struct buffer *out);

#endif
