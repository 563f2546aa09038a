// SPDX-License-Identifier: MIT
// IDX, the format of MNIST and of the many datasets made after it: one array a file, one file for
// each feature of each split (idx_header.h, idx_survey.h).
#include "formats/idx.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "formats/describe.h"
#include "formats/identity.h"
#include "formats/idx_survey.h"
#include "formats/labels.h"
#include "formats/naming.h"
#include "formats/source.h"
#include "store/writer.h"

enum { BLOCK = 1 << 20 };

struct reading {
    struct source *source;
    struct writer *writer;
    struct idx_survey survey;
    struct labels *labels; // by feature; owned
    size_t num_labels;
    struct tally tally;
    struct identity identity;
    struct buffer rows;
};

static bool has_idx_name(const char *member)
{
    const char *at = naming_base(member), *end = at + strlen(at);
    size_t size;
    for (; (size = naming_word(&at, (size_t)(end - at))) > 0; at += size)
        if (size >= 3 &&
            (strncmp(at, "idx", 3) == 0 || (size == 5 && strncmp(at, "ubyte", 5) == 0)))
            return true;
    return false;
}

static enum probe probe_member(const struct source_member *member)
{
    bool is_named = has_idx_name(member->name);
    if (!idx_header_is(member->head, member->head_size))
        return is_named ? PROBE_NAME : PROBE_NO;
    struct idx_header header;
    bool is_whole = idx_header_parse(&header, member->head, member->head_size, NULL) &&
                    (member->size == header.file_bytes || (member->size == SOURCE_SIZE_UNKNOWN &&
                                                           !naming_ends_in(member->name, ".bin")));
    return is_named || is_whole ? PROBE_CONTENT : PROBE_NO;
}

static enum probe probe(const struct source *source)
{
    enum probe best = PROBE_NO;
    for (size_t i = 0; i < source_num_glimpsed(source); i++) {
        enum probe found = probe_member(source_glimpsed(source, i));
        if (found > best)
            best = found;
    }
    return best;
}

// Turns big-endian values into this machine's (little-endian) order.
static void swap(void *bytes, uint64_t size, size_t item)
{
    uint8_t *at = bytes, *end = at + size;
    for (; item == 2 && at < end; at += 2) {
        uint16_t value;
        memcpy(&value, at, 2);
        value = be16toh(value);
        memcpy(at, &value, 2);
    }
    for (; item == 4 && at < end; at += 4) {
        uint32_t value;
        memcpy(&value, at, 4);
        value = be32toh(value);
        memcpy(at, &value, 4);
    }
    for (; item == 8 && at < end; at += 8) {
        uint64_t value;
        memcpy(&value, at, 8);
        value = be64toh(value);
        memcpy(at, &value, 8);
    }
}

static bool check_labels(struct reading *reading, const struct idx_file *file, uint64_t count,
                         uint64_t at, struct error *error)
{
    struct labels *labels = &reading->labels[file->feature];
    const uint8_t *bytes = (const uint8_t *)reading->rows.data;
    size_t item = dtype_size(file->header.dtype);
    for (size_t i = 0; i < count; i++) {
        long long value = item == 1 && file->header.dtype == DTYPE_UINT8
                              ? bytes[i]
                              : dtype_integer(file->header.dtype, bytes, i);
        if (value < 0)
            return error_set(error, ERROR_INPUT,
                             "%s: byte %llu: the label is %lld; labels count from "
                             "0",
                             source_where(reading->source), (unsigned long long)(at + i * item),
                             value);
        if (!labels_add(labels, (uint64_t)value, at + i * item, error))
            return false;
    }
    return true;
}

static bool ends_early(struct reading *reading, const struct idx_file *file, struct error *error)
{
    struct buffer text = BUFFER_INIT;
    buffer_printf(&text, "%s: ends at byte %llu, but its header (", source_where(reading->source),
                  (unsigned long long)source_offset(reading->source));
    idx_header_print(&file->header, &text);
    buffer_printf(&text, ") promises %llu bytes", (unsigned long long)file->header.file_bytes);
    return error_take(error, ERROR_INPUT, &text);
}

// Reads `size` bytes into reading->rows, which grows only as far as there are bytes to fill it: a
// header can claim what it likes.
static bool read_exactly(struct reading *reading, const struct idx_file *file, uint64_t size,
                         struct error *error)
{
    reading->rows.size = 0;
    while (reading->rows.size < size) {
        uint64_t left = size - reading->rows.size;
        size_t want = left < BLOCK ? (size_t)left : BLOCK;
        char *to = buffer_reserve(&reading->rows, want);
        if (!to)
            return error_memory(error);
        int64_t got = source_read(reading->source, to, want, error);
        if (got < 0)
            return false;
        reading->rows.size += (size_t)got;
        if ((size_t)got < want)
            return ends_early(reading, file, error);
    }
    return true;
}

