// SPDX-License-Identifier: MIT
#include "formats/npy_survey.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formats/naming.h"
#include "formats/npy_naming.h"
#include "formats/npy_values.h"
#include "formats/source.h"

enum { MAX_ARRAYS = 1000 };

bool npy_survey_has_image_shape(const struct npy_header *header)
{
    if (header->rank < 3 || header->rank > 4 || header->shape[1] > NPY_MAX_SIDE ||
        header->shape[2] > NPY_MAX_SIDE)
        return false;
    return header->rank == 3 || header->shape[3] == 1 || header->shape[3] == 3 ||
           header->shape[3] == 4;
}

// Whether what an array is depends on its values.
static bool needs_range(const struct npy_array *array)
{
    const struct npy_header *header = &array->header;
    if (header->type.is_object)
        return false;
    if (npy_survey_has_image_shape(header))
        // Of uint8, only the smallest pictures: scikit-learn's digits go up to 16.
        return header->type.dtype != DTYPE_UINT8 ||
               (header->shape[1] <= 8 && header->shape[2] <= 8);
    return header->row_items == 1 && dtype_is_integer(header->type.dtype) &&
           npy_naming_is_target(array->name);
}

struct learning {
    struct npy_range *range;
    enum dtype dtype;
};

static bool learn(void *context, void *values, uint64_t first, uint64_t count, struct error *error)
{
    const struct learning *learning = context;
    struct npy_range *range = learning->range;
    (void)first;
    (void)error;
    for (uint64_t i = 0; i < count; i++) {
        double value = dtype_double(learning->dtype, values, i);
        if (!isfinite(value)) {
            range->is_finite = false;
            continue;
        }
        range->min = value < range->min ? value : range->min;
        range->max = value > range->max ? value : range->max;
        if (value >= 0 && value < NPY_MAX_SMALL)
            range->small[(size_t)value] = true;
    }
    range->is_known = true;
    return true;
}

static bool learn_range(struct npy_array *array, struct source *source, struct error *error)
{
    struct learning learning = {.range = &array->range, .dtype = array->header.type.dtype};
    array->range.is_finite = true;
    array->range.min = (double)INFINITY;
    array->range.max = -(double)INFINITY;
    return npy_values_each(source, &array->header, 1, learn, &learning, error);
}

// Reads the header, and no more, of the present member.
static bool read_header(struct npy_array *array, struct source *source,
                        const struct source_member *member, struct error *error)
{
    uint8_t bytes[NPY_MAX_HEADER];
    size_t size = npy_header_size(member->head, member->head_size, error);
    int64_t got = size > 0 ? source_read(source, bytes, size, error) : -1;
    if (got < 0 || !npy_header_parse(&array->header, bytes, (size_t)got, error))
        return false;
    if (member->head_size > size) {
        size_t left = member->head_size - size;
        array->first_size = left < NPY_FIRST_BYTES ? left : NPY_FIRST_BYTES;
        memcpy(array->first, member->head + size, array->first_size);
    }
    if (array->header.type.is_object || member->size == SOURCE_SIZE_UNKNOWN ||
        member->size == array->header.file_bytes)
        return true;
    struct buffer text = BUFFER_INIT;
    buffer_printf(&text, "has %llu bytes, but its header (", (unsigned long long)member->size);
    npy_header_print(&array->header, &text);
    buffer_printf(&text, ") promises %llu", (unsigned long long)array->header.file_bytes);
    return error_take(error, ERROR_INPUT, &text);
}

static struct npy_array *add(struct npy_survey *survey, const char *member, struct error *error)
{
    if (survey->num_arrays == MAX_ARRAYS) {
        error_set(error, ERROR_LIMIT, "more than %d arrays", MAX_ARRAYS);
        return NULL;
    }
    struct npy_array *arrays = realloc(survey->arrays, (survey->num_arrays + 1) * sizeof *arrays);
    if (!arrays) {
        error_memory(error);
        return NULL;
    }
    survey->arrays = arrays;
    struct npy_array *array = &arrays[survey->num_arrays++];
    *array = (struct npy_array){.member = strdup(member)};
    struct npy_name name = {.split = NULL};
    bool good = npy_naming_split(member, &name) && array->member;
    array->split = name.split;
    array->name = name.feature;
    if (good)
        return array;
    error_memory(error);
    return NULL;
}

static bool look(struct npy_survey *survey, struct source *source,
                 const struct source_member *member, struct error *error)
{
    if (naming_is_note(member->name))
        return true;
    if (naming_ends_in(member->name, ".json")) {
        if (survey->words_member)
            return error_set(error, ERROR_INPUT,
                             "%s: is a second word index beside %s; leave out what is none (names "
                             "of classes go into dataset.json)",
                             source_where(source), survey->words_member);
        survey->words_member = strdup(member->name);
        return survey->words_member ? word_index_read(&survey->words, source, error)
                                    : error_memory(error);
    }
    struct npy_array *array = add(survey, member->name, error);
    if (!array)
        return false;
    if (!read_header(array, source, member, error)) {
        error_prefix(error, "%s", source_where(source));
        return false;
    }
    return !needs_range(array) || learn_range(array, source, error);
}

static bool take(struct npy_survey *survey, struct source *source, struct error *error)
{
    struct source_member member;
    enum source_step step;
    while ((step = source_next(source, &member, error)) == SOURCE_MEMBER)
        if (!look(survey, source, &member, error))
            return false;
    if (step == SOURCE_FAILED || !source_rewind(source, error))
        return false;
    return survey->num_arrays > 0 || error_set(error, ERROR_INPUT, "there is no array");
}

bool npy_survey_take(struct npy_survey *survey, struct source *source, struct error *error)
{
    *survey = (struct npy_survey){.arrays = NULL};
    bool good = take(survey, source, error);
    if (!good)
        npy_survey_clear(survey);
    return good;
}

struct npy_array *npy_survey_find(const struct npy_survey *survey, const char *member)
{
    for (size_t i = 0; i < survey->num_arrays; i++)
        if (strcmp(survey->arrays[i].member, member) == 0)
            return &survey->arrays[i];
    return NULL;
}

void npy_survey_clear(struct npy_survey *survey)
{
    for (size_t i = 0; i < survey->num_arrays; i++) {
        free(survey->arrays[i].member);
        free(survey->arrays[i].name);
    }
    free(survey->arrays);
    free(survey->words_member);
    word_index_clear(&survey->words);
    *survey = (struct npy_survey){.arrays = NULL};
}
