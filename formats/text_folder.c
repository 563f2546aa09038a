// SPDX-License-Identifier: MIT
// Folders of texts, a file a sample, a folder a class: the raw reviews of IMDB and their like. The
// source is read twice, once for the names (text_layout.h) and once for the texts. Samples are
// appended in the layout's order: from a folder they come in it, from an archive in any, so that a
// text that comes before its turn waits in memory, up to MAX_WAITING bytes of them.
#include "formats/text_folder.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8_repair.h"
#include "formats/describe.h"
#include "formats/labels.h"
#include "formats/naming.h"
#include "formats/source.h"
#include "formats/text_layout.h"
#include "formats/text_runs.h"
#include "store/writer.h"

enum { BLOCK = 64 << 10, MAX_TEXT = 64 << 20, MAX_WAITING = 256 << 20 };

// A text that waits for its turn.
struct waiting {
    char *bytes; // owned; NULL while it did not come
    size_t size;
};

// The samples of one split on their way to the writer.
struct lane {
    int split;        // in the writer
    size_t next, end; // places in the layout's order
    struct text_runs texts;
    struct buffer labels;
};

struct reading {
    struct source *source;
    struct writer *writer;
    struct text_layout layout;
    int text, label; // features; label is -1 without classes
    enum dtype dtype;
    struct lane lanes[TEXT_MAX_SPLITS];
    uint32_t *places;        // of each entry in the order; owned
    struct waiting *waiting; // by place; owned
    size_t num_waiting_bytes;
    struct buffer bytes; // of the present member
    struct tally tally;
};

