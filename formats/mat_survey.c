// SPDX-License-Identifier: MIT
#include "formats/mat_survey.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "formats/column_name.h"
#include "formats/known.h"
#include "formats/labels.h"
#include "formats/naming.h"
#include "formats/source.h"
#include "store/writer.h"

enum {
    MAX_FILES = 1000,
    MAX_VARIABLES = 1000,     // of one file
    MAX_SIDE = 16384,         // of an image; what is larger is an array
    MAX_LABEL = 65535,        // a vector with larger values is no label
    MAX_ROW_BYTES = 16 << 20, // of one sample
    SURE_LABELS = 1000,       // a vector called "label" may have so many classes more than samples
    SVHN_SIDE = 32,
};

static bool has_image_name(const char *name)
{
    static const char *const WORDS[] = {"x", "data", "image", "images", "imgs"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (strcasecmp(name, WORDS[i]) == 0)
            return true;
    return false;
}

static bool is_vector(const struct mat_matrix *matrix)
{
    return matrix->rank == 2 && (matrix->shape[0] == 1 || matrix->shape[1] == 1);
}

// Notes a variable that is left out, for a warning.
static void leave_out(struct mat_survey *survey, const struct mat_matrix *matrix)
{
    if (matrix->name[0] == '\0')
        return;
    buffer_printf(&survey->left_out, "%s%s (", survey->left_out.size > 0 ? ", " : "", matrix->name);
    mat_matrix_print(matrix, &survey->left_out);
    buffer_byte(&survey->left_out, ')');
}

// Reads the values of a vector that may be a label.
static bool look_at_label(struct mat_reader *reader, struct mat_variable *variable,
                          struct error *error)
{
    double values[1024];
    struct mat_data data;
    struct mat_matrix matrix = variable->matrix;
    variable->is_label = true;
    variable->min = HUGE_VAL;
    variable->max = -HUGE_VAL;
    if (!mat_data_begin(reader, &matrix, &data, error))
        return false;
    while (data.left > 0) {
        uint64_t count = data.left < 1024 ? data.left : 1024;
        if (!mat_data_read(reader, &matrix, &data, DTYPE_FLOAT64, values, count, error))
            return false;
        for (size_t i = 0; i < count; i++) {
            variable->is_label &=
                values[i] >= 0 && values[i] <= MAX_LABEL && values[i] == (int)values[i];
            variable->min = values[i] < variable->min ? values[i] : variable->min;
            variable->max = values[i] > variable->max ? values[i] : variable->max;
        }
    }
    return mat_finish(reader, error);
}

static bool add_variable(struct mat_survey *survey, struct mat_file *file,
                         struct mat_reader *reader, const struct mat_matrix *matrix,
                         struct error *error)
{
    enum dtype dtype;
    if (!mat_dtype(matrix, &dtype) || matrix->is_complex || matrix->count == 0 ||
        matrix->name[0] == '\0') {
        leave_out(survey, matrix);
        return true;
    }
    if (file->num_variables == MAX_VARIABLES)
        return error_set(error, ERROR_LIMIT, "%s: more than %d variables", file->member,
                         MAX_VARIABLES);
    if (mat_file_find(file, matrix->name))
        return error_set(error, ERROR_INPUT, "%s: two variables are called \"%s\"",
                         source_where(reader->source), matrix->name);
    struct mat_variable *variables =
        realloc(file->variables, (file->num_variables + 1) * sizeof *variables);
    if (!variables)
        return error_memory(error);
    file->variables = variables;
    struct mat_variable *variable = &variables[file->num_variables++];
    *variable = (struct mat_variable){.matrix = *matrix, .dtype = dtype};
    return !is_vector(matrix) || !naming_is_label(matrix->name) ||
           look_at_label(reader, variable, error);
}

// "extra", beside the ordinary splits, is what the third part of SVHN is called.
static const char *split_of(const char *member)
{
    const char *split = naming_split(member);
    if (split)
        return split;
    const char *at = naming_base(member), *end = at + strlen(at);
    for (size_t size; (size = naming_word(&at, (size_t)(end - at))) > 0; at += size)
        if (size == 5 && strncasecmp(at, "extra", 5) == 0)
            return "extra";
    return "all";
}

static bool add_file(struct mat_survey *survey, struct source *source, const char *member,
                     struct error *error)
{
    if (survey->num_files == MAX_FILES)
        return error_set(error, ERROR_LIMIT, "more than %d MAT files", MAX_FILES);
    struct mat_file *files = realloc(survey->files, (survey->num_files + 1) * sizeof *files);
    if (!files)
        return error_memory(error);
    survey->files = files;
    struct mat_file *file = &files[survey->num_files];
    *file = (struct mat_file){.member = strdup(member), .split_name = split_of(member)};
    survey->num_files++;
    if (!file->member)
        return error_memory(error);
    struct mat_reader reader;
    struct mat_matrix matrix;
    int more = mat_open(&reader, source, error) ? 1 : -1;
    while (more > 0 && (more = mat_next(&reader, &matrix, error)) > 0)
        if (!add_variable(survey, file, &reader, &matrix, error))
            more = -1;
    mat_close(&reader);
    return more == 0;
}

static enum mat_axis axis_of(const struct mat_matrix *matrix, uint64_t num_samples)
{
    if (is_vector(matrix))
        return matrix->count == num_samples ? MAT_AXIS_LAST : MAT_AXIS_NONE;
    bool is_first = matrix->shape[0] == num_samples;
    bool is_last = matrix->shape[matrix->rank - 1] == num_samples;
    if (matrix->rank == 2)
        return is_first ? MAT_AXIS_FIRST : is_last ? MAT_AXIS_LAST : MAT_AXIS_NONE;
    return is_last ? MAT_AXIS_LAST : is_first ? MAT_AXIS_FIRST : MAT_AXIS_NONE;
}

// The number of samples: as many as there are labels, else as the last axis of an array of three
// axes or more counts, else the rows of a matrix, else the values of the first vector.
static uint64_t count_samples(const struct mat_file *file)
{
    uint64_t by_array = 0, by_matrix = 0, by_vector = 0;
    for (size_t i = 0; i < file->num_variables; i++) {
        const struct mat_matrix *matrix = &file->variables[i].matrix;
        if (file->variables[i].is_label && matrix->count > 1)
            return matrix->count;
        if (matrix->rank > 2 && by_array == 0)
            by_array = matrix->shape[matrix->rank - 1];
        else if (matrix->rank == 2 && !is_vector(matrix) && by_matrix == 0)
            by_matrix = matrix->shape[0];
        else if (by_vector == 0)
            by_vector = matrix->count;
    }
    return by_array ? by_array : by_matrix ? by_matrix : by_vector;
}

static bool refuse_axis(const struct mat_file *file, const struct mat_matrix *matrix,
                        struct error *error)
{
    struct buffer text = BUFFER_INIT;
    buffer_printf(&text, "%s: the variable \"%s\" is ", file->member, matrix->name);
    mat_matrix_print(matrix, &text);
    buffer_printf(&text, ": neither its first nor its last axis counts the %llu samples of the others",
                  (unsigned long long)file->num_samples);
    return error_take(error, ERROR_INPUT, &text);
}

// The axes of one sample, and what they hold.
static bool settle_variable(struct mat_variable *variable, const struct mat_file *file,
                            struct error *error)
{
    const struct mat_matrix *matrix = &variable->matrix;
    uint64_t bytes = dtype_size(variable->dtype);
    if (!is_vector(matrix)) {
        variable->rank = matrix->rank - 1;
        for (unsigned i = 0; i < variable->rank; i++)
            variable->shape[i] = matrix->shape[i + (variable->axis == MAT_AXIS_FIRST)];
        bytes *= matrix->count / file->num_samples; // exact: one axis counts the samples
    }
    return bytes <= MAX_ROW_BYTES ||
           error_set(error, ERROR_LIMIT, "%s: one sample of \"%s\" has %llu bytes; at most %d MiB",
                     file->member, matrix->name, (unsigned long long)bytes, MAX_ROW_BYTES >> 20);
}

static bool settle_file(struct mat_survey *survey, struct mat_file *file, struct error *error)
{
    size_t count = 0;
    file->num_samples = count_samples(file);
    for (size_t i = 0; i < file->num_variables; i++) {
        struct mat_variable *variable = &file->variables[i];
        variable->axis = axis_of(&variable->matrix, file->num_samples);
        if (variable->axis == MAT_AXIS_NONE) {
            if (variable->matrix.rank > 2)
                return refuse_axis(file, &variable->matrix, error);
            leave_out(survey, &variable->matrix);
            continue;
        }
        if (!settle_variable(variable, file, error))
            return false;
        count++;
    }
    return count > 0 ||
           error_set(error, ERROR_INPUT, "%s: holds no array of numbers that could be samples",
                     file->member);
}

static bool is_svhn_file(const struct mat_file *file)
{
    bool has_image = false, has_label = false;
    for (size_t i = 0; i < file->num_variables; i++) {
        const struct mat_variable *variable = &file->variables[i];
        if (strcmp(variable->matrix.name, "X") == 0)
            has_image = variable->dtype == DTYPE_UINT8 && variable->axis == MAT_AXIS_LAST &&
                        variable->rank == 3 && variable->shape[0] == SVHN_SIDE &&
                        variable->shape[1] == SVHN_SIDE && variable->shape[2] == 3;
        if (strcmp(variable->matrix.name, "y") == 0)
            has_label = variable->is_label && variable->min >= 1 && variable->max <= 10;
    }
    return has_image && has_label;
}

// Whether these are the house numbers: by their layout, which other datasets can have too, and by
// their names or hashes.
static bool is_svhn(const struct mat_survey *survey, const struct source *source,
                    const char *dataset)
{
    bool is_named = dataset && strcmp(dataset, "svhn") == 0;
    for (size_t i = 0; i < survey->num_files; i++) {
        is_named = is_named || strcasestr(naming_base(survey->files[i].member), "32x32");
        if (!is_svhn_file(&survey->files[i]))
            return false;
    }
    for (size_t i = 0; i < source_num_files(source); i++) {
        const struct known *known = known_by_hash(source_file(source, i).sha256);
        is_named = is_named || (known && strcmp(known->name, "svhn") == 0);
    }
    return is_named;
}

static bool is_class(const struct mat_variable *variable)
{
    return variable->is_label && variable->axis != MAT_AXIS_NONE;
}

// Whether labels count from 0 or 1, and how many there are.
static void settle_labels(struct mat_survey *survey)
{
    double min = HUGE_VAL, max = -HUGE_VAL;
    uint64_t samples = 0;
    bool is_sure = true; // by its name
    for (size_t i = 0; i < survey->num_files; i++) {
        samples += survey->files[i].num_samples;
        for (size_t j = 0; j < survey->files[i].num_variables; j++) {
            const struct mat_variable *variable = &survey->files[i].variables[j];
            if (!is_class(variable))
                continue;
            min = variable->min < min ? variable->min : min;
            max = variable->max > max ? variable->max : max;
            is_sure &= strcasecmp(variable->matrix.name, "y") != 0;
        }
    }
    if (max < 0)
        return;
    survey->label_base = min >= 1;
    survey->num_label_values = (size_t)max + 1 - (size_t)survey->label_base;
    if (survey->is_svhn) {
        survey->label_base = 0;
        survey->num_label_values = 10;
    } else if (survey->num_label_values > (is_sure ? samples + SURE_LABELS : samples / 2)) {
        survey->num_label_values = 0; // numbers to predict, not classes
    }
}

static bool is_image(const struct mat_variable *variable)
{
    if (variable->dtype != DTYPE_UINT8 || variable->rank < 2 || variable->rank > 3 ||
        variable->shape[0] > MAX_SIDE || variable->shape[1] > MAX_SIDE)
        return false;
    return variable->rank == 2 || variable->shape[2] == 1 || variable->shape[2] == 3 ||
           variable->shape[2] == 4;
}

static bool has_feature(const struct mat_file *file, const char *name)
{
    for (size_t i = 0; i < file->num_variables; i++)
        if (file->variables[i].feature_name && strcmp(file->variables[i].feature_name, name) == 0)
            return true;
    return false;
}

static bool name_features(const struct mat_survey *survey, struct mat_file *file,
                          struct error *error)
{
    for (size_t i = 0; i < file->num_variables; i++) {
        struct mat_variable *variable = &file->variables[i];
        if (variable->axis == MAT_AXIS_NONE)
            continue;
        variable->is_label &= survey->num_label_values > 0;
        const char *name = variable->matrix.name;
        if (variable->is_label && !has_feature(file, "label"))
            name = "label";
        else if (is_image(variable) && has_image_name(name) && !has_feature(file, "image"))
            name = "image";
        variable->feature_name = column_name(name, strlen(name), i);
        if (!variable->feature_name)
            return error_memory(error);
    }
    return true;
}

// Every file must have the features of the first.
static bool check_alike(const struct mat_file *a, const struct mat_file *b, struct error *error)
{
    if (strcmp(a->split_name, b->split_name) == 0)
        return error_set(error, ERROR_INPUT,
                         "%s and %s would both be the split \"%s\"; add one dataset at a time",
                         a->member, b->member, a->split_name);
    for (size_t i = 0; i < a->num_variables; i++) {
        const struct mat_variable *one = &a->variables[i], *other = NULL;
        for (size_t j = 0; one->feature_name && j < b->num_variables; j++)
            if (b->variables[j].feature_name &&
                strcmp(b->variables[j].feature_name, one->feature_name) == 0)
                other = &b->variables[j];
        if (one->feature_name && !other)
            return error_set(error, ERROR_INPUT, "%s has no \"%s\", which %s has", b->member,
                             one->matrix.name, a->member);
        if (other && ((one->dtype != other->dtype && !one->is_label) || one->rank != other->rank ||
                      one->is_label != other->is_label ||
                      memcmp(one->shape, other->shape, sizeof one->shape) != 0))
            return error_set(error, ERROR_INPUT,
                             "the samples of all splits must be alike, but \"%s\" differs between "
                             "%s and %s",
                             one->matrix.name, a->member, b->member);
    }
    return true;
}

static bool settle(struct mat_survey *survey, const struct source *source, const char *dataset,
                   struct error *error)
{
    for (size_t i = 0; i < survey->num_files; i++)
        if (!settle_file(survey, &survey->files[i], error))
            return false;
    survey->is_svhn = is_svhn(survey, source, dataset);
    settle_labels(survey);
    for (size_t i = 0; i < survey->num_files; i++)
        if (!name_features(survey, &survey->files[i], error))
            return false;
    for (size_t i = 0; i < survey->num_files; i++)
        for (size_t j = 0; j < i; j++)
            if (!check_alike(&survey->files[j], &survey->files[i], error) ||
                !check_alike(&survey->files[i], &survey->files[j], error))
                return false;
    return true;
}

static bool take(struct mat_survey *survey, struct source *source, const char *dataset,
                 struct error *error)
{
    struct source_member member;
    enum source_step step;
    while ((step = source_next(source, &member, error)) == SOURCE_MEMBER)
        if (!naming_is_note(member.name) && !add_file(survey, source, member.name, error))
            return false;
    if (step == SOURCE_FAILED)
        return false;
    if (survey->num_files == 0)
        return error_set(error, ERROR_INPUT, "there is no MAT file");
    return settle(survey, source, dataset, error) && source_rewind(source, error);
}

bool mat_survey_take(struct mat_survey *survey, struct source *source, const char *dataset,
                     struct error *error)
{
    *survey = (struct mat_survey){.files = NULL};
    bool good = take(survey, source, dataset, error);
    if (!good)
        mat_survey_clear(survey);
    return good;
}

static bool declare(struct mat_survey *survey, struct mat_variable *variable, struct writer *writer,
                    struct error *error)
{
    int known = schema_feature(writer_schema(writer), variable->feature_name);
    if (known >= 0) {
        variable->feature = known;
        return true;
    }
    struct feature feature = {.name = variable->feature_name,
                              .kind = variable->is_label   ? FEATURE_CLASS
                                      : is_image(variable) ? FEATURE_IMAGE
                                      : variable->rank > 0 ? FEATURE_ARRAY
                                                           : FEATURE_SCALAR,
                              .dtype = variable->dtype,
                              .rank = variable->rank,
                              .white = is_image(variable) ? 255 : 0,
                              .target = naming_is_label(variable->matrix.name),
                              .parent = -1};
    if (variable->is_label)
        feature.dtype = labels_dtype(survey->num_label_values);
    memcpy(feature.shape, variable->shape, sizeof feature.shape);
    variable->feature = writer_feature(writer, &feature, error);
    return variable->feature >= 0;
}

// Labels come after the others, whatever the order in the file.
static bool declare_all(struct mat_survey *survey, struct mat_file *file, bool is_label,
                        struct writer *writer, struct error *error)
{
    for (size_t i = 0; i < file->num_variables; i++) {
        struct mat_variable *variable = &file->variables[i];
        if (variable->feature_name && variable->is_label == is_label &&
            !declare(survey, variable, writer, error)) {
            error_prefix(error, "%s", file->member);
            return false;
        }
    }
    return true;
}

bool mat_survey_declare(struct mat_survey *survey, struct writer *writer, struct error *error)
{
    for (size_t i = 0; i < survey->num_files; i++) {
        struct mat_file *file = &survey->files[i];
        file->split = writer_split(writer, file->split_name, error);
        if (file->split < 0 || !declare_all(survey, file, false, writer, error) ||
            !declare_all(survey, file, true, writer, error))
            return false;
    }
    return true;
}

struct mat_file *mat_survey_find(struct mat_survey *survey, const char *member)
{
    for (size_t i = 0; i < survey->num_files; i++)
        if (strcmp(survey->files[i].member, member) == 0)
            return &survey->files[i];
    return NULL;
}

struct mat_variable *mat_file_find(struct mat_file *file, const char *name)
{
    for (size_t i = 0; i < file->num_variables; i++)
        if (strcmp(file->variables[i].matrix.name, name) == 0)
            return &file->variables[i];
    return NULL;
}

void mat_survey_clear(struct mat_survey *survey)
{
    for (size_t i = 0; i < survey->num_files; i++) {
        struct mat_file *file = &survey->files[i];
        for (size_t j = 0; j < file->num_variables; j++)
            free(file->variables[j].feature_name);
        free(file->variables);
        free(file->member);
    }
    free(survey->files);
    buffer_free(&survey->left_out);
    *survey = (struct mat_survey){.files = NULL};
}
