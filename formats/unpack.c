// SPDX-License-Identifier: MIT
#include "formats/unpack.h"

#include <string.h>
#include <strings.h>

#include "formats/packed.h"
#include "formats/source_archive.h"
#include "formats/source_gunzip.h"
#include "formats/stream.h"

size_t unpack_num_files(const struct unpack_input *input)
{
    return input->name ? 1 : input->walk.num_files;
}

const char *unpack_file_name(const struct unpack_input *input, size_t i)
{
    return input->name ? input->name : input->walk.files[i].name;
}

uint64_t unpack_file_size(const struct unpack_input *input, size_t i)
{
    return input->name ? input->size : input->walk.files[i].size;
}

// Every unpacked byte passes a gate once: there it is counted, and there a pass is ended.
struct gate {
    struct stream stream;
    struct stream *from;
    struct unpack *unpack;
    bool is_inner; // behind another gate, which keeps to the budget
};

static bool is_stopped(const struct unpack *unpack)
{
    return unpack->stop && atomic_load_explicit(unpack->stop, memory_order_relaxed);
}

static int64_t gate_next(struct stream *stream, const uint8_t **bytes, struct error *error)
{
    struct gate *gate = (struct gate *)stream;
    struct unpack *unpack = gate->unpack;
    if (is_stopped(unpack))
        return -1;
    if (unpack->budget > 0 && unpack->left == 0 && !gate->is_inner)
        return -1;
    int64_t size = stream_next(gate->from, bytes, error);
    if (size <= 0)
        return size;
    unpack->passed += (uint64_t)size;
    if (!gate->is_inner)
        unpack->left = unpack->left > (uint64_t)size ? unpack->left - (uint64_t)size : 0;
    if (unpack->passed > unpack->input->limits.unpacked) {
        error_set(error, ERROR_LIMIT, "more than %llu bytes in all, unpacked",
                  (unsigned long long)unpack->input->limits.unpacked);
        return -1;
    }
    return size;
}

static struct gate gate_make(struct unpack *unpack, struct stream *from)
{
    return (struct gate){.stream.next = gate_next, .from = from, .unpack = unpack};
}

// A place in the input: the file, or an entry of the archive that it is.
struct place {
    const char *file;
    const char *entry; // NULL for the file itself
    bool is_alone;     // the only path: an archive's entries keep their names
};

// The length of an archive's name without what says that it is one.
static size_t stem_size(const char *name)
{
    static const char *const ENDINGS[] = {".tar.gz", ".tgz", ".tar", ".zip"};
    size_t size = strlen(name);
    for (size_t i = 0; i < sizeof ENDINGS / sizeof *ENDINGS; i++) {
        size_t ending = strlen(ENDINGS[i]);
        if (size > ending && strcasecmp(name + size - ending, ENDINGS[i]) == 0)
            return size - ending;
    }
    return size;
}

// Announces a member to the sink.
static bool begin_member(struct unpack *unpack, const struct place *place, bool was_gzip,
                         uint64_t size, struct error *error)
{
    unpack->name.size = unpack->where.size = 0;
    buffer_string(&unpack->where, place->file);
    if (place->entry && !place->is_alone) {
        buffer_append(&unpack->name, place->file, stem_size(place->file));
        buffer_byte(&unpack->name, '/');
    }
    buffer_string(&unpack->name, place->entry ? place->entry : place->file);
    if (place->entry) {
        buffer_string(&unpack->where, ": ");
        buffer_string(&unpack->where, place->entry);
    }
    size_t length = unpack->name.size;
    if (was_gzip && length > 3 && strncasecmp(unpack->name.data + length - 3, ".gz", 3) == 0)
        unpack->name.size -= 3;
    const char *name = buffer_text(&unpack->name), *where = buffer_text(&unpack->where);
    if (!name || !where)
        return error_memory(error);

    switch (names_add(&unpack->names, name, unpack->name.size)) {
    case NAMES_NEW:
        break;
    case NAMES_KNOWN:
        return error_set(error, ERROR_INPUT, "there are two members of the name \"%s\"", name);
    case NAMES_NO_MEMORY:
        return error_memory(error);
    }
    if (unpack->names.count > unpack->input->limits.members)
        return error_set(error, ERROR_LIMIT, "more than %llu members",
                         (unsigned long long)unpack->input->limits.members);
    return unpack->sink->member(unpack->sink, name, where, size, error);
}

// A member's bytes go to the sink.
static bool pass_member(struct unpack *unpack, const struct place *place, struct stream *stream,
                        bool was_gzip, uint64_t size, struct error *error)
{
    if (!begin_member(unpack, place, was_gzip, size, error))
        return false;
    for (;;) {
        const uint8_t *bytes;
        int64_t got = stream_next(stream, &bytes, error);
        if (got < 0)
            return false;
        if (got == 0) {
            unpack->sink->end(unpack->sink);
            return true;
        }
        if (!unpack->sink->data(unpack->sink, bytes, (size_t)got, error))
            return error->kind == ERROR_NONE;
    }
}

static bool refuse_nested(enum stream_content inner, const char *outer, struct error *error)
{
    return error_set(error, ERROR_INPUT,
                     "is %s inside %s, nested deeper than is read; unpack it "
                     "first",
                     stream_content_name(inner), outer);
}

