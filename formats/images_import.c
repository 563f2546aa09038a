// SPDX-License-Identifier: MIT
// Trees of JPEG and PNG files: folders are splits and classes (images_tree.h). Pictures are read in
// one pass, on the assumption that the tree and the pictures go on as they began; what does not fit
// (another size, alpha, a folder that shows the tree to be another, an archive in another order) is
// noted, and all is read again with that in mind. What is noted only ever grows, so that this ends.
#include "formats/images_import.h"

#include <stdlib.h>
#include <string.h>

#include "formats/images_classes.h"
#include "formats/images_finder.h"
#include "formats/images_kind.h"
#include "formats/images_output.h"
#include "formats/images_pool.h"
#include "formats/source.h"
#include "store/writer.h"

enum {
    MAX_PICTURE = 64 << 20, // bytes of a file
    LARGE = 8 << 20,        // one that large is alone in memory
    ROWS_BYTES = 4 << 20,   // of the decoded pictures of a job, unless one has more
    MAX_RATIO = 2000,       // of decoded to packed bytes: twice what deflate can do at best
    MAX_MOVES = 2,          // passes that the tree may end; then it is looked at first
    MAX_PASSES = 32,
};

#define FREE_DECODED (UINT64_C(2) << 30) // bytes that need no source to speak of

struct reading {
    struct source *source;
    struct writer *writer;
    bool in_place;
    struct images_pool *pool;
    struct images_job *job; // being filled, or NULL
    struct images_form form;
    struct images_form wider; // what the form turns out to have to be
    struct images_finder finder;
    struct images_output output;
    uint64_t num_used, num_aside;
    uint64_t decoded;          // bytes of pixels
    struct buffer first_aside; // the first that was set aside, and why
    bool again;                // all must be read again
    bool moved;                // because of the tree
    bool is_unsorted;          // members do not come in the order of samples
    struct buffer last;        // the picture met last, or empty
    int num_moves;             // passes that this has ended
};

// --- what comes out

static bool set_aside(struct reading *reading, const char *name, const char *reason,
                      struct error *error)
{
    if (reading->num_aside++ == 0) {
        reading->first_aside.size = 0;
        buffer_printf(&reading->first_aside, "%s: %s", name, reason);
    }
    return writer_set_aside(reading->writer, name, reason, error);
}

// What decoding costs is bounded by what there is to read: files of a few bytes that claim huge
// pictures, many times over, are no data.
static bool spend(struct reading *reading, const struct raster_info *info, const char *name,
                  struct error *error)
{
    uint64_t done, total;
    source_progress(reading->source, &done, &total);
    reading->decoded += (uint64_t)info->height * info->width * info->channels * (info->depth / 8);
    return reading->decoded <= FREE_DECODED || reading->decoded / MAX_RATIO <= total ||
           error_set(error, ERROR_LIMIT,
                     "%s: the pictures up to here have more than %d times the source's size, "
                     "decoded, as no honest data does",
                     name, MAX_RATIO);
}

static bool settle_picture(struct reading *reading, struct images_job *job, size_t i,
                           struct error *error)
{
    struct images_picture *picture = &job->pictures[i];
    switch (picture->error.kind) {
    case ERROR_NONE:
        break;
    case ERROR_INPUT:
    case ERROR_LIMIT:
        return set_aside(reading, job->texts.data + picture->name, picture->error.text, error);
    default:
        return error_set(error, picture->error.kind, "%s: %s", job->texts.data + picture->name,
                         picture->error.text);
    }
    if (!spend(reading, &picture->info, job->texts.data + picture->name, error))
        return false;
    if (!images_form_fits(&reading->wider, &picture->info)) {
        images_form_widen(&reading->wider, &picture->info);
        reading->again = true;
    }
    if (reading->again)
        return true;
    reading->num_used++;
    return images_output_add(&reading->output, job, i, &reading->form,
                             reading->finder.tree.folders[picture->folder].split, error);
}

// Takes back a job that the threads have done.
static bool settle_job(struct reading *reading, struct images_job *job, struct error *error)
{
    bool good = true;
    for (size_t i = 0; good && i < job->count; i++)
        good = settle_picture(reading, job, i, error);
    images_pool_return(reading->pool, job);
    return good;
}

static void give_job(struct reading *reading)
{
    if (reading->job && reading->job->count > 0)
        images_pool_give(reading->pool, reading->job);
    reading->job = NULL;
}

// Gives the last job away and waits for all.
static bool settle_all(struct reading *reading, struct error *error)
{
    struct images_job *job;
    give_job(reading);
    while ((job = images_pool_take(reading->pool)))
        if (!settle_job(reading, job, error))
            return false;
    return true;
}

// --- what goes in

