// SPDX-License-Identifier: MIT
// The arrays of a source before they are read for good: names, headers, and of those whose meaning
// depends on their values (labels, floats in the shape of images) the range.
#ifndef SAMPLECASE_FORMATS_NPY_SURVEY_H
#define SAMPLECASE_FORMATS_NPY_SURVEY_H

#include "formats/npy_header.h"
#include "formats/word_index.h"

struct source;

enum {
    NPY_MAX_SMALL = 1000, // whole numbers below this can be ids of classes
    NPY_MAX_SIDE = 16384, // of an image; what is larger is an array
    NPY_FIRST_BYTES = 104,
};

struct npy_range {
    bool is_known;  // the values were looked at; there is at least one
    bool is_finite; // all of them are
    double min, max;
    bool small[NPY_MAX_SMALL]; // which of the smallest whole numbers occur
};

struct npy_array {
    char *member;      // owned
    const char *split; // static
    char *name;        // owned: the array's without the split
    struct npy_header header;
    struct npy_range range;
    uint8_t first[NPY_FIRST_BYTES]; // the first values as they lie in the file
    size_t first_size;
    size_t feature;   // in the plan
    int split_number; // in the writer
};

struct npy_survey {
    struct npy_array *arrays; // owned
    size_t num_arrays;
    struct word_index words;
    char *words_member; // owned; NULL without a word index
};

// Reads the whole source. It stands before its first member afterwards. False with the error.
bool npy_survey_take(struct npy_survey *survey, struct source *source, struct error *error);

// The array that is the member of that name, or NULL.
struct npy_array *npy_survey_find(const struct npy_survey *survey, const char *member);

// Whether the shape is one of images: three axes, or four with 1, 3 or 4 channels at the end.
bool npy_survey_has_image_shape(const struct npy_header *header);

// A zeroed survey is fine.
void npy_survey_clear(struct npy_survey *survey);

#endif
