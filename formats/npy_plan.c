// SPDX-License-Identifier: MIT
#include "formats/npy_plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "formats/known.h"
#include "formats/npy_naming.h"
#include "store/writer.h"

enum { MIN_SIDE = 8, BOSTON_COLUMNS = 13, BOSTON_ROWS = 506 };

// "a is HEADER, b is HEADER: reason"
static bool refuse_pair(const struct npy_array *a, const struct npy_array *b, const char *reason,
                        struct error *error)
{
    struct buffer text = BUFFER_INIT;
    buffer_printf(&text, "%s is ", a->member);
    npy_header_print(&a->header, &text);
    buffer_printf(&text, ", %s is ", b->member);
    npy_header_print(&b->header, &text);
    buffer_printf(&text, ": %s", reason);
    return error_take(error, ERROR_INPUT, &text);
}

// Whether the samples of two arrays of one name are alike. Ids of classes may be of any type.
static bool is_alike(const struct npy_feature *feature, const struct npy_array *a,
                     const struct npy_array *b)
{
    const struct npy_header *x = &a->header, *y = &b->header;
    if (feature->form == NPY_AS_CLASS)
        return x->row_items == 1 && y->row_items == 1;
    if (x->type.is_object != y->type.is_object || x->type.dtype != y->type.dtype ||
        x->rank != y->rank)
        return false;
    for (unsigned i = 1; i < x->rank; i++)
        if (x->shape[i] != y->shape[i])
            return false;
    return true;
}

static bool check_pair(const struct npy_plan *plan, const struct npy_array *a,
                       const struct npy_array *b, struct error *error)
{
    bool same_split = strcmp(a->split, b->split) == 0, same_feature = a->feature == b->feature;
    const struct npy_feature *feature = &plan->features[a->feature];
    if (same_split && same_feature)
        return error_set(error, ERROR_INPUT,
                         "%s and %s would both be \"%s\" of the split \"%s\"; add one dataset at "
                         "a time",
                         a->member, b->member, feature->name, a->split);
    if (same_split && a->header.shape[0] != b->header.shape[0])
        return refuse_pair(a, b, "arrays of one split must have as many samples each", error);
    return !same_feature || is_alike(feature, a, b) ||
           refuse_pair(a, b, "the samples of all splits must be alike", error);
}

static bool has_feature(const struct npy_survey *survey, const char *split, size_t feature)
{
    for (size_t i = 0; i < survey->num_arrays; i++)
        if (survey->arrays[i].feature == feature && strcmp(survey->arrays[i].split, split) == 0)
            return true;
    return false;
}

// Whether the arrays make up a dataset: every split has every feature, once, for every sample.
static bool check(const struct npy_plan *plan, const struct npy_survey *survey, struct error *error)
{
    uint64_t samples = 0;
    for (size_t i = 0; i < survey->num_arrays; i++) {
        const struct npy_array *array = &survey->arrays[i];
        samples |= array->header.shape[0];
        for (size_t j = 0; j < survey->num_arrays; j++) {
            const struct npy_array *other = &survey->arrays[j];
            if (j < i && !check_pair(plan, other, array, error))
                return false;
            if (!has_feature(survey, other->split, array->feature))
                return error_set(
                    error, ERROR_INPUT, "the split \"%s\" has no \"%s\", which %s gives for \"%s\"",
                    other->split, plan->features[array->feature].name, array->member, array->split);
        }
    }
    return samples > 0 || error_set(error, ERROR_INPUT,
                                    "%s: its header says that there are no "
                                    "samples",
                                    survey->arrays[0].member);
}

// The ranges of all arrays of a feature as one.
static void join_ranges(const struct npy_survey *survey, size_t feature, struct npy_range *range,
                        uint64_t *samples)
{
    *range = (struct npy_range){
        .is_finite = true, .min = (double)INFINITY, .max = -(double)INFINITY};
    *samples = 0;
    for (size_t i = 0; i < survey->num_arrays; i++) {
        const struct npy_array *array = &survey->arrays[i];
        if (array->feature != feature)
            continue;
        *samples += array->header.shape[0];
        if (!array->range.is_known)
            continue;
        range->is_known = true;
        range->is_finite = range->is_finite && array->range.is_finite;
        if (array->range.min < range->min)
            range->min = array->range.min;
        if (array->range.max > range->max)
            range->max = array->range.max;
        for (size_t j = 0; j < NPY_MAX_SMALL; j++)
            range->small[j] |= array->range.small[j];
    }
}

