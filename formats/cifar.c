// SPDX-License-Identifier: MIT
// CIFAR-10 and CIFAR-100 in their binary form and as Python's pickles: the published .tar.gz, a
// folder, or single files. Samples of pickles are read as if they were records.
#include "formats/cifar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/cifar_layout.h"
#include "formats/cifar_names.h"
#include "formats/cifar_python.h"
#include "formats/cifar_waiting.h"
#include "formats/describe.h"
#include "formats/labels.h"
#include "formats/pickle_member.h"
#include "formats/source.h"
#include "store/writer.h"

enum { BLOCK_RECORDS = 64 };

struct reading {
    struct source *source;
    struct writer *writer;
    const struct cifar_layout *layout;
    int image;
    int features[CIFAR_MAX_LABELS]; // by label byte
    struct labels labels[CIFAR_MAX_LABELS];
    struct cifar_names names[CIFAR_MAX_LABELS];
    int parents[CIFAR_MAX_CLASSES]; // of the finer classes; -1 while unknown
    struct cifar_waiting waiting;
    bool is_pickle; // of the present member
    struct tally tally;
    uint64_t num_records;
    uint8_t records[BLOCK_RECORDS * (CIFAR_MAX_LABELS + CIFAR_IMAGE)];
    uint8_t pixels[BLOCK_RECORDS * CIFAR_IMAGE];
    uint8_t values[CIFAR_MAX_LABELS][BLOCK_RECORDS];
};

static enum probe probe(const struct source *source)
{
    enum probe best = PROBE_NO;
    for (size_t i = 0; i < source_num_glimpsed(source); i++) {
        const struct source_member *member = source_glimpsed(source, i);
        struct cifar_member kind = cifar_member_of(member->name);
        if (kind.role == CIFAR_NAMES && !kind.is_pickle && best == PROBE_NO)
            best = PROBE_NAME;
        if (kind.is_pickle && kind.role != CIFAR_OTHER &&
            cifar_python_is(member->head, member->head_size))
            return PROBE_CONTENT;
        if (kind.role != CIFAR_RECORDS || kind.is_pickle)
            continue;
        for (size_t j = 0; j < 2; j++) {
            bool fits =
                cifar_layout_fits(&CIFAR_LAYOUTS[j], member->size, member->head, member->head_size);
            bool is_named = kind.layout == &CIFAR_LAYOUTS[j];
            if (fits && (is_named || member->size != SOURCE_SIZE_UNKNOWN))
                return PROBE_CONTENT;
            if (fits || is_named || cifar_layout_fits_size(&CIFAR_LAYOUTS[j], member->size))
                best = PROBE_NAME;
        }
    }
    return best;
}

// Turns planes into pixels: R…G…B… to RGBRGB….
static void interleave(uint8_t *restrict to, const uint8_t *restrict from)
{
    for (size_t i = 0; i < CIFAR_PIXELS; i++) {
        to[3 * i] = from[i];
        to[3 * i + 1] = from[CIFAR_PIXELS + i];
        to[3 * i + 2] = from[2 * CIFAR_PIXELS + i];
    }
}

// "record 3, byte 9219"; a pickle has no byte for it.
static const char *place_of(const struct reading *reading, uint64_t at, unsigned label, char *text)
{
    unsigned long long record = at / reading->layout->record;
    if (reading->is_pickle)
        sprintf(text, "sample %llu", record);
    else
        sprintf(text, "record %llu, byte %llu", record, (unsigned long long)at + label);
    return text;
}

// Checks and notes the labels of one record, which begins at byte `at` of the member `where`, or
// would begin there if the pickle held records.
static bool take_labels(struct reading *reading, const uint8_t *record, size_t i, uint64_t at,
                        const char *where, struct error *error)
{
    const struct cifar_layout *layout = reading->layout;
    char place[64];
    for (unsigned j = 0; j < CIFAR_MAX_LABELS && j < layout->num_labels; j++) {
        uint8_t value = record[j];
        if (value >= layout->labels[j].num_classes)
            return error_set(
                error, ERROR_INPUT, "%s: %s: %s is %u, but %s has %u of them (0 to %u)", where,
                place_of(reading, at, j, place), layout->labels[j].feature, value, layout->title,
                layout->labels[j].num_classes, layout->labels[j].num_classes - 1);
        reading->values[j][i] = value;
        if (!labels_add(&reading->labels[j], value,
                        reading->is_pickle ? at / layout->record : at + j, error))
            return false;
    }
    if (layout->num_labels < 2)
        return true;
    int *parent = &reading->parents[record[1]];
    if (*parent >= 0 && *parent != record[0])
        return error_set(error, ERROR_INPUT,
                         "%s: %s: %s %u comes with %s %u here, but with %d before", where,
                         place_of(reading, at, 0, place), layout->labels[1].feature, record[1],
                         layout->labels[0].feature, record[0], *parent);
    *parent = record[0];
    return true;
}