// The next picture of a job with room for it.
static struct images_picture *begin_picture(struct reading *reading,
                                            const struct source_member *member, struct error *error)
{
    struct images_job *job = reading->job;
    while (!job && !(job = images_pool_empty(reading->pool)))
        if (!settle_job(reading, images_pool_take(reading->pool), error))
            return NULL;
    reading->job = job;
    struct images_picture *picture = &job->pictures[job->count];
    *picture = (struct images_picture){.name = job->texts.size,
                                       .at = job->bytes.size,
                                       .offset = member->place.offset,
                                       .file_size = member->place.file_size,
                                       .modified = member->place.modified};
    buffer_append(&job->texts, member->name, strlen(member->name) + 1);
    picture->path = job->texts.size;
    if (member->place.path)
        buffer_append(&job->texts, member->place.path, strlen(member->place.path) + 1);
    if (!job->texts.failed)
        return picture;
    error_memory(error);
    return NULL;
}

// The picture is complete; the job goes to the threads when it is full.
static bool end_picture(struct reading *reading, struct error *error)
{
    struct images_job *job = reading->job;
    size_t row = reading->form.is_known && reading->form.storage == STORAGE_ROWS
                     ? images_form_row(&reading->form)
                     : 0;
    job->count++;
    if (job->bytes.size > LARGE)
        return settle_all(reading, error);
    if (job->count == IMAGES_JOB_PICTURES || job->bytes.size >= IMAGES_JOB_BYTES ||
        row * job->count >= ROWS_BYTES)
        give_job(reading);
    return true;
}

// A file that is no picture, or one that has no place in the dataset.
static bool refuse(struct reading *reading, const struct source_member *member, const char *reason,
                   struct error *error)
{
    struct images_picture *picture = begin_picture(reading, member, error);
    if (!picture)
        return false;
    error_set(&picture->error, ERROR_INPUT, "%s", reason);
    return end_picture(reading, error);
}

static bool check_in_place(struct reading *reading, const struct source_member *member,
                           struct error *error)
{
    return !reading->in_place || member->place.path ||
           error_set(error, ERROR_INPUT,
                     "%s: lies packed (zip or gzip), so that it cannot stay where it is; unpack "
                     "it, or leave --in-place out",
                     source_where(reading->source));
}

// Reads the present member into the job. Its size is 0 when it has too many bytes.
static bool read_bytes(struct reading *reading, struct images_picture *picture,
                       const struct source_member *member, struct error *error)
{
    struct buffer *bytes = &reading->job->bytes;
    size_t begin = bytes->size, want = 64 << 10;
    if (member->size < MAX_PICTURE)
        want = (size_t)member->size + 1; // one more shows the end
    for (;;) {
        char *to = buffer_reserve(bytes, want);
        if (!to)
            return error_memory(error);
        int64_t got = source_read(reading->source, to, want, error);
        if (got < 0)
            return false;
        bytes->size += (size_t)got;
        if ((size_t)got < want)
            break;
        if (bytes->size - begin > MAX_PICTURE) {
            bytes->size = begin;
            error_set(&picture->error, ERROR_LIMIT, "has more than %d bytes", MAX_PICTURE);
            return true;
        }
    }
    picture->size = bytes->size - begin;
    return true;
}

// The tree turned out to be another than it seemed, if it did: what was learned of the form is void
// too, since it may come from pictures that have no place in the dataset.
static void note_move(struct reading *reading, bool moved)
{
    reading->num_moves += moved && !reading->moved;
    reading->moved = reading->moved || moved;
    reading->again = reading->again || moved;
}

// The folder of the present member; SIZE_MAX with the error.
static size_t find_folder(struct reading *reading, const struct source_member *member,
                          struct error *error)
{
    bool moved = false;
    size_t folder = images_finder_folder(&reading->finder, member->name, &moved, error);
    note_move(reading, moved);
    return folder;
}

// Notes when pictures do not come in the order of samples, as in most archives.
static bool note_order(struct reading *reading, const char *name, struct error *error)
{
    struct buffer *last = &reading->last;
    if (reading->is_unsorted)
        return true;
    if (last->size > 0 && images_output_compare(last->data, name) > 0)
        reading->is_unsorted = reading->again = true;
    last->size = 0;
    buffer_append(last, name, strlen(name) + 1);
    return !last->failed || error_memory(error);
}

static bool read_picture(struct reading *reading, const struct source_member *member,
                         struct error *error)
{
    size_t folder = find_folder(reading, member, error);
    if (folder == SIZE_MAX)
        return false;
    struct images_folder *lies_in = &reading->finder.tree.folders[folder];
    lies_in->is_met = true;
    if (!note_order(reading, member->name, error))
        return false;
    if (reading->again)
        return true;
    if (lies_in->refusal)
        return refuse(reading, member, lies_in->refusal, error);
    if (!check_in_place(reading, member, error))
        return false;
    if (member->size != SOURCE_SIZE_UNKNOWN && member->size > LARGE && !settle_all(reading, error))
        return false;
    struct images_picture *picture = begin_picture(reading, member, error);
    if (!picture)
        return false;
    picture->folder = (uint32_t)folder;
    return read_bytes(reading, picture, member, error) && end_picture(reading, error);
}

static bool read_list(struct reading *reading, const struct source_member *member,
                      struct error *error)
{
    bool moved = false;
    bool good = images_finder_list(&reading->finder, reading->source, member->name, &moved, error);
    note_move(reading, moved);
    return good;
}