static bool is_image(const struct npy_header *header, const struct npy_range *range)
{
    if (header->type.is_object || !npy_survey_has_image_shape(header))
        return false;
    if (header->type.dtype == DTYPE_UINT8)
        return true;
    if (!range->is_known || !range->is_finite || !(range->max > 0))
        return false;
    return header->rank == 4 || (header->shape[1] >= MIN_SIDE && header->shape[2] >= MIN_SIDE &&
                                 range->min >= 0 && range->max <= 255);
}

static double white_of(const struct npy_header *header, const struct npy_range *range)
{
    bool is_small = header->shape[1] <= 8 && header->shape[2] <= 8;
    if (header->type.dtype == DTYPE_UINT8)
        return is_small && range->is_known && range->max > 1 && range->max <= 16 ? 16 : 255;
    return range->max <= 1                ? 1
           : is_small && range->max <= 16 ? 16
           : range->max <= 255            ? 255
                                          : range->max;
}

// Whether whole numbers are ids of classes.
static bool is_class(const struct npy_range *range, uint64_t samples, bool has_images)
{
    if (!range->is_known || range->min < 0 || range->max >= NPY_MAX_SMALL)
        return false;
    if (has_images)
        return true;
    size_t min = (size_t)range->min, max = (size_t)range->max;
    for (size_t i = min; i <= max; i++)
        if (!range->small[i])
            return false;
    return min <= 1 && max > min && (max - min + 1) * 2 <= samples;
}

// One number a sample: an axis of length 1 says nothing.
static bool is_flat(const struct npy_array *array)
{
    return array->header.rank == 1 || (array->header.rank == 2 && array->header.row_items == 1 &&
                                       npy_naming_is_target(array->name));
}

// Decides what a feature is, by the first array of it.
static void decide(struct npy_feature *feature, const struct npy_array *array,
                   const struct npy_range *range, uint64_t samples, bool has_images)
{
    const struct npy_header *header = &array->header;
    feature->dtype = header->type.dtype;
    feature->is_target = npy_naming_is_target(array->name);
    if (header->type.is_object) {
        feature->form = NPY_AS_TOKENS;
        feature->kind = FEATURE_TOKENS;
        feature->dtype = DTYPE_INT32;
        feature->is_target = false;
        return;
    }
    if (is_flat(array)) {
        feature->kind = FEATURE_SCALAR;
        if (feature->is_target && dtype_is_integer(feature->dtype) &&
            is_class(range, samples, has_images)) {
            feature->form = NPY_AS_CLASS;
            feature->kind = FEATURE_CLASS;
            feature->dtype = range->max < 256 ? DTYPE_UINT8 : DTYPE_UINT16;
        }
        return;
    }
    feature->kind = FEATURE_ARRAY;
    feature->rank = header->rank - 1;
    memcpy(feature->shape, header->shape + 1, feature->rank * sizeof *feature->shape);
    if (is_image(header, range)) {
        feature->kind = FEATURE_IMAGE;
        feature->white = white_of(header, range);
    }
}

// The name that a feature gets if no other has it.
static char *name_of(const struct npy_feature *feature)
{
    const char *name = feature->array_name;
    if (npy_naming_is_general(name)) {
        if (feature->kind == FEATURE_IMAGE)
            return strdup("image");
        if (feature->kind == FEATURE_TOKENS)
            return strdup("tokens");
        if (*name == '\0')
            return strdup("value");
    }
    static const char *const TARGETS[] = {"y", "target", "targets"};
    for (size_t i = 0; feature->kind == FEATURE_CLASS && i < sizeof TARGETS / sizeof *TARGETS; i++)
        if (strcasecmp(name, TARGETS[i]) == 0)
            return strdup("label");
    return npy_naming_usual(name);
}

static bool name_features(struct npy_plan *plan, struct error *error)
{
    for (size_t i = 0; i < plan->num_features; i++) {
        plan->features[i].name = name_of(&plan->features[i]);
        if (!plan->features[i].name)
            return error_memory(error);
    }
    // Two that would get the same name keep their own.
    for (size_t i = 0; i < plan->num_features; i++)
        for (size_t j = 0; j < i; j++) {
            struct npy_feature *pair[] = {&plan->features[i], &plan->features[j]};
            if (strcmp(pair[0]->name, pair[1]->name) != 0)
                continue;
            for (size_t k = 0; k < 2; k++) {
                char *own = strdup(pair[k]->array_name);
                if (!own)
                    return error_memory(error);
                free(pair[k]->name);
                pair[k]->name = own;
            }
        }
    return true;
}

