// SPDX-License-Identifier: MIT
// numpy's arrays: .npy files and .npz archives of them, as Keras publishes MNIST, the houses of
// Boston, and the reviews and newswires as lists of word ids. They are read twice, since what some
// of them are depends on their values (npy_plan.h).
#include "formats/npy.h"

#include <stdlib.h>
#include <string.h>

#include "formats/describe.h"
#include "formats/identity.h"
#include "formats/naming.h"
#include "formats/npy_plan.h"
#include "formats/npy_survey.h"
#include "formats/npy_tokens.h"
#include "formats/npy_values.h"
#include "formats/source.h"
#include "store/writer.h"

struct reading {
    struct source *source;
    struct writer *writer;
    struct npy_survey survey;
    struct npy_plan plan;
    struct identity identity;
    struct tally tally;
    struct buffer narrow; // classes as they are stored, or a column
};

static enum probe probe(const struct source *source)
{
    enum probe best = PROBE_NO;
    for (size_t i = 0; i < source_num_glimpsed(source); i++) {
        const struct source_member *member = source_glimpsed(source, i);
        if (npy_header_is(member->head, member->head_size))
            return PROBE_CONTENT;
        if (naming_ends_in(member->name, ".npy"))
            best = PROBE_NAME;
    }
    return best;
}

// An array on its way to the writer.
struct passing {
    struct reading *reading;
    const struct npy_array *array;
    struct digest digest; // of the IDX file that would hold the same
};

static bool append_classes(const struct passing *passing, const void *values, uint64_t first,
                           uint64_t count, struct error *error)
{
    struct reading *reading = passing->reading;
    struct npy_feature *feature = &reading->plan.features[passing->array->feature];
    size_t item = dtype_size(feature->dtype);
    reading->narrow.size = 0;
    char *to = buffer_reserve(&reading->narrow, count * item);
    if (!to)
        return error_memory(error);
    for (uint64_t i = 0; i < count; i++) {
        long long value = dtype_integer(passing->array->header.type.dtype, values, i);
        if (value < 0 || value >= NPY_MAX_SMALL)
            return error_set(error, ERROR_INPUT, "%s: sample %llu: changed while it was read",
                             source_where(reading->source), (unsigned long long)(first + i));
        if (!labels_add(&feature->labels, (uint64_t)value, first + i, error))
            return false;
        memcpy(to + i * item, &value, item); // little-endian
    }
    return writer_append(reading->writer, passing->array->split_number, feature->number, to, count,
                         error);
}

static bool append_columns(const struct passing *passing, const uint8_t *values, uint64_t count,
                           struct error *error)
{
    struct reading *reading = passing->reading;
    const struct npy_header *header = &passing->array->header;
    size_t item = dtype_size(header->type.dtype);
    for (uint64_t column = 0; column < header->row_items; column++) {
        reading->narrow.size = 0;
        char *to = buffer_reserve(&reading->narrow, count * item);
        if (!to)
            return error_memory(error);
        for (uint64_t i = 0; i < count; i++)
            memcpy(to + i * item, values + (i * header->row_items + column) * item, item);
        int feature = reading->plan.features[passing->array->feature].number + (int)column;
        if (!writer_append(reading->writer, passing->array->split_number, feature, to, count,
                           error))
            return false;
    }
    return true;
}

static bool append(void *context, void *values, uint64_t first, uint64_t count, struct error *error)
{
    struct passing *passing = context;
    struct reading *reading = passing->reading;
    const struct npy_feature *feature = &reading->plan.features[passing->array->feature];
    size_t item = dtype_size(passing->array->header.type.dtype);
    if (item == 1)
        digest_update(&passing->digest, values, count * passing->array->header.row_items);
    switch (feature->form) {
    case NPY_AS_CLASS:
        return append_classes(passing, values, first, count, error);
    case NPY_AS_COLUMNS:
        return append_columns(passing, values, count, error);
    case NPY_AS_ROWS:
    case NPY_AS_TOKENS:
        break;
    }
    return writer_append(reading->writer, passing->array->split_number, feature->number, values,
                         count, error);
}