// Appends records, at most BLOCK_RECORDS, the first of which begins at byte `at` of the member.
static bool take_block(struct reading *reading, const uint8_t *records, size_t count, int split,
                       uint64_t at, const char *where, struct error *error)
{
    const struct cifar_layout *layout = reading->layout;
    for (size_t i = 0; i < count; i++) {
        const uint8_t *record = records + i * layout->record;
        if (!take_labels(reading, record, i, at + i * layout->record, where, error))
            return false;
        interleave(reading->pixels + i * CIFAR_IMAGE, record + layout->num_labels);
    }
    if (!writer_append(reading->writer, split, reading->image, reading->pixels, count, error))
        return false;
    for (unsigned j = 0; j < layout->num_labels; j++)
        if (!writer_append(reading->writer, split, reading->features[j], reading->values[j], count,
                           error))
            return false;
    reading->tally.samples[split] += count;
    reading->num_records += count;
    return true;
}

static bool begin_labels(struct reading *reading, const char *where, bool is_pickle,
                         struct error *error)
{
    reading->is_pickle = is_pickle;
    for (unsigned j = 0; j < reading->layout->num_labels; j++) {
        reading->labels[j].unit = is_pickle ? "sample" : "byte";
        if (!labels_member(&reading->labels[j], where, error))
            return false;
    }
    return true;
}

static bool is_whole(struct reading *reading, uint64_t size, const char *where, struct error *error)
{
    size_t record = reading->layout->record;
    return size % record == 0 ||
           error_set(error, ERROR_INPUT,
                     "%s: has %llu bytes, which is %llu records of %zu (%s) and %llu "
                     "bytes more",
                     where, (unsigned long long)size, (unsigned long long)(size / record), record,
                     reading->layout->title, (unsigned long long)(size % record));
}

// Appends the records of the present member.
static bool read_records(struct reading *reading, int split, struct error *error)
{
    const char *where = source_where(reading->source);
    size_t record = reading->layout->record;
    if (!begin_labels(reading, where, false, error))
        return false;
    for (;;) {
        uint64_t at = source_offset(reading->source);
        int64_t got = source_read(reading->source, reading->records, BLOCK_RECORDS * record, error);
        if (got < 0)
            return false;
        size_t count = (size_t)got / record;
        if (count > 0 && !take_block(reading, reading->records, count, split, at, where, error))
            return false;
        if (!is_whole(reading, source_offset(reading->source), where, error))
            return false;
        if (count < BLOCK_RECORDS)
            return true;
    }
}

// Appends the samples of a pickle.
static bool take_pickle(struct reading *reading, const struct pickle *pickle, int split,
                        const char *where, struct error *error)
{
    struct cifar_python batch;
    size_t record = reading->layout->record;
    if (!begin_labels(reading, where, true, error))
        return false;
    if (!cifar_python_open(&batch, reading->layout, pickle_root(pickle), error)) {
        error_prefix(error, "%s", where);
        return false;
    }
    for (size_t first = 0; first < batch.count; first += BLOCK_RECORDS) {
        size_t left = batch.count - first, count = left < BLOCK_RECORDS ? left : BLOCK_RECORDS;
        cifar_python_records(&batch, first, count, reading->records);
        if (!take_block(reading, reading->records, count, split, first * record, where, error))
            return false;
    }
    return true;
}

// Appends the samples of the present member, which is a pickle, or takes its names.
static bool read_pickle(struct reading *reading, uint64_t size, bool is_names, int split,
                        struct error *error)
{
    struct pickle_member member;
    const char *where = source_where(reading->source);
    if (!pickle_member_read(&member, reading->source, size, error))
        return false;
    bool good = is_names ? cifar_python_names(reading->names, reading->layout,
                                              pickle_root(member.pickle), error)
                         : take_pickle(reading, member.pickle, split, where, error);
    if (!good && is_names)
        error_prefix(error, "%s", where);
    pickle_member_clear(&member);
    return good;
}

// The same for a pickle that had to wait for its turn.
static bool take_waiting_pickle(struct reading *reading, const struct cifar_batch *batch, int split,
                                struct error *error)
{
    struct pickle *pickle = pickle_read(batch->bytes, batch->size, 0, error);
    if (!pickle) {
        error_prefix(error, "%s", batch->where);
        return false;
    }
    bool good = take_pickle(reading, pickle, split, batch->where, error);
    pickle_free(pickle);
    return good;
}