// What is to be predicted comes last, the others in the order of their names, so that the order of
// an archive says nothing.
static int by_place(const void *a, const void *b)
{
    const struct npy_feature *x = a, *y = b;
    bool last[] = {npy_naming_is_target(x->array_name), npy_naming_is_target(y->array_name)};
    return last[0] != last[1] ? last[0] - last[1] : strcmp(x->array_name, y->array_name);
}

static bool find_features(struct npy_plan *plan, struct npy_survey *survey, struct error *error)
{
    plan->features = calloc(survey->num_arrays, sizeof *plan->features);
    if (!plan->features)
        return error_memory(error);
    for (size_t i = 0; i < survey->num_arrays; i++) {
        size_t j = 0;
        while (j < plan->num_features &&
               strcmp(plan->features[j].array_name, survey->arrays[i].name) != 0)
            j++;
        if (j == plan->num_features)
            plan->features[plan->num_features++] = (struct npy_feature){
                .array_name = survey->arrays[i].name, .labels = {.unit = "sample"}};
    }
    qsort(plan->features, plan->num_features, sizeof *plan->features, by_place);
    for (size_t i = 0; i < survey->num_arrays; i++)
        for (size_t j = 0; j < plan->num_features; j++)
            if (strcmp(plan->features[j].array_name, survey->arrays[i].name) == 0)
                survey->arrays[i].feature = j;
    return true;
}

static const struct npy_array *first_array(const struct npy_survey *survey, size_t feature)
{
    size_t i = 0;
    while (survey->arrays[i].feature != feature)
        i++;
    return &survey->arrays[i];
}

// Whether all arrays of a feature hold one whole number a sample.
static bool is_whole(const struct npy_survey *survey, size_t feature)
{
    for (size_t i = 0; i < survey->num_arrays; i++) {
        const struct npy_header *header = &survey->arrays[i].header;
        if (survey->arrays[i].feature == feature &&
            (header->type.is_object || header->row_items != 1 ||
             !dtype_is_integer(header->type.dtype)))
            return false;
    }
    return true;
}

static void decide_all(struct npy_plan *plan, const struct npy_survey *survey)
{
    bool has_images = false; // what is to be predicted comes after them
    for (size_t i = 0; i < plan->num_features; i++) {
        const struct npy_array *array = first_array(survey, i);
        struct npy_range range;
        uint64_t samples;
        join_ranges(survey, i, &range, &samples);
        if (is_flat(array) && !is_whole(survey, i))
            range.is_known = false;
        decide(&plan->features[i], array, &range, samples, has_images);
        has_images |= plan->features[i].kind == FEATURE_IMAGE;
    }
}

static bool has_kind(const struct npy_plan *plan, enum feature_kind kind, bool is_target)
{
    for (size_t i = 0; i < plan->num_features; i++)
        if (plan->features[i].kind == kind && (!is_target || plan->features[i].is_target))
            return true;
    return false;
}

static const char *task_of(const struct npy_plan *plan)
{
    if (has_kind(plan, FEATURE_CLASS, true))
        return has_kind(plan, FEATURE_IMAGE, false)    ? "image-classification"
               : has_kind(plan, FEATURE_TOKENS, false) ? "text-classification"
                                                       : "tabular-classification";
    return has_kind(plan, FEATURE_SCALAR, true) && has_kind(plan, FEATURE_ARRAY, false) &&
                   plan->num_features == 2
               ? "tabular-regression"
               : "other";
}

// Whether two arrays are the houses of Boston: 13 numbers each and the price. By the name of the
// dataset, or by their number and the first house.
static bool is_boston(const struct npy_plan *plan, const struct npy_survey *survey,
                      const char *dataset)
{
    static const double FIRST[BOSTON_COLUMNS] = {0.00632, 18, 2.31, 0,    0.538, 6.575, 65.2,
                                                 4.09,    1,  296,  15.3, 396.9, 4.98};
    _Static_assert(sizeof FIRST == NPY_FIRST_BYTES, "the first house");
    if (survey->num_arrays != 2 || plan->num_features != 2)
        return false;
    const struct npy_array *x = first_array(survey, 0), *y = first_array(survey, 1);
    for (size_t i = 0; i < 2; i++) {
        const struct npy_type *type = &survey->arrays[i].header.type;
        if (type->is_object || type->dtype != DTYPE_FLOAT64)
            return false;
    }
    if (x->header.rank != 2 || x->header.shape[1] != BOSTON_COLUMNS || !is_flat(y) ||
        strcmp(x->split, "all") != 0 || strcmp(y->split, "all") != 0)
        return false;
    if (dataset && strcmp(dataset, "boston_housing") == 0)
        return true;
    return x->header.shape[0] == BOSTON_ROWS && !x->header.is_fortran &&
           x->first_size == sizeof FIRST && !x->header.type.is_swapped &&
           memcmp(x->first, FIRST, sizeof FIRST) == 0;
}