// Begins the hash of the IDX file that would hold the array (idx_header.h): the known datasets that
// are published in IDX are recognised by it.
static void begin_digest(struct passing *passing)
{
    const struct npy_header *header = &passing->array->header;
    uint8_t idx[4 + 4 * NPY_MAX_RANK] = {0, 0, 8, (uint8_t)header->rank};
    for (unsigned i = 0; i < header->rank; i++)
        for (unsigned j = 0; j < 4; j++)
            idx[4 + 4 * i + j] = (uint8_t)(header->shape[i] >> (24 - 8 * j));
    digest_init(&passing->digest);
    digest_update(&passing->digest, idx, 4 + 4 * (size_t)header->rank);
}

static bool read_values(struct reading *reading, const struct npy_array *array, unsigned pass,
                        struct error *error)
{
    struct passing passing = {.reading = reading, .array = array};
    begin_digest(&passing);
    if (!npy_values_rows(reading->source, &array->header, pass, append, &passing, error))
        return false;
    char sha256[DIGEST_HEX];
    digest_hex(&passing.digest, sha256);
    return identity_note(&reading->identity, sha256, array->member, error);
}

// Reads what a pass (from 0) wants of the present member: only large arrays in Fortran order need
// more than one.
static bool read_member(struct reading *reading, const struct source_member *member, unsigned pass,
                        struct error *error)
{
    if (naming_is_note(member->name) || naming_ends_in(member->name, ".json"))
        return true;
    const struct npy_array *array = npy_survey_find(&reading->survey, member->name);
    uint8_t bytes[NPY_MAX_HEADER];
    if (!array || source_read(reading->source, bytes, array->header.size, error) < 0)
        return error_set(error, ERROR_INPUT, "%s: changed while it was read",
                         source_where(reading->source));
    struct npy_feature *feature = &reading->plan.features[array->feature];
    unsigned passes = array->header.type.is_object ? 1 : npy_values_passes(&array->header, error);
    if (passes == 0)
        error_prefix(error, "%s", source_where(reading->source));
    if (passes <= pass)
        return passes > 0;
    if (pass == 0) {
        if (!labels_member(&feature->labels, source_where(reading->source), error))
            return false;
        if (array->feature == 0)
            reading->tally.samples[array->split_number] += array->header.shape[0];
    }
    if (feature->form == NPY_AS_TOKENS)
        return npy_tokens_read(reading->source, &array->header, reading->writer,
                               array->split_number, feature->number, error);
    return read_values(reading, array, pass, error);
}

static bool read_members(struct reading *reading, struct error *error)
{
    unsigned passes = 1;
    for (size_t i = 0; i < reading->survey.num_arrays; i++) {
        const struct npy_array *array = &reading->survey.arrays[i];
        unsigned own = array->header.type.is_object ? 1 : npy_values_passes(&array->header, error);
        if (own == 0) {
            error_prefix(error, "%s", array->member);
            return false;
        }
        passes = own > passes ? own : passes;
    }
    for (unsigned pass = 0; pass < passes; pass++) {
        struct source_member member;
        enum source_step step;
        if (pass > 0 && !source_rewind(reading->source, error))
            return false;
        while ((step = source_next(reading->source, &member, error)) == SOURCE_MEMBER)
            if (!read_member(reading, &member, pass, error))
                return false;
        if (step == SOURCE_FAILED)
            return false;
    }
    return identity_note_files(&reading->identity, reading->source, error);
}

// The words belong to the only token feature.
static bool write_words(struct reading *reading, struct error *error)
{
    const struct npy_feature *tokens = NULL;
    for (size_t i = 0; i < reading->plan.num_features; i++)
        if (reading->plan.features[i].form == NPY_AS_TOKENS) {
            if (tokens)
                return error_set(error, ERROR_INPUT,
                                 "%s: there are several arrays of tokens (%s, %s) that the word "
                                 "index could be for; add one of them at a time",
                                 reading->survey.words_member, tokens->name,
                                 reading->plan.features[i].name);
            tokens = &reading->plan.features[i];
        }
    if (!tokens)
        return error_set(error, ERROR_INPUT,
                         "%s: there is no array of tokens (lists of whole numbers) that the word "
                         "index could be for",
                         reading->survey.words_member);
    return word_index_write(&reading->survey.words, reading->writer, tokens->number, error);
}

