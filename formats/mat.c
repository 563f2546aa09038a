// SPDX-License-Identifier: MIT
// MATLAB's MAT files of version 5: the Street View House Numbers, and other people's arrays. Twice
// read: once for the shapes (mat_survey.h), once for the values.
#include "formats/mat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/describe.h"
#include "formats/labels.h"
#include "formats/mat_survey.h"
#include "formats/naming.h"
#include "formats/source.h"
#include "store/writer.h"

enum {
    BLOCK = 1 << 20,
    MAX_TURNED = 256 << 20, // bytes of an array that is kept whole because its first axis counts
};

struct reading {
    struct source *source;
    struct writer *writer;
    struct mat_survey survey;
    struct labels *labels; // by feature; owned
    size_t num_labels;
    struct tally tally;
    struct buffer in, out; // values as they lie, and in C order
};

// Only where there is nothing else: meta.mat beside ImageNet's pictures is not the dataset.
static enum probe probe(const struct source *source)
{
    enum probe best = PROBE_NO;
    for (size_t i = 0; i < source_num_glimpsed(source); i++) {
        const struct source_member *member = source_glimpsed(source, i);
        if (naming_is_note(member->name))
            continue;
        bool is_named = naming_ends_in(member->name, ".mat");
        unsigned version = mat_version(member->head, member->head_size);
        if (!is_named && version != 5)
            return PROBE_NO;
        best = best != PROBE_NO && version != 5 ? best : version == 5 ? PROBE_CONTENT : PROBE_NAME;
    }
    return best;
}

// Where each value of a sample in C order lies among the sample's values in MATLAB's order; NULL
// when that is the same place, or with the error.
static uint32_t *make_places(const struct mat_variable *variable, size_t count, struct error *error)
{
    if (variable->rank < 2)
        return NULL;
    uint32_t *places = malloc(count * sizeof *places);
    if (!places) {
        error_memory(error);
        return NULL;
    }
    uint64_t at[SCHEMA_MAX_RANK] = {0}, strides[SCHEMA_MAX_RANK];
    uint64_t stride = 1, place = 0;
    for (unsigned i = 0; i < variable->rank; i++) {
        strides[i] = stride;
        stride *= variable->shape[i];
    }
    for (size_t i = 0; i < count; i++) {
        places[i] = (uint32_t)place; // a sample has at most 2^24 bytes
        for (unsigned axis = variable->rank; axis-- > 0;) {
            place += strides[axis];
            if (++at[axis] < variable->shape[axis])
                break;
            place -= strides[axis] * variable->shape[axis];
            at[axis] = 0;
        }
    }
    return places;
}

// A gathering of the values of one sample: value i comes from from[places[i] * step].
struct gathering {
    const uint32_t *places; // NULL for 0, 1, 2 …
    uint64_t step;          // in values
    size_t item, count;     // bytes of a value, values of a sample
};

#define GATHER(type)                                                                               \
    do {                                                                                           \
        for (size_t i = 0; i < g->count; i++)                                                      \
            memcpy(to + i * sizeof(type),                                                          \
                   from + (g->places ? g->places[i] : i) * g->step * sizeof(type), sizeof(type));  \
    } while (0)

static void gather(const struct gathering *g, uint8_t *restrict to, const uint8_t *restrict from)
{
    if (!g->places && g->step == 1)
        memcpy(to, from, g->count * g->item);
    else if (g->item == 1)
        GATHER(uint8_t);
    else if (g->item == 2)
        GATHER(uint16_t);
    else if (g->item == 4)
        GATHER(uint32_t);
    else
        GATHER(uint64_t);
}

// A variable under way.
struct turn {
    struct mat_reader *reader;
    struct mat_matrix matrix;
    struct mat_data data;
    const struct mat_file *file;
    const struct mat_variable *variable;
    struct gathering gathering;
};