static bool make(struct npy_plan *plan, struct npy_survey *survey, const char *dataset,
                 struct error *error)
{
    if (!find_features(plan, survey, error))
        return false;
    decide_all(plan, survey);
    for (size_t i = 0; i < survey->num_arrays; i++)
        if (survey->arrays[i].header.type.is_object && survey->arrays[i].header.rank != 1)
            return error_set(error, ERROR_INPUT,
                             "%s: an array of objects with %u axes; those with one, of lists of "
                             "whole numbers, are read",
                             survey->arrays[i].member, survey->arrays[i].header.rank);
    if (!name_features(plan, error) || !check(plan, survey, error))
        return false;
    plan->is_boston = is_boston(plan, survey, dataset);
    if (plan->is_boston)
        plan->features[0].form = NPY_AS_COLUMNS;
    plan->task = task_of(plan);
    return true;
}

bool npy_plan_make(struct npy_plan *plan, struct npy_survey *survey, const char *dataset,
                   struct error *error)
{
    *plan = (struct npy_plan){.features = NULL};
    bool good = make(plan, survey, dataset, error);
    if (!good)
        npy_plan_clear(plan);
    return good;
}

static bool declare_one(struct npy_feature *plan, struct writer *writer, struct error *error)
{
    struct feature feature = {
        .name = plan->name,
        .kind = plan->kind,
        .storage = plan->kind == FEATURE_TOKENS ? STORAGE_RAGGED : STORAGE_ROWS,
        .dtype = plan->dtype,
        .rank = plan->rank,
        .white = plan->kind == FEATURE_IMAGE ? plan->white : 0,
        .target = plan->is_target,
        .parent = -1,
    };
    memcpy(feature.shape, plan->shape, plan->rank * sizeof *feature.shape);
    plan->number = writer_feature(writer, &feature, error);
    return plan->number >= 0;
}

// The columns of the known table and what is to be predicted, named as in the known dataset.
static bool declare_boston(struct npy_plan *plan, struct writer *writer, struct error *error)
{
    const struct known *known = known_find("boston_housing");
    for (size_t i = 0; i < known->num_features; i++) {
        char *name = strdup(known->features[i].name);
        if (!name)
            return error_memory(error);
        struct feature feature = {.name = name,
                                  .kind = FEATURE_SCALAR,
                                  .dtype = DTYPE_FLOAT64,
                                  .target = i == BOSTON_COLUMNS,
                                  .parent = -1};
        int number = writer_feature(writer, &feature, error);
        free(name);
        if (number < 0)
            return false;
        if (i == 0 || i == BOSTON_COLUMNS)
            plan->features[i > 0].number = number;
    }
    return true;
}

bool npy_plan_declare(struct npy_plan *plan, struct npy_survey *survey, struct writer *writer,
                      struct error *error)
{
    static const char *const ORDER[] = {"train", "val", "test", "all"};
    for (size_t i = 0; i < sizeof ORDER / sizeof *ORDER; i++)
        for (size_t j = 0; j < survey->num_arrays; j++) {
            struct npy_array *array = &survey->arrays[j];
            if (strcmp(array->split, ORDER[i]) != 0)
                continue;
            array->split_number = writer_split(writer, array->split, error);
            if (array->split_number < 0)
                return false;
        }
    if (plan->is_boston)
        return declare_boston(plan, writer, error);
    for (size_t i = 0; i < plan->num_features; i++)
        if (!declare_one(&plan->features[i], writer, error)) {
            error_prefix(error, "%s", first_array(survey, i)->member);
            return false;
        }
    return true;
}

void npy_plan_clear(struct npy_plan *plan)
{
    for (size_t i = 0; plan->features && i < plan->num_features; i++) {
        free(plan->features[i].name);
        labels_clear(&plan->features[i].labels);
    }
    free(plan->features);
    *plan = (struct npy_plan){.features = NULL};
}