static bool read_values(struct reading *reading, const struct idx_file *file, struct digest *digest,
                        struct error *error)
{
    const struct idx_header *header = &file->header;
    bool is_class = writer_schema(reading->writer)->features[file->feature].kind == FEATURE_CLASS;
    uint64_t block = header->row_bytes >= BLOCK ? 1 : BLOCK / header->row_bytes;
    for (uint64_t row = 0; row < header->shape[0];) {
        uint64_t count = header->shape[0] - row < block ? header->shape[0] - row : block;
        uint64_t at = source_offset(reading->source);
        if (!read_exactly(reading, file, count * header->row_bytes, error))
            return false;
        digest_update(digest, reading->rows.data, reading->rows.size);
        swap(reading->rows.data, reading->rows.size, dtype_size(header->dtype));
        if (is_class && !check_labels(reading, file, count, at, error))
            return false;
        if (!writer_append(reading->writer, file->split, file->feature, reading->rows.data, count,
                           error))
            return false;
        row += count;
    }
    return true;
}

static bool read_file(struct reading *reading, const struct source_member *member,
                      struct error *error)
{
    const struct idx_file *file = idx_survey_find(&reading->survey, member->name);
    if (!file || member->head_size < file->header.size)
        return error_set(error, ERROR_INPUT, "%s: changed while it was read",
                         source_where(reading->source));
    uint8_t header[IDX_MAX_HEADER];
    if (source_read(reading->source, header, file->header.size, error) < 0)
        return false;
    struct digest digest;
    digest_init(&digest);
    digest_update(&digest, header, file->header.size);
    struct labels *labels = &reading->labels[file->feature];
    if (!labels_member(labels, source_where(reading->source), error) ||
        !read_values(reading, file, &digest, error))
        return false;
    uint8_t more;
    int64_t got = source_read(reading->source, &more, 1, error);
    if (got < 0)
        return false;
    if (got > 0)
        return error_set(error, ERROR_INPUT,
                         "%s: goes on after byte %llu, where its header says that "
                         "it ends",
                         source_where(reading->source),
                         (unsigned long long)file->header.file_bytes);
    reading->tally.samples[file->split] += file->feature == 0 ? file->header.shape[0] : 0;
    char sha256[DIGEST_HEX];
    digest_hex(&digest, sha256);
    return identity_note(&reading->identity, sha256, member->name, error);
}

static bool read_files(struct reading *reading, struct error *error)
{
    struct source_member member;
    enum source_step step;
    while ((step = source_next(reading->source, &member, error)) == SOURCE_MEMBER)
        if (!naming_is_note(member.name) && !read_file(reading, &member, error))
            return false;
    if (step == SOURCE_FAILED)
        return false;
    return identity_note_files(&reading->identity, reading->source, error);
}

static bool finish(void *context, struct card_file *card, struct error *error)
{
    struct reading *reading = context;
    const struct known *known = reading->identity.known;
    bool has_classes = false;
    for (size_t i = 0; i < reading->num_labels; i++) {
        const struct feature *feature = &writer_schema(reading->writer)->features[i];
        if (feature->kind != FEATURE_CLASS)
            continue;
        has_classes = true;
        const struct known_feature *model = known ? known_feature(known, feature->name) : NULL;
        if (!labels_declare(&reading->labels[i], card, reading->writer, (int)i,
                            model ? model->classes : NULL, model ? model->num_classes : 0,
                            known ? known->title : "", error))
            return false;
    }
    bool has_images = false;
    for (size_t i = 0; i < reading->num_labels; i++)
        has_images |= writer_schema(reading->writer)->features[i].kind == FEATURE_IMAGE;
    return describe(card, known, has_images && has_classes ? "image-classification" : "other",
                    &reading->tally, reading->writer, error);
}

static bool read_all(struct reading *reading, struct error *error)
{
    if (!idx_survey_take(&reading->survey, reading->source, error) ||
        !idx_survey_declare(&reading->survey, reading->writer, error))
        return false;
    reading->num_labels = writer_schema(reading->writer)->num_features;
    reading->labels = calloc(reading->num_labels, sizeof *reading->labels);
    if (!reading->labels)
        return error_memory(error);
    for (size_t i = 0; i < reading->num_labels; i++)
        reading->labels[i].unit = "byte";
    if (!read_files(reading, error) || !identity_settle(&reading->identity, reading->writer, error))
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
    identity_clear(&reading.identity);
    buffer_free(&reading.rows);
    idx_survey_clear(&reading.survey);
    return good;
}

const struct format FORMAT_IDX = {
    .name = "idx",
    .about = "IDX files, as MNIST and Fashion-MNIST are published (train-images-idx3-ubyte.gz …)",
    .recognises = "an IDX header: two zero bytes, a type, and axes that fit the file's size",
    .details =
        "A file is a feature of a split: the words `image` and `label`, `train`, `t10k`, `test` "
        "and `val` in its name say which; any other name is the feature's, and a file without a "
        "split belongs to the split `all`.\n"
        "uint8 values of rank 3 (grey) or 4 (1, 3 or 4 channels) are images, whole numbers of a "
        "label file are classes, other values of rank 1 are scalars, and the rest are arrays, of "
        "all six types of IDX.\n"
        "MNIST and Fashion-MNIST are told apart by what their files hold, not by their names, "
        "which are the same; packed or not, their classes get their names.",
    .examples = "samplecase add mnist train-images-idx3-ubyte.gz train-labels-idx1-ubyte.gz "
                "t10k-images-idx3-ubyte.gz t10k-labels-idx1-ubyte.gz\n"
                "samplecase add fashion_mnist /usr/share/datasets/fashion-mnist",
    .probe = probe,
    .read = read_source,
};