// A known dataset whose features these are and that is published in a file of that name.
static const struct known *known_by_file(const struct reading *reading)
{
    for (size_t i = 0; i < source_num_files(reading->source); i++)
        for (size_t j = 0; KNOWN[j]; j++)
            for (size_t k = 0; k < KNOWN[j]->num_files; k++) {
                const char *file = KNOWN[j]->files[k].file;
                if (naming_ends_in(file, ".npz") &&
                    strcmp(naming_base(source_file(reading->source, i).file), file) == 0 &&
                    known_fits(KNOWN[j], writer_schema(reading->writer)))
                    return KNOWN[j];
            }
    return NULL;
}

static bool finish(void *context, struct card_file *card, struct error *error)
{
    struct reading *reading = context;
    if (!identity_settle(&reading->identity, reading->writer, error))
        return false;
    const struct known *known = reading->plan.is_boston   ? known_find("boston_housing")
                                : reading->identity.known ? reading->identity.known
                                                          : known_by_file(reading);
    for (size_t i = 0; i < reading->plan.num_features; i++) {
        const struct npy_feature *feature = &reading->plan.features[i];
        if (feature->form != NPY_AS_CLASS)
            continue;
        const struct known_feature *model = known ? known_feature(known, feature->name) : NULL;
        if (!labels_declare(&feature->labels, card, reading->writer, feature->number,
                            model ? model->classes : NULL, model ? model->num_classes : 0,
                            known ? known->title : "", error))
            return false;
    }
    if (reading->survey.words_member && !write_words(reading, error))
        return false;
    return describe(card, known, reading->plan.task, &reading->tally, reading->writer, error);
}

static bool read_all(struct reading *reading, struct error *error)
{
    const char *dataset = writer_options(reading->writer)->name;
    if (!npy_survey_take(&reading->survey, reading->source, error) ||
        !npy_plan_make(&reading->plan, &reading->survey, dataset, error) ||
        !npy_plan_declare(&reading->plan, &reading->survey, reading->writer, error) ||
        !read_members(reading, error))
        return false;
    return card_finish(reading->source, finish, reading, error);
}

static bool read_source(struct source *source, struct writer *writer, struct error *error)
{
    struct reading reading = {.source = source, .writer = writer};
    bool good = read_all(&reading, error);
    npy_plan_clear(&reading.plan);
    npy_survey_clear(&reading.survey);
    identity_clear(&reading.identity);
    buffer_free(&reading.narrow);
    return good;
}

const struct format FORMAT_NPY = {
    .name = "npy",
    .about = "arrays of numpy (.npy, .npz): images, numbers, labels, lists of word ids",
    .recognises = "files that begin with \"\\x93NUMPY\", alone or in an .npz or another archive",
    .details =
        "The first or last word of an array's name is its split (`x_train`, `test_images`, "
        "`val/y`); "
        "without one, arrays of the same length are the split `all`. Arrays of one name in several "
        "splits are one feature: `images` and `x` of pictures become `image`, `labels`, `y` and "
        "`target` of classes become `label`; any other name stays. Both orders and byte orders are "
        "read; float16 becomes float32.\n"
        "uint8 arrays with three axes are grey images, with a fourth of 1, 3 or 4 they have "
        "channels. Other numbers in these shapes are images too and stay as they are: with three "
        "axes when both sides are at least 8 and all values lie between 0 and 255, with channels "
        "when all are finite. They are shown with white at 1 when no value is larger, at 16 for "
        "pictures of at most 8×8 without larger values, else at 255 or the largest value.\n"
        "Whole numbers called `y`, `label`, `target` or `class` are classes when they count up "
        "from "
        "0 or 1 without a gap and are half as many as the samples at most, beside images also with "
        "gaps (below 1000). Other arrays of single numbers are scalars, all else is an array a "
        "sample.\n"
        "Arrays of objects (pickles, which are read as data and never run) hold a list of whole "
        "numbers for each sample: `tokens`. A JSON file beside them is their word index.\n"
        "MNIST, Fashion-MNIST and the houses of Boston are known by what they hold, and give the "
        "same revision as from their other files.",
    .examples = "samplecase add mnist mnist.npz\n"
                "samplecase add imdb imdb.npz imdb_word_index.json\n"
                "samplecase add mine x_train.npy y_train.npy x_test.npy y_test.npy",
    .probe = probe,
    .read = read_source,
};
