// SPDX-License-Identifier: MIT
// What MAT files hold, and what it means: which axis of each variable counts the samples, which
// variable is the picture and which the label.
#ifndef SAMPLECASE_FORMATS_MAT_SURVEY_H
#define SAMPLECASE_FORMATS_MAT_SURVEY_H

#include "formats/mat_reader.h"
#include "store/schema.h"

struct source;
struct writer;

enum mat_axis {
    MAT_AXIS_NONE,  // not of the samples; left out
    MAT_AXIS_LAST,  // sample after sample: X [32 × 32 × 3 × N]; vectors too
    MAT_AXIS_FIRST, // all first values, then all second ones …: X [N × 784]
};

struct mat_variable {
    struct mat_matrix matrix;
    enum dtype dtype;
    enum mat_axis axis;
    char *feature_name; // owned
    int feature;
    uint64_t shape[SCHEMA_MAX_RANK]; // of one sample
    unsigned rank;
    bool is_label;   // a vector of a label's name that holds whole numbers from 0 on:
    double min, max; // of them
};

struct mat_file {
    char *member; // owned
    const char *split_name;
    int split;
    uint64_t num_samples;
    struct mat_variable *variables; // owned; those of numbers
    size_t num_variables;
};

struct mat_survey {
    struct mat_file *files; // owned
    size_t num_files;
    bool is_svhn;
    uint64_t label_base;     // subtracted from labels: 1 where they count from 1
    size_t num_label_values; // classes of the label; 0 when there is none
    struct buffer left_out;  // "names (double [1 × 1]), …": variables that are no feature
};

// Reads the whole source; it stands before its first member afterwards. dataset is the name that
// the user gives it, or NULL. False with the error.
bool mat_survey_take(struct mat_survey *survey, struct source *source, const char *dataset,
                     struct error *error);

// Declares splits and features.
bool mat_survey_declare(struct mat_survey *survey, struct writer *writer, struct error *error);

// The file of that member, and in it the variable of that name; NULL when the source has changed.
struct mat_file *mat_survey_find(struct mat_survey *survey, const char *member);
struct mat_variable *mat_file_find(struct mat_file *file, const char *name);

// A zeroed survey is fine.
void mat_survey_clear(struct mat_survey *survey);

#endif