// What lies beside the reviews of aclImdb, in the archive perhaps before them.
static bool is_beside_reviews(const char *member)
{
    static const char *const NAMES[] = {"imdb.vocab", "labeledBow.feat", "unsupBow.feat"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (strcmp(naming_base(member), NAMES[i]) == 0)
            return true;
    return false;
}

// Nearly all files are texts; lists of names beside other data are not meant.
static enum probe probe(const struct source *source)
{
    size_t texts = 0, others = 0;
    for (size_t i = 0; i < source_num_glimpsed(source); i++) {
        const char *name = source_glimpsed(source, i)->name;
        bool is_text = text_layout_is_text(name) || is_beside_reviews(name);
        texts += is_text;
        others += !is_text && !naming_is_note(name);
    }
    return texts > 3 * others ? PROBE_NAME : PROBE_NO;
}

static bool declare(struct reading *reading, struct error *error)
{
    char text[] = "text", label[] = "label";
    reading->text = text_runs_declare(reading->writer, text, error);
    reading->label = -1;
    if (reading->text < 0 || reading->layout.num_classes == 0)
        return reading->text >= 0;
    reading->dtype = labels_dtype(reading->layout.num_classes);
    struct feature feature = {.name = label,
                              .kind = FEATURE_CLASS,
                              .dtype = reading->dtype,
                              .target = true,
                              .parent = -1};
    reading->label = writer_feature(reading->writer, &feature, error);
    return reading->label >= 0;
}

// Declares the splits and makes a lane for each.
static bool open_lanes(struct reading *reading, struct error *error)
{
    const struct text_layout *layout = &reading->layout;
    size_t at = 0;
    for (unsigned i = 0; i < layout->num_splits; i++) {
        struct lane *lane = &reading->lanes[i];
        lane->next = at;
        lane->end = at += layout->num_samples[i];
        if (lane->next == lane->end)
            continue;
        lane->split = writer_split(reading->writer, layout->splits[i], error);
        if (lane->split < 0)
            return false;
        reading->tally.samples[lane->split] += layout->num_samples[i];
    }
    reading->places = calloc(layout->num_entries, sizeof *reading->places);
    reading->waiting = calloc(layout->num_entries, sizeof *reading->waiting);
    if (!reading->places || !reading->waiting)
        return error_memory(error);
    for (size_t i = 0; i < layout->num_entries; i++)
        reading->places[layout->order[i]] = (uint32_t)i;
    return true;
}

static bool flush(struct reading *reading, struct lane *lane, struct error *error)
{
    uint64_t count = lane->texts.count;
    if (!text_runs_flush(&lane->texts, reading->writer, lane->split, reading->text, error))
        return false;
    if (reading->label >= 0 && count > 0 &&
        !writer_append(reading->writer, lane->split, reading->label, lane->labels.data, count,
                       error))
        return false;
    lane->labels.size = 0;
    return true;
}

// Appends the sample whose turn it is.
static bool append(struct reading *reading, struct lane *lane, const char *bytes, size_t size,
                   struct error *error)
{
    const struct text_entry *entry = &reading->layout.entries[reading->layout.order[lane->next++]];
    size_t mark = utf8_mark(bytes, size);
    uint32_t id = entry->class_id;
    if (reading->label >= 0)
        buffer_append(&lane->labels, &id, dtype_size(reading->dtype)); // little-endian
    if (lane->labels.failed)
        return error_memory(error);
    return text_runs_add(&lane->texts, bytes + mark, size - mark, error) &&
           (!text_runs_is_full(&lane->texts) || flush(reading, lane, error));
}

// Reads the present member whole.
static bool read_text(struct reading *reading, struct error *error)
{
    struct buffer *bytes = &reading->bytes;
    int64_t got;
    bytes->size = 0;
    do {
        char *to = buffer_reserve(bytes, BLOCK);
        if (!to)
            return error_memory(error);
        got = source_read(reading->source, to, BLOCK, error);
        if (got < 0)
            return false;
        bytes->size += (size_t)got;
        if (bytes->size > MAX_TEXT)
            return error_set(error, ERROR_LIMIT, "%s: a text has at most %d MiB",
                             source_where(reading->source), MAX_TEXT >> 20);
    } while (got == BLOCK);
    return true;
}

static bool wait(struct reading *reading, size_t place, struct error *error)
{
    struct waiting *waiting = &reading->waiting[place];
    size_t size = reading->bytes.size;
    if (size > MAX_WAITING - reading->num_waiting_bytes)
        return error_set(error, ERROR_LIMIT,
                         "%s: the texts lie in an order that would need more than %d MiB of memory "
                         "to mend; unpack the archive and add the folder",
                         source_where(reading->source), MAX_WAITING >> 20);
    waiting->bytes = malloc(size > 0 ? size : 1);
    if (!waiting->bytes)
        return error_memory(error);
    memcpy(waiting->bytes, reading->bytes.data, size);
    waiting->size = size;
    reading->num_waiting_bytes += size;
    return true;
}

// Appends those that have waited for the one before them.
static bool take_waiting(struct reading *reading, struct lane *lane, struct error *error)
{
    while (lane->next < lane->end && reading->waiting[lane->next].bytes) {
        struct waiting *waiting = &reading->waiting[lane->next];
        if (!append(reading, lane, waiting->bytes, waiting->size, error))
            return false;
        reading->num_waiting_bytes -= waiting->size;
        free(waiting->bytes);
        waiting->bytes = NULL;
    }
    return true;
}

static bool read_member(struct reading *reading, size_t i, const char *name, struct error *error)
{
    const struct text_layout *layout = &reading->layout;
    if (i >= layout->num_entries || strcmp(layout->entries[i].name, name) != 0)
        return error_set(error, ERROR_INPUT, "%s: changed while it was read",
                         source_where(reading->source));
    if (layout->entries[i].is_left_out)
        return true;
    struct lane *lane = &reading->lanes[layout->entries[i].split];
    size_t place = reading->places[i];
    if (!read_text(reading, error))
        return false;
    if (place != lane->next)
        return wait(reading, place, error);
    return append(reading, lane, reading->bytes.data, reading->bytes.size, error) &&
           take_waiting(reading, lane, error);
}

static bool read_members(struct reading *reading, struct error *error)
{
    struct source_member member;
    enum source_step step;
    size_t i = 0;
    while ((step = source_next(reading->source, &member, error)) == SOURCE_MEMBER)
        if (text_layout_is_text(member.name) && !read_member(reading, i++, member.name, error))
            return false;
    if (step == SOURCE_FAILED)
        return false;
    if (i < reading->layout.num_entries)
        return error_set(error, ERROR_INPUT, "%s: is gone since the source was first read",
                         reading->layout.entries[i].name);
    for (unsigned j = 0; j < reading->layout.num_splits; j++)
        if (!flush(reading, &reading->lanes[j], error))
            return false;
    return true;
}

static bool declare_classes(struct reading *reading, struct card_file *card, struct error *error)
{
    const struct text_layout *layout = &reading->layout;
    struct card_classes *names = card_find_classes(card, "label");
    if (reading->label < 0)
        return true;
    if (names && names->num_names != layout->num_classes)
        return error_set(error, ERROR_INPUT,
                         "%s: \"classes\" has %zu names for label, but there are %zu folders",
                         card->where, names->num_names, layout->num_classes);
    if (names)
        names->is_used = true;
    for (size_t i = 0; i < layout->num_classes; i++)
        if (!writer_class(reading->writer, reading->label,
                          names ? names->names[i] : layout->classes[i], -1, error))
            return false;
    return true;
}

static bool finish(void *context, struct card_file *card, struct error *error)
{
    struct reading *reading = context;
    const struct text_layout *layout = &reading->layout;
    uint64_t repaired = 0;
    for (unsigned i = 0; i < layout->num_splits; i++)
        repaired += reading->lanes[i].texts.num_repaired;
    return declare_classes(reading, card, error) &&
           describe(card, layout->is_imdb ? known_find("imdb") : NULL,
                    reading->label >= 0 ? "text-classification" : "other", &reading->tally,
                    reading->writer, error) &&
           (layout->num_unlabelled == 0 ||
            writer_warn(reading->writer, error,
                        "The %llu reviews in the folder unsup have no label and were left out.",
                        (unsigned long long)layout->num_unlabelled)) &&
           text_runs_warn(repaired, reading->writer, error);
}

static bool read_all(struct reading *reading, struct error *error)
{
    if (!text_layout_take(&reading->layout, reading->source, error) || !declare(reading, error) ||
        !open_lanes(reading, error) || !read_members(reading, error))
        return false;
    return card_finish(reading->source, finish, reading, error);
}

static bool read_source(struct source *source, struct writer *writer, struct error *error)
{
    struct reading reading = {.source = source, .writer = writer};
    bool good = read_all(&reading, error);
    for (size_t i = 0; reading.waiting && i < reading.layout.num_entries; i++)
        free(reading.waiting[i].bytes);
    for (size_t i = 0; i < TEXT_MAX_SPLITS; i++) {
        text_runs_clear(&reading.lanes[i].texts);
        buffer_free(&reading.lanes[i].labels);
    }
    free(reading.waiting);
    free(reading.places);
    buffer_free(&reading.bytes);
    text_layout_clear(&reading.layout);
    return good;
}

const struct format FORMAT_TEXT = {
    .name = "text",
    .about = "folders of texts (.txt), a file a sample and a folder a class, as the raw reviews of "
             "IMDB (aclImdb) are",
    .recognises = "names nearly all of which end in .txt",
    .details =
        "A file is a sample with the feature `text`; the folder it lies in is its class in the "
        "feature `label`, classes by code point. Folders called `train`, `test` or `val` above "
        "them are these splits. A folder without others in it is texts without a label. Samples "
        "are ordered by class and file name, from an archive as from a folder.\n"
        "Texts are UTF-8; bytes that are not become U+FFFD, and a warning counts the texts. A byte "
        "order mark is taken off.\n"
        "Texts above the folders of classes, and files that are none, are passed over: the word "
        "lists of aclImdb, for example. Its reviews without a label (`unsup`) are left out.",
    .examples = "samplecase add imdb aclImdb_v1.tar.gz\n"
                "samplecase add reviews FOLDER",
    .probe = probe,
    .read = read_source,
};
