// SPDX-License-Identifier: MIT
#include "formats/unpack.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "formats/packed.h"
#include "formats/place.h"
#include "formats/source_archive.h"
#include "formats/source_gunzip.h"
#include "formats/stream.h"
#include "formats/zip_check.h"

// Of archives that are packed fewer members are taken: a small file could name many.
enum { MAX_PACKED_MEMBERS = 2000000, BLOCK = 256 << 10, GLIMPSE_BLOCK = 16 << 10 };

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

static uint64_t most_members(const struct unpack *unpack, const struct place *place)
{
    uint64_t most = unpack->input->limits.members;
    return place->is_packed && most > MAX_PACKED_MEMBERS ? MAX_PACKED_MEMBERS : most;
}

// Announces a member to the sink.
static bool begin_member(struct unpack *unpack, const struct place *place, bool was_gzip,
                         uint64_t size, struct error *error)
{
    const char *name = place_name(place, &unpack->name, error);
    const char *where = name ? place_where(place, &unpack->where, error) : NULL;
    if (!where)
        return false;
    size_t length = unpack->name.size;
    if (was_gzip && length > 3 && strcasecmp(name + length - 3, ".gz") == 0)
        unpack->name.data[length -= 3] = '\0';

    switch (marks_add(&unpack->names, name, length)) {
    case MARKS_NEW:
        break;
    case MARKS_KNOWN:
        return error_set(error, ERROR_INPUT, "there are two members of the name \"%s\"", name);
    case MARKS_NO_MEMORY:
        return error_memory(error);
    }
    uint64_t most = most_members(unpack, place);
    if (unpack->names.count > most)
        return error_set(error, ERROR_LIMIT, "more than %llu members", (unsigned long long)most);
    if (place->entry && !folders_use(&unpack->folders, name, error))
        return false;
    struct unpack_member member = {.name = name, .where = where, .size = size};
    if (!was_gzip && !place->is_packed && place->source.path)
        member.place = place->source;
    return unpack->sink->member(unpack->sink, &member, error);
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

static bool unpack_archive(struct unpack *unpack, const struct place *file,
                           struct source_archive *archive, bool count, struct error *error);

// An entry of an archive that is an archive.
static bool unpack_inner(struct unpack *unpack, const struct place *place, struct stream_head *head,
                         struct error *error)
{
    if (place->archive)
        return refuse_nested(STREAM_TAR, "an archive inside an archive", error);
    struct place inner = *place;
    inner.archive = place->entry;
    return unpack_archive(unpack, &inner, source_archive_open_tar(&head->stream, error), false,
                          error);
}

static bool unpack_gzip_entry(struct unpack *unpack, const struct place *place,
                              struct stream_head *head, struct error *error)
{
    struct source_gunzip *gunzip =
        source_gunzip_open(&head->stream, unpack->input->limits.ratio, error);
    if (!gunzip)
        return false;
    struct gate gate = gate_make(unpack, source_gunzip_stream(gunzip));
    struct stream_head inner;
    struct place packed = *place;
    packed.is_packed = true;
    gate.is_inner = true;
    bool good = stream_head_open(&inner, &gate.stream, error);
    enum stream_content content = good ? stream_head_content(&inner) : STREAM_PLAIN;
    if (good && content == STREAM_TAR)
        good = unpack_inner(unpack, &packed, &inner, error);
    else if (good && content != STREAM_PLAIN)
        good = refuse_nested(content, "gzip inside an archive", error);
    else
        good =
            good && pass_member(unpack, &packed, &inner.stream, true, SOURCE_SIZE_UNKNOWN, error);
    source_gunzip_close(gunzip);
    return good;
}

// An entry of an archive: gzip is undone, a tar taken apart.
static bool unpack_entry(struct unpack *unpack, struct place *place, struct source_archive *archive,
                         const struct source_archive_entry *entry, struct error *error)
{
    struct stream_head head;
    if (!stream_head_open(&head, entry->stream, error))
        return false;
    place->source.offset += source_archive_offset(archive);
    enum stream_content content = stream_head_content(&head);
    switch (content) {
    case STREAM_GZIP:
        return unpack_gzip_entry(unpack, place, &head, error);
    case STREAM_TAR:
        return unpack_inner(unpack, place, &head, error);
    case STREAM_ZIP:
        return refuse_nested(content, "an archive", error);
    case STREAM_PLAIN:
        break;
    }
    return pass_member(unpack, place, &head.stream, false, entry->size, error);
}

static bool note_folder(struct unpack *unpack, const struct place *place, struct error *error)
{
    const char *name = place_name(place, &unpack->name, error);
    return name && folders_add(&unpack->folders, name, most_members(unpack, place), error);
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
        if (entry.is_folder ? !note_folder(unpack, &place, error)
                            : !unpack_entry(unpack, &place, archive, &entry, error)) {
            error_prefix(error, "%s", entry.name);
            more = -1;
            break;
        }
    }
    source_archive_close(archive);
    return more == 0;
}

