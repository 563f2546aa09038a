// SPDX-License-Identifier: MIT
// What the arrays of a source become: arrays of one name in several splits are one feature.
//
//   what an array is                                                    feature
//   uint8, 3 axes or 4 with 1, 3 or 4 at the end                        image, white 255
//   other numbers, 4 axes with 1, 3 or 4 at the end, all finite         image, white: see below
//   other numbers, 3 axes of 8 and more, all from 0 to 255              the same
//   one whole number a sample, called label, y, target …, from 0 or 1
//     up without a gap, fewer than half as many as samples              class
//   the same beside images, any from 0 to 999                           class
//   one number a sample                                                 scalar
//   objects (lists of whole numbers)                                    tokens
//   all else                                                            array
//
// White is 1 when no value is larger, 16 for pictures of at most 8 × 8 without larger ones (as
// scikit-learn's digits are), else 255 when no value is larger, else the largest value.
#ifndef SAMPLECASE_FORMATS_NPY_PLAN_H
#define SAMPLECASE_FORMATS_NPY_PLAN_H

#include "formats/labels.h"
#include "formats/npy_survey.h"
#include "store/schema.h"

struct writer;

enum npy_form {
    NPY_AS_ROWS,
    NPY_AS_CLASS,   // whole numbers that are ids of classes
    NPY_AS_COLUMNS, // each column a feature
    NPY_AS_TOKENS,
};

struct npy_feature {
    const char *array_name; // borrowed from the survey
    char *name;             // owned
    enum npy_form form;
    enum feature_kind kind;
    enum dtype dtype; // as stored
    double white;
    bool is_target;
    unsigned rank; // of a sample
    uint64_t shape[SCHEMA_MAX_RANK];
    int number;           // in the writer; the first of NPY_AS_COLUMNS
    struct labels labels; // NPY_AS_CLASS
};

struct npy_plan {
    struct npy_feature *features; // owned
    size_t num_features;
    bool is_boston; // the houses of Boston: a table of 13 columns, and the prices
    const char *task;
};

// Makes the plan and tells the arrays of the survey, which is borrowed, their features. `dataset`
// is the name that the user gives it. False with the error: arrays that do not fit together.
bool npy_plan_make(struct npy_plan *plan, struct npy_survey *survey, const char *dataset,
                   struct error *error);

// Declares splits and features.
bool npy_plan_declare(struct npy_plan *plan, struct npy_survey *survey, struct writer *writer,
                      struct error *error);

// A zeroed plan is fine.
void npy_plan_clear(struct npy_plan *plan);

#endif