// Appends the records of a batch that had to wait for its turn, and frees it.
static bool take_waiting(struct reading *reading, struct cifar_batch *batch, int split,
                         struct error *error)
{
    size_t record = reading->layout->record;
    bool good = batch->is_pickle ? take_waiting_pickle(reading, batch, split, error)
                                 : begin_labels(reading, batch->where, false, error) &&
                                       is_whole(reading, batch->size, batch->where, error);
    for (size_t at = 0; good && !batch->is_pickle && at < batch->size;
         at += BLOCK_RECORDS * record) {
        size_t left = (batch->size - at) / record;
        good = take_block(reading, batch->bytes + at, left < BLOCK_RECORDS ? left : BLOCK_RECORDS,
                          split, at, batch->where, error);
    }
    cifar_batch_free(batch);
    return good;
}

// The batches of CIFAR-10 lie in the archive in any order; their numbers say the right one.
static bool read_batch(struct reading *reading, const struct cifar_member *kind, uint64_t size,
                       int split, struct error *error)
{
    switch (cifar_waiting_turn(&reading->waiting, kind->batch)) {
    case CIFAR_TURN_NOW:
        if (!(kind->is_pickle ? read_pickle(reading, size, false, split, error)
                              : read_records(reading, split, error)))
            return false;
        break;
    case CIFAR_TURN_LATER:
        return cifar_waiting_add(&reading->waiting, kind->batch, kind->is_pickle, reading->source,
                                 error);
    case CIFAR_TURN_GONE:
        return error_set(error, ERROR_INPUT, "%s: there is another batch %lu",
                         source_where(reading->source), kind->batch);
    }
    struct cifar_batch batch;
    while (cifar_waiting_take(&reading->waiting, false, &batch))
        if (!take_waiting(reading, &batch, split, error))
            return false;
    return true;
}

static bool read_member(struct reading *reading, const struct source_member *member,
                        struct error *error)
{
    struct cifar_member kind = cifar_member_of(member->name);
    const char *where = source_where(reading->source);
    if (kind.role == CIFAR_NOTE)
        return true;
    if (kind.role == CIFAR_OTHER)
        return error_set(error, ERROR_INPUT,
                         "%s: is no part of %s, which has .bin files and lists of "
                         "names, or pickles",
                         where, reading->layout->title);
    if (kind.layout && kind.layout != reading->layout)
        return error_set(error, ERROR_INPUT,
                         "%s: belongs to %s, the others to %s; add one dataset at "
                         "a time",
                         where, kind.layout->title, reading->layout->title);
    if (kind.role == CIFAR_NAMES && kind.is_pickle)
        return read_pickle(reading, member->size, true, -1, error);
    if (kind.role == CIFAR_NAMES)
        return cifar_names_read(&reading->names[kind.label], reading->layout, kind.label,
                                reading->source, error);
    if (member->size != SOURCE_SIZE_UNKNOWN && !kind.is_pickle &&
        !is_whole(reading, member->size, where, error))
        return false;
    int split = writer_split(reading->writer, kind.split, error);
    if (split < 0)
        return false;
    return kind.batch > 0   ? read_batch(reading, &kind, member->size, split, error)
           : kind.is_pickle ? read_pickle(reading, member->size, false, split, error)
                            : read_records(reading, split, error);
}

static bool read_members(struct reading *reading, struct error *error)
{
    struct source_member member;
    enum source_step step;
    while ((step = source_next(reading->source, &member, error)) == SOURCE_MEMBER)
        if (!read_member(reading, &member, error))
            return false;
    if (step == SOURCE_FAILED)
        return false;
    struct cifar_batch batch;
    while (cifar_waiting_take(&reading->waiting, true, &batch)) {
        int split = writer_split(reading->writer, "train", error);
        if (split < 0) {
            cifar_batch_free(&batch);
            return false;
        }
        if (!take_waiting(reading, &batch, split, error))
            return false;
    }
    return reading->num_records > 0 || error_set(error, ERROR_INPUT, "there is no record");
}