// Reads values into reading->in, which grows only as far as there are values to fill it.
static bool read_values(struct reading *reading, struct turn *turn, uint64_t count,
                        struct error *error)
{
    size_t item = turn->gathering.item;
    reading->in.size = 0;
    while (count > 0) {
        uint64_t some = count < BLOCK / item ? count : BLOCK / item;
        char *to = buffer_reserve(&reading->in, (size_t)some * item);
        if (!to)
            return error_memory(error);
        if (!mat_data_read(turn->reader, &turn->matrix, &turn->data, turn->variable->dtype, to,
                           some, error))
            return false;
        reading->in.size += (size_t)some * item;
        count -= some;
    }
    return true;
}

static bool append(struct reading *reading, struct turn *turn, const uint8_t *first,
                   uint64_t distance, uint64_t count, struct error *error)
{
    const struct gathering *gathering = &turn->gathering;
    size_t row = gathering->count * gathering->item;
    reading->out.size = 0;
    char *to = buffer_reserve(&reading->out, (size_t)count * row);
    if (!to)
        return error_memory(error);
    for (uint64_t i = 0; i < count; i++)
        gather(gathering, (uint8_t *)to + i * row, first + i * distance);
    return writer_append(reading->writer, turn->file->split, turn->variable->feature, to, count,
                         error);
}

// How many samples are dealt with at once.
static uint64_t block_rows(const struct gathering *gathering)
{
    uint64_t row = gathering->count * gathering->item;
    return row < BLOCK ? BLOCK / row : 1;
}

// X [32 × 32 × 3 × N]: one sample lies after the other.
static bool take_rows(struct reading *reading, struct turn *turn, struct error *error)
{
    const struct gathering *gathering = &turn->gathering;
    uint64_t left = turn->file->num_samples, most = block_rows(gathering);
    while (left > 0) {
        uint64_t some = left < most ? left : most;
        if (!read_values(reading, turn, some * gathering->count, error) ||
            !append(reading, turn, (const uint8_t *)reading->in.data,
                    gathering->count * gathering->item, some, error))
            return false;
        left -= some;
    }
    return true;
}

// X [N × 784]: the first values of all samples, then the second ones ….
static bool take_columns(struct reading *reading, struct turn *turn, struct error *error)
{
    struct gathering *gathering = &turn->gathering;
    uint64_t num_samples = turn->file->num_samples, most = block_rows(gathering);
    if (turn->matrix.count > MAX_TURNED / gathering->item)
        return error_set(error, ERROR_LIMIT,
                         "%s: the variable \"%s\" has its samples along the first axis and more "
                         "than %d MiB, too many to be turned in memory; save it with the samples "
                         "along the last axis",
                         turn->file->member, turn->matrix.name, MAX_TURNED >> 20);
    if (!read_values(reading, turn, turn->matrix.count, error))
        return false;
    gathering->step = num_samples;
    for (uint64_t at = 0; at < num_samples;) {
        uint64_t some = num_samples - at < most ? num_samples - at : most;
        if (!append(reading, turn, (const uint8_t *)reading->in.data + at * gathering->item,
                    gathering->item, some, error))
            return false;
        at += some;
    }
    return true;
}

// Labels become class ids: of SVHN 10 means the digit 0; labels that count from 1 move down.
static bool take_labels(struct reading *reading, struct turn *turn, struct error *error)
{
    const struct mat_survey *survey = &reading->survey;
    struct labels *labels = &reading->labels[turn->variable->feature];
    double values[1024];
    uint8_t ids[1024 * sizeof(uint16_t)];
    size_t item = survey->num_label_values <= 256 ? 1 : 2;
    if (!labels_member(labels, source_where(reading->source), error))
        return false;
    while (turn->data.left > 0) {
        uint64_t at = turn->matrix.count - turn->data.left;
        uint64_t count = turn->data.left < 1024 ? turn->data.left : 1024;
        if (!mat_data_read(turn->reader, &turn->matrix, &turn->data, DTYPE_FLOAT64, values, count,
                           error))
            return false;
        for (size_t i = 0; i < count; i++) {
            if (!(values[i] >= turn->variable->min && values[i] <= turn->variable->max))
                return error_set(error, ERROR_INPUT, "%s: changed while it was read",
                                 source_where(reading->source));
            uint64_t id = (uint64_t)values[i] - survey->label_base;
            if (survey->is_svhn)
                id %= 10;
            memcpy(ids + i * item, &id, item); // little-endian
            if (!labels_add(labels, id, at + i, error))
                return false;
        }
        if (!writer_append(reading->writer, turn->file->split, turn->variable->feature, ids, count,
                           error))
            return false;
    }
    return true;
}