// An entry of an archive: gzip is undone, a further archive is refused.
static bool unpack_entry(struct unpack *unpack, const struct place *place,
                         const struct source_archive_entry *entry, struct error *error)
{
    struct stream_head head, inner;
    if (!stream_head_open(&head, entry->stream, error))
        return false;
    enum stream_content content = stream_head_content(&head);
    if (content == STREAM_PLAIN)
        return pass_member(unpack, place, &head.stream, false, entry->size, error);
    if (content != STREAM_GZIP)
        return refuse_nested(content, "an archive", error);

    struct source_gunzip *gunzip =
        source_gunzip_open(&head.stream, unpack->input->limits.ratio, error);
    if (!gunzip)
        return false;
    struct gate gate = gate_make(unpack, source_gunzip_stream(gunzip));
    gate.is_inner = true;
    bool good = stream_head_open(&inner, &gate.stream, error);
    if (good && stream_head_content(&inner) != STREAM_PLAIN)
        good = refuse_nested(stream_head_content(&inner), "gzip inside an archive", error);
    good = good && pass_member(unpack, place, &inner.stream, true, SOURCE_SIZE_UNKNOWN, error);
    source_gunzip_close(gunzip);
    return good;
}

// The entries of an archive. Those of a zip were not counted yet.
static bool unpack_archive(struct unpack *unpack, const struct place *file,
                           struct source_archive *archive, bool count, struct error *error)
{
    if (!archive)
        return false;
    struct source_archive_entry entry;
    int more;
    while ((more = source_archive_next(archive, &entry, error)) > 0) {
        struct gate gate = gate_make(unpack, entry.stream);
        if (count)
            entry.stream = &gate.stream;
        struct place place = *file;
        place.entry = entry.name;
        if (!unpack_entry(unpack, &place, &entry, error)) {
            error_prefix(error, "%s", entry.name);
            more = -1;
            break;
        }
    }
    source_archive_close(archive);
    return more == 0;
}

static bool unpack_gzip(struct unpack *unpack, const struct place *place, struct stream *from,
                        struct error *error)
{
    struct source_gunzip *gunzip = source_gunzip_open(from, unpack->input->limits.ratio, error);
    if (!gunzip)
        return false;
    struct gate gate = gate_make(unpack, source_gunzip_stream(gunzip));
    struct stream_head head;
    bool good = stream_head_open(&head, &gate.stream, error);
    if (good)
        switch (stream_head_content(&head)) {
        case STREAM_PLAIN:
            good = pass_member(unpack, place, &head.stream, true, SOURCE_SIZE_UNKNOWN, error);
            break;
        case STREAM_TAR:
            good = unpack_archive(unpack, place, source_archive_open_tar(&head.stream, error),
                                  false, error);
            break;
        case STREAM_GZIP:
        case STREAM_ZIP:
            good = refuse_nested(stream_head_content(&head), "gzip", error);
            break;
        }
    source_gunzip_close(gunzip);
    return good;
}

static bool unpack_packed(struct unpack *unpack, const struct place *place, struct packed *packed,
                          struct error *error)
{
    struct gate gate = gate_make(unpack, &packed->stream);
    struct stream_head head, raw;
    if (!stream_head_open(&raw, &packed->stream, error))
        return false;
    switch (stream_head_content(&raw)) {
    case STREAM_GZIP:
        return unpack_gzip(unpack, place, &raw.stream, error);
    case STREAM_ZIP:
        return unpack_archive(unpack, place,
                              source_archive_open_zip(packed, unpack->input->limits.ratio, error),
                              true, error);
    case STREAM_TAR:
    case STREAM_PLAIN:
        break;
    }
    gate.from = &raw.stream;
    if (stream_head_content(&raw) == STREAM_PLAIN)
        return pass_member(unpack, place, &gate.stream, false, packed->size, error);
    return stream_head_open(&head, &gate.stream, error) &&
           unpack_archive(unpack, place, source_archive_open_tar(&head.stream, error), false,
                          error);
}

static bool open_packed(struct unpack *unpack, size_t i, struct packed *packed, struct error *error)
{
    const struct unpack_input *input = unpack->input;
    if (input->name) {
        packed_open_memory(packed, input->bytes, input->size);
        return true;
    }
    uint64_t size;
    int file = walk_open_file(&input->walk, i, &size, error);
    return file >= 0 && packed_open_file(packed, file, size, error);
}

bool unpack_file(struct unpack *unpack, size_t i, struct error *error)
{
    const struct unpack_input *input = unpack->input;
    struct place place = {.file = unpack_file_name(input, i)};
    place.is_alone = input->name || (input->walk.num_paths == 1 && input->walk.folders[0] < 0);
    struct packed packed;
    if (!open_packed(unpack, i, &packed, error)) {
        error_prefix(error, "%s", place.file);
        return false;
    }
    if (unpack->progress)
        packed_count(&packed, unpack->progress, atomic_load(unpack->progress));
    unpack->left = unpack->budget;
    bool good = unpack_packed(unpack, &place, &packed, error);
    if (is_stopped(unpack))
        good = false;
    if (good && unpack->progress) {
        char sha256[DIGEST_HEX];
        good = packed_finish(&packed, sha256, error) &&
               unpack->sink->file(unpack->sink, i, sha256, error);
    }
    packed_close(&packed);
    error_prefix(error, "%s", place.file);
    return good;
}

void unpack_clear(struct unpack *unpack)
{
    names_clear(&unpack->names);
    buffer_free(&unpack->name);
    buffer_free(&unpack->where);
}