// The image, then the labels from the finest to the coarsest.
static bool declare(struct reading *reading, struct error *error)
{
    char image_name[] = "image";
    struct feature image = {.name = image_name,
                            .kind = FEATURE_IMAGE,
                            .dtype = DTYPE_UINT8,
                            .rank = 3,
                            .shape = {32, 32, 3},
                            .white = 255,
                            .parent = -1};
    reading->image = writer_feature(reading->writer, &image, error);
    if (reading->image < 0)
        return false;
    for (unsigned j = reading->layout->num_labels; j-- > 0;) {
        char *name = strdup(reading->layout->labels[j].feature);
        if (!name)
            return error_memory(error);
        bool is_finest = j + 1 == reading->layout->num_labels;
        struct feature label = {.name = name,
                                .kind = FEATURE_CLASS,
                                .dtype = DTYPE_UINT8,
                                .target = is_finest,
                                .parent = j > 0 ? reading->image + 2 : -1};
        reading->features[j] = writer_feature(reading->writer, &label, error);
        free(name);
        if (reading->features[j] < 0)
            return false;
    }
    return true;
}

// Whether the names that came with the records are those that were published, but for a few:
// mirrors differ in spelling.
static bool has_known_names(const struct reading *reading, const struct known *known)
{
    for (unsigned j = 0; j < reading->layout->num_labels; j++) {
        const struct known_feature *model =
            known_feature(known, reading->layout->labels[j].feature);
        size_t same = 0;
        for (size_t i = 0; i < reading->names[j].count; i++)
            same += strcmp(reading->names[j].names[i], model->classes[i]) == 0;
        if (same * 10 < reading->names[j].count * 9)
            return false;
    }
    return true;
}

static bool finish(void *context, struct card_file *card, struct error *error)
{
    struct reading *reading = context;
    const struct cifar_layout *layout = reading->layout;
    const struct known *model = known_find(layout->known);
    const char *dataset = writer_options(reading->writer)->name;
    bool is_known =
        has_known_names(reading, model) || (dataset && strcmp(dataset, model->name) == 0);
    for (unsigned j = 0; j < layout->num_labels; j++) {
        const struct known_feature *feature = known_feature(model, layout->labels[j].feature);
        const struct cifar_names *own = &reading->names[j];
        if (!labels_declare(&reading->labels[j], card, reading->writer, reading->features[j],
                            own->count > 0 ? own->names : feature->classes,
                            own->count > 0 ? own->count : feature->num_classes, layout->title,
                            error))
            return false;
    }
    for (long id = 0; layout->num_labels == 2 && id < CIFAR_MAX_CLASSES; id++)
        if (reading->parents[id] >= 0 && !writer_class_parent(reading->writer, reading->features[1],
                                                              id, reading->parents[id], error))
            return false;
    return describe(card, is_known ? model : NULL, "image-classification", &reading->tally,
                    reading->writer, error);
}

static bool read_all(struct reading *reading, struct error *error)
{
    reading->layout =
        cifar_layout_choose(reading->source, writer_options(reading->writer)->name, error);
    if (!reading->layout || !declare(reading, error) || !read_members(reading, error))
        return false;
    return card_finish(reading->source, finish, reading, error);
}

static bool read_source(struct source *source, struct writer *writer, struct error *error)
{
    struct reading *reading = calloc(1, sizeof *reading);
    if (!reading)
        return error_memory(error);
    reading->source = source;
    reading->writer = writer;
    for (size_t i = 0; i < CIFAR_MAX_CLASSES; i++)
        reading->parents[i] = -1;
    bool good = read_all(reading, error);
    for (size_t j = 0; j < CIFAR_MAX_LABELS; j++) {
        labels_clear(&reading->labels[j]);
        cifar_names_clear(&reading->names[j]);
    }
    cifar_waiting_clear(&reading->waiting);
    free(reading);
    return good;
}

const struct format FORMAT_CIFAR = {
    .name = "cifar",
    .about = "CIFAR-10 and CIFAR-100, binary or as Python's pickles (cifar-10-binary.tar.gz, "
             "cifar-100-python.tar.gz)",
    .recognises = ".bin files of whole records with believable labels, the lists of class names, "
                  "or pickles of the names that CIFAR has (data_batch_1, train, meta)",
    .details =
        "`data_batch_N.bin` and `train.bin` are the split `train`, `test_batch.bin` and `test.bin` "
        "the split `test`; the same without an ending are Python's pickles, which are read as data "
        "and never run. Equal images give an equal revision from either.\n"
        "A record becomes an image of 32×32 RGB pixels and its class: `label` for CIFAR-10; for "
        "CIFAR-100 `fine_label` and `coarse_label`, whose classes are the parents of the fine "
        "ones, "
        "as the records themselves say.\n"
        "Class names come from `batches.meta.txt`, `fine_label_names.txt` and "
        "`coarse_label_names.txt` beside the records, or from `batches.meta` and `meta`, else they "
        "are the published ones.",
    .examples = "samplecase add cifar10 cifar-10-binary.tar.gz\n"
                "samplecase add cifar100 cifar-100-python.tar.gz",
    .probe = probe,
    .read = read_source,
};