static bool take_values(struct reading *reading, struct turn *turn, struct error *error)
{
    const struct mat_variable *variable = turn->variable;
    if (!mat_data_begin(turn->reader, &turn->matrix, &turn->data, error))
        return false;
    if (variable->is_label)
        return take_labels(reading, turn, error);
    size_t count = (size_t)(turn->matrix.count / turn->file->num_samples);
    uint32_t *places = make_places(variable, count, error);
    if (error->kind != ERROR_NONE)
        return false;
    turn->gathering = (struct gathering){
        .places = places, .step = 1, .item = dtype_size(variable->dtype), .count = count};
    bool good = variable->axis == MAT_AXIS_FIRST ? take_columns(reading, turn, error)
                                                 : take_rows(reading, turn, error);
    free(places);
    return good;
}

static bool read_variable(struct reading *reading, struct mat_reader *reader, struct mat_file *file,
                          const struct mat_matrix *matrix, struct error *error)
{
    const struct mat_variable *variable = mat_file_find(file, matrix->name);
    if (!variable || !variable->feature_name)
        return true;
    const struct mat_matrix *seen = &variable->matrix;
    if (seen->class != matrix->class || seen->rank != matrix->rank ||
        memcmp(seen->shape, matrix->shape, sizeof seen->shape) != 0)
        return error_set(error, ERROR_INPUT, "%s: changed while it was read",
                         source_where(reading->source));
    struct turn turn = {.reader = reader, .matrix = *matrix, .file = file, .variable = variable};
    return take_values(reading, &turn, error) && mat_finish(reader, error);
}

static bool read_file(struct reading *reading, const char *member, struct error *error)
{
    struct mat_file *file = mat_survey_find(&reading->survey, member);
    struct mat_reader reader;
    struct mat_matrix matrix;
    if (!file)
        return error_set(error, ERROR_INPUT, "%s: changed while it was read",
                         source_where(reading->source));
    int more = mat_open(&reader, reading->source, error) ? 1 : -1;
    while (more > 0 && (more = mat_next(&reader, &matrix, error)) > 0)
        if (!read_variable(reading, &reader, file, &matrix, error))
            more = -1;
    mat_close(&reader);
    reading->tally.samples[file->split] += file->num_samples;
    return more == 0;
}

// Names for labels that count from 1; NULL with the error.
static char **make_names(size_t count, struct error *error)
{
    char **names = calloc(count, sizeof *names);
    bool good = names;
    for (size_t i = 0; good && i < count; i++)
        good = asprintf(&names[i], "%zu", i + 1) > 0;
    if (good)
        return names;
    error_memory(error);
    for (size_t i = 0; names && i < count; i++)
        free(names[i]);
    free(names);
    return NULL;
}

static bool declare_classes(struct reading *reading, struct card_file *card, int feature,
                            struct error *error)
{
    const struct labels *labels = &reading->labels[feature];
    if (reading->survey.is_svhn) {
        const struct known *known = known_find("svhn");
        const struct known_feature *model = known_feature(known, "label");
        return labels_declare(labels, card, reading->writer, feature, model->classes,
                              model->num_classes, known->title, error);
    }
    if (reading->survey.label_base == 0)
        return labels_declare(labels, card, reading->writer, feature, NULL, 0, "", error);
    size_t count = reading->survey.num_label_values;
    char **names = make_names(count, error);
    if (!names)
        return false;
    bool good = labels_declare(labels, card, reading->writer, feature, (const char *const *)names,
                               count, "the file", error);
    for (size_t i = 0; i < count; i++)
        free(names[i]);
    free(names);
    return good;
}