static bool read_member(struct reading *reading, const struct source_member *member,
                        struct error *error)
{
    switch (images_kind_of(member->name, member->head, member->head_size)) {
    case IMAGES_PICTURE:
        return read_picture(reading, member, error);
    case IMAGES_BROKEN:
    case IMAGES_UNREAD: // it shows the class of its folder all the same
        if (find_folder(reading, member, error) == SIZE_MAX)
            return false;
        break;
    case IMAGES_LIST:
        return read_list(reading, member, error);
    case IMAGES_NOTE:
        return true;
    case IMAGES_STRANGE:
        break;
    }
    return refuse(reading, member,
                  images_kind_reason(member->name, member->head, member->head_size), error);
}

// --- the passes

static bool begin_pass(struct reading *reading, struct error *error)
{
    images_output_clear(&reading->output);
    reading->last.size = 0;
    images_finder_restart(&reading->finder);
    reading->num_used = reading->num_aside = reading->decoded = 0;
    if (reading->moved && !reading->in_place)
        reading->wider = (struct images_form){.is_known = false};
    reading->again = reading->moved = false;
    reading->form = reading->wider;
    images_pool_form(reading->pool, &reading->form);
    return !reading->form.is_known ||
           images_output_begin(&reading->output, reading->writer, &reading->form,
                               reading->is_unsorted, error);
}

// Reads all members, or until it is clear that they have to be read again.
static bool read_members(struct reading *reading, struct error *error)
{
    struct source_member member;
    enum source_step step;
    while ((step = source_next(reading->source, &member, error)) == SOURCE_MEMBER)
        if (!read_member(reading, &member, error) || reading->again)
            break;
    bool good = step != SOURCE_FAILED && error->kind == ERROR_NONE;
    if (!good || !settle_all(reading, error))
        return false;
    if (reading->again)
        return true;
    bool moved = false;
    good = images_finder_complete(&reading->finder, reading->source, &moved, error);
    note_move(reading, moved);
    return good;
}

// The tree has misled too often: it is looked at as a whole, so that it can no more.
static bool look_at_tree(struct reading *reading, struct error *error)
{
    reading->num_moves = 0;
    return images_finder_look(&reading->finder, reading->source, error) &&
           source_rewind(reading->source, error);
}

static bool check_any(struct reading *reading, struct error *error)
{
    if (reading->num_used > 0)
        return true;
    if (reading->num_aside == 0)
        return error_set(error, ERROR_INPUT, "there is no JPEG or PNG picture");
    const char *first = buffer_text(&reading->first_aside);
    return first ? error_set(error, ERROR_INPUT, "none of %llu files can be used; the first is %s",
                             (unsigned long long)reading->num_aside, first)
                 : error_memory(error);
}

static bool finish(void *context, struct card_file *card, struct error *error)
{
    struct reading *reading = context;
    struct images_classes classes;
    const char *name = writer_options(reading->writer)->name;
    const struct known *known = name ? known_find(name) : NULL;
    bool good = images_classes_make(&classes, &reading->finder.tree, &reading->finder.lists.wordnet,
                                    error) &&
                images_output_label(&reading->output, &classes, card, known, error);
    if (known && good && !known_fits(known, writer_schema(reading->writer)))
        known = NULL;
    good = good && describe(card, known, classes.num_levels > 0 ? "image-classification" : "other",
                            &reading->output.tally, reading->writer, error);
    images_classes_clear(&classes);
    return good;
}

static bool read_all(struct reading *reading, struct error *error)
{
    for (int pass = 0; pass < MAX_PASSES; pass++) {
        if (pass > 0 &&
            (!writer_reset(reading->writer, error) || !source_rewind(reading->source, error)))
            return false;
        if (reading->num_moves == MAX_MOVES && !look_at_tree(reading, error))
            return false;
        if (!begin_pass(reading, error) || !read_members(reading, error))
            return false;
        if (!reading->again)
            return check_any(reading, error) &&
                   (!reading->is_unsorted || images_output_sort(&reading->output, error)) &&
                   card_finish(reading->source, finish, reading, error);
    }
    return error_set(error, ERROR_INTERNAL, "the tree was read %d times", MAX_PASSES);
}

bool images_import(struct source *source, struct writer *writer, struct error *error)
{
    struct reading *reading = calloc(1, sizeof *reading);
    if (!reading)
        return error_memory(error);
    reading->source = source;
    reading->writer = writer;
    reading->in_place = writer_options(writer)->in_place;
    if (reading->in_place)
        reading->wider = (struct images_form){.is_known = true, .storage = STORAGE_IN_PLACE};
    reading->pool = images_pool_new(error);
    bool good = reading->pool && read_all(reading, error);
    images_pool_free(reading->pool);
    images_finder_clear(&reading->finder);
    images_output_clear(&reading->output);
    buffer_free(&reading->first_aside);
    buffer_free(&reading->last);
    free(reading);
    return good;
}