static bool unpack_gzip(struct unpack *unpack, struct place *place, struct stream *from,
                        struct error *error)
{
    place->is_packed = true;
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

static bool unpack_packed(struct unpack *unpack, struct place *place, struct packed *packed,
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
        place->is_packed = true;
        return zip_check(packed, unpack->input->limits.members, error) &&
               unpack_archive(unpack, place,
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

// Where a file of the walk lies: its absolute path in unpack->path.
static bool make_path(struct unpack *unpack, const struct walk_root *root, const char *file,
                      struct error *error)
{
    unpack->path.size = 0;
    buffer_string(&unpack->path, root->place);
    if (root->folder >= 0)
        buffer_printf(&unpack->path, "/%s", file);
    return buffer_text(&unpack->path) || error_memory(error);
}

static bool open_packed(struct unpack *unpack, size_t i, struct packed *packed, struct place *place,
                        struct error *error)
{
    const struct unpack_input *input = unpack->input;
    if (input->name) {
        packed_open_memory(packed, input->bytes, input->size);
        return true;
    }
    struct walk_opened opened;
    const struct walk_root *root = &input->walk.roots[walk_root_of(&input->walk, i)];
    if (!unpack->block)
        unpack->block = malloc(BLOCK);
    if (!unpack->block)
        return error_memory(error);
    if (root->place && !make_path(unpack, root, place->file, error))
        return false;
    if (!walk_open_file(&input->walk, &unpack->cursor, i, &opened, error))
        return false;
    place->source = (struct source_place){.path = root->place ? unpack->path.data : NULL,
                                          .file_size = opened.size,
                                          .modified = opened.modified};
    packed_open_file(packed, opened.file, opened.size, unpack->block,
                     unpack->budget > 0 ? GLIMPSE_BLOCK : BLOCK);
    return true;
}

bool unpack_file(struct unpack *unpack, size_t i, struct error *error)
{
    struct place place = place_of(unpack->input, i);
    struct packed packed;
    if (!open_packed(unpack, i, &packed, &place, error)) {
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

// The walk's empty folders join those of the archives.
static bool add_empty_folders(struct unpack *unpack, struct error *error)
{
    const struct unpack_input *input = unpack->input;
    size_t i = 0;
    for (size_t r = 0; !input->name && r < input->walk.num_roots; r++) {
        const struct walk_root *root = &input->walk.roots[r];
        for (; i < root->empty_end; i++) {
            struct place place = {.file = input->walk.empty[i]};
            if (input->walk.num_roots > 1)
                place.root = place_root_name(root);
            if (!note_folder(unpack, &place, error))
                return false;
        }
    }
    return true;
}

bool unpack_all(struct unpack *unpack, struct error *error)
{
    size_t num_files = unpack_num_files(unpack->input);
    for (size_t i = 0; i < num_files; i++)
        if (!unpack_file(unpack, i, error))
            return false;
    if (!add_empty_folders(unpack, error))
        return false;
    folders_finish(&unpack->folders);
    return true;
}

void unpack_clear(struct unpack *unpack)
{
    walk_cursor_close(&unpack->cursor);
    free(unpack->block);
    marks_clear(&unpack->names);
    folders_clear(&unpack->folders);
    buffer_free(&unpack->name);
    buffer_free(&unpack->where);
    buffer_free(&unpack->path);
}