static bool finish(void *context, struct card_file *card, struct error *error)
{
    struct reading *reading = context;
    const struct schema *schema = writer_schema(reading->writer);
    bool has_image = false, has_class = false;
    for (size_t i = 0; i < schema->num_features; i++) {
        has_image |= schema->features[i].kind == FEATURE_IMAGE;
        if (schema->features[i].kind != FEATURE_CLASS)
            continue;
        has_class = true;
        if (!declare_classes(reading, card, (int)i, error))
            return false;
    }
    const char *left_out = buffer_text(&reading->survey.left_out);
    if (!left_out)
        return error_memory(error);
    return describe(card, reading->survey.is_svhn ? known_find("svhn") : NULL,
                    has_image && has_class ? "image-classification" : "other", &reading->tally,
                    reading->writer, error) &&
           (!*left_out ||
            writer_warn(reading->writer, error,
                        "Left out, since they hold no number for each sample: %s.", left_out));
}

static bool read_members(struct reading *reading, struct error *error)
{
    struct source_member member;
    enum source_step step;
    while ((step = source_next(reading->source, &member, error)) == SOURCE_MEMBER)
        if (!naming_is_note(member.name) && !read_file(reading, member.name, error))
            return false;
    return step == SOURCE_END;
}

static bool read_all(struct reading *reading, struct error *error)
{
    const char *dataset = writer_options(reading->writer)->name;
    if (!mat_survey_take(&reading->survey, reading->source, dataset, error) ||
        !mat_survey_declare(&reading->survey, reading->writer, error))
        return false;
    reading->num_labels = writer_schema(reading->writer)->num_features;
    reading->labels = calloc(reading->num_labels, sizeof *reading->labels);
    if (!reading->labels)
        return error_memory(error);
    for (size_t i = 0; i < reading->num_labels; i++)
        reading->labels[i].unit = "value";
    if (!read_members(reading, error))
        return false;
    return card_finish(reading->source, finish, reading, error);
}

static bool read_source(struct source *source, struct writer *writer, struct error *error)
{
    struct reading reading = {.source = source, .writer = writer};
    bool good = read_all(&reading, error);
    for (size_t i = 0; reading.labels && i < reading.num_labels; i++)
        labels_clear(&reading.labels[i]);
    free(reading.labels);
    buffer_free(&reading.in);
    buffer_free(&reading.out);
    mat_survey_clear(&reading.survey);
    return good;
}

const struct format FORMAT_MAT = {
    .name = "mat",
    .about = "MATLAB's MAT files of version 5, compressed or not: the Street View House Numbers "
             "(train_32x32.mat …), arrays of numbers",
    .recognises = "the header of a MAT file, and nothing else beside",
    .details =
        "Each array of real numbers is a feature. The last axis counts the samples where there are "
        "three or more (`X` of 32×32×3×N), else the first one (N×784), and values are put into C "
        "order. `uint8` arrays of an image's shape called `X`, `data` or `images` are the feature "
        "`image`; a vector of whole numbers called `y` or `labels` is the class feature `label`, "
        "whose ids count from 0 also where the file counts from 1.\n"
        "In the Street View House Numbers 10 means the digit 0. Files called `train`, `test` or "
        "`extra` are these splits.\n"
        "Variables that are no numbers for each sample are left out with a warning. Files of "
        "version 7.3 (HDF5) and 4 are refused.",
    .examples = "samplecase add svhn train_32x32.mat test_32x32.mat",
    .probe = probe,
    .read = read_source,
};
