// SPDX-License-Identifier: MIT
// The IDX files of a source, known by their names and headers before their values are read: which
// feature of which split each one is.
#ifndef SAMPLECASE_FORMATS_IDX_SURVEY_H
#define SAMPLECASE_FORMATS_IDX_SURVEY_H

#include "formats/idx_header.h"
#include "store/schema.h"

struct source;
struct writer;

struct idx_file {
    char *member;       // owned
    char *feature_name; // owned
    const char *split_name;
    struct idx_header header;
    int split, feature; // in the writer
};

struct idx_survey {
    struct idx_file *files; // owned
    size_t num_files;
};

// Looks at the headers, checks that the files fit together. The source stands before its first
// member afterwards. False with the error.
bool idx_survey_take(struct idx_survey *survey, struct source *source, struct error *error);

// Declares splits (train first) and features.
bool idx_survey_declare(struct idx_survey *survey, struct writer *writer, struct error *error);

// The file that is the member of that name, or NULL.
const struct idx_file *idx_survey_find(const struct idx_survey *survey, const char *member);

// A zeroed survey is fine.
void idx_survey_clear(struct idx_survey *survey);

#endif
