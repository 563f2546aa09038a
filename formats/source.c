// SPDX-License-Identifier: MIT
#include "formats/source.h"

#include <stdlib.h>
#include <string.h>

#include "formats/feed.h"
#include "formats/glimpse.h"
#include "formats/source_files.h"
#include "formats/unpack.h"

enum { MAX_CARD = 1 << 20 };

struct source {
    struct unpack_input input;
    struct glimpse glimpse;
    struct source_files files;
    uint64_t total; // packed bytes
    atomic_uint_fast64_t done;
    struct feed *feed;               // NULL before the first member
    struct queue_block *block;       // from the feed, or NULL
    size_t item;                     // in it: the present member's, else the one that comes next
    size_t item_at;                  // bytes of it that were read
    struct buffer name, where, path; // of the present member
    uint8_t head[SOURCE_HEAD];       // of the present member
    bool is_member_open;
    uint64_t offset;
    struct buffer card, card_where;
    bool is_ended;
    struct error failure; // why reading ended early
};

static struct source *source_new(const struct source_limits *limits, struct error *error)
{
    struct source *source = calloc(1, sizeof *source);
    if (!source)
        error_memory(error);
    else
        source->input.limits = *limits;
    return source;
}

// The second half of opening: the input is known.
static struct source *look(struct source *source, struct error *error)
{
    if (!source_files_make(&source->files, &source->input, error)) {
        source_close(source);
        return NULL;
    }
    for (size_t i = 0; i < unpack_num_files(&source->input); i++)
        source->total += unpack_file_size(&source->input, i);
    if (!glimpse_take(&source->glimpse, &source->input, error)) {
        source_close(source);
        return NULL;
    }
    return source;
}

struct source *source_open(char *const *paths, size_t num_paths, const struct source_limits *limits,
                           struct error *error)
{
    struct source *source = source_new(limits, error);
    if (!source)
        return NULL;
    if (!walk_open(&source->input.walk, paths, num_paths, limits->members, error)) {
        source_close(source);
        return NULL;
    }
    return look(source, error);
}

struct source *source_open_memory(const char *name, const void *bytes, size_t size,
                                  const struct source_limits *limits, struct error *error)
{
    struct source *source = source_new(limits, error);
    if (!source)
        return NULL;
    source->input.name = name;
    source->input.bytes = bytes;
    source->input.size = size;
    return look(source, error);
}

static void drop_block(struct source *source)
{
    if (source->block)
        feed_return(source->feed, source->block);
    source->block = NULL;
    source->item = source->item_at = 0;
}

// Ends the pass that is under way, if there is one.
static void end_pass(struct source *source)
{
    drop_block(source);
    feed_stop(source->feed);
    source->feed = NULL;
    source->is_member_open = source->is_ended = false;
    source->failure = (struct error)ERROR_INIT;
}

void source_close(struct source *source)
{
    if (!source)
        return;
    end_pass(source);
    glimpse_clear(&source->glimpse);
    walk_close(&source->input.walk);
    buffer_free(&source->name);
    buffer_free(&source->where);
    buffer_free(&source->path);
    buffer_free(&source->card);
    buffer_free(&source->card_where);
    source_files_clear(&source->files);
    free(source);
}

size_t source_num_glimpsed(const struct source *source)
{
    return source->glimpse.num_members;
}

const struct source_member *source_glimpsed(const struct source *source, size_t i)
{
    return &source->glimpse.members[i].shown;
}

bool source_glimpsed_all(const struct source *source)
{
    return source->glimpse.all;
}

bool source_is_card(const char *name)
{
    const char *slash = strchr(name, '/');
    return strcmp(slash ? slash + 1 : name, "dataset.json") == 0;
}

// The item that comes next, from the next block if need be; NULL at the end.
static struct queue_item *next_item(struct source *source)
{
    if (source->block && source->item == source->block->num_items)
        drop_block(source);
    if (!source->block && !source->is_ended)
        source->block = feed_next(source->feed);
    return source->block ? &source->block->items[source->item] : NULL;
}

// Deals with an item that carries no bytes.
static void note(struct source *source, const struct queue_item *item)
{
    if (item->kind == QUEUE_FILE) {
        source_files_note(&source->files, item->file, source->block->texts.data + item->sha256);
    } else {
        source->is_ended = true;
        if (item->kind == QUEUE_FAILED)
            source->failure = source->block->error;
    }
}

// Whether the present member has bytes at hand, or still to come. An item of another kind than
// QUEUE_DATA ends the member.
static bool have_bytes(struct source *source)
{
    while (source->is_member_open) {
        if (source->item_at < source->block->items[source->item].size)
            return true;
        source->item++;
        source->item_at = 0;
        const struct queue_item *item = next_item(source);
        source->is_member_open = item && item->kind == QUEUE_DATA;
        if (item && item->kind == QUEUE_FAILED)
            note(source, item);
    }
    return false;
}

// Moves to the item that begins the next member; NULL at the end.
static const struct queue_item *next_member(struct source *source)
{
    while (have_bytes(source))
        source->item_at = source->block->items[source->item].size;
    const struct queue_item *item;
    while ((item = next_item(source)) && item->kind != QUEUE_MEMBER) {
        note(source, item);
        source->item++;
    }
    return item;
}

// Begins the member whose first item is at hand.
static bool begin_member(struct source *source, const struct queue_item *item,
                         struct source_member *member, struct error *error)
{
    const struct queue_block *block = source->block;
    const char *texts = block->texts.data;
    source->is_member_open = true;
    source->item_at = 0;
    source->offset = 0;
    source->name.size = source->where.size = source->path.size = 0;
    buffer_append(&source->name, texts + item->name, strlen(texts + item->name) + 1);
    buffer_append(&source->where, texts + item->where, strlen(texts + item->where) + 1);
    buffer_append(&source->path, texts + item->path, strlen(texts + item->path) + 1);
    if (source->name.failed || source->where.failed || source->path.failed)
        return error_memory(error);
    size_t head_size = item->size < SOURCE_HEAD ? item->size : SOURCE_HEAD;
    if (head_size > 0)
        memcpy(source->head, block->bytes + item->at, head_size);
    *member = (struct source_member){.name = source->name.data,
                                     .size = item->member_size,
                                     .head = source->head,
                                     .head_size = head_size};
    if (source->path.data[0] != '\0')
        member->place = (struct source_place){.path = source->path.data,
                                              .offset = item->offset,
                                              .file_size = item->file_size,
                                              .modified = item->modified};
    return true;
}

// Keeps the card that is the present member.
static bool keep_card(struct source *source, struct error *error)
{
    if (source->card_where.size > 0)
        return error_set(error, ERROR_INPUT, "there are two cards: %s and %s",
                         source->card_where.data, source_where(source));
    struct buffer card = BUFFER_INIT;
    int64_t size;
    do {
        char *to = buffer_reserve(&card, 4096);
        size = to ? source_read(source, to, 4096, error) : -1;
        if (size > 0)
            card.size += (size_t)size;
    } while (size > 0 && card.size <= MAX_CARD);
    if (card.failed)
        error_memory(error);
    if (size > 0)
        error_set(error, ERROR_LIMIT, "%s: a card has at most %d bytes", source_where(source),
                  MAX_CARD);
    if (size != 0) {
        buffer_free(&card);
        return false;
    }
    buffer_free(&source->card);
    source->card = card;
    buffer_string(&source->card_where, source_where(source));
    return buffer_text(&source->card_where) || error_memory(error);
}

enum source_step source_next(struct source *source, struct source_member *member,
                             struct error *error)
{
    if (!source->feed) {
        atomic_store(&source->done, 0);
        source->feed = feed_start(&source->input, &source->done, error);
        if (!source->feed)
            return SOURCE_FAILED;
    }
    const struct queue_item *item;
    while ((item = next_member(source))) {
        if (!begin_member(source, item, member, error))
            return SOURCE_FAILED;
        if (!source_is_card(member->name))
            return SOURCE_MEMBER;
        if (!keep_card(source, error))
            return SOURCE_FAILED;
    }
    if (source->failure.kind == ERROR_NONE)
        return SOURCE_END;
    error_set(error, source->failure.kind, "%s", source->failure.text);
    return SOURCE_FAILED;
}

bool source_rewind(struct source *source, struct error *error)
{
    (void)error;
    end_pass(source);
    source->card_where.size = 0;
    source_files_reset(&source->files);
    return true;
}

int64_t source_read(struct source *source, void *bytes, size_t size, struct error *error)
{
    size_t got = 0;
    while (got < size && have_bytes(source)) {
        const struct queue_item *item = &source->block->items[source->item];
        size_t take = item->size - source->item_at;
        if (take > size - got)
            take = size - got;
        memcpy((char *)bytes + got, source->block->bytes + item->at + source->item_at, take);
        source->item_at += take;
        source->offset += take;
        got += take;
    }
    if (got < size && source->failure.kind != ERROR_NONE) {
        error_set(error, source->failure.kind, "%s", source->failure.text);
        return -1;
    }
    return (int64_t)got;
}

uint64_t source_offset(const struct source *source)
{
    return source->offset;
}

const char *source_where(const struct source *source)
{
    return source->where.data ? source->where.data : "the source";
}

size_t source_num_files(const struct source *source)
{
    return source->files.count;
}

struct source_file_read source_file(const struct source *source, size_t i)
{
    const struct source_files_entry *entry = &source->files.entries[i];
    return (struct source_file_read){
        .file = entry->file, .bytes = entry->bytes, .sha256 = entry->sha256};
}

size_t source_num_empty_folders(const struct source *source)
{
    return source->is_ended ? feed_empty_folders(source->feed)->count : 0;
}

const char *source_empty_folder(const struct source *source, size_t i)
{
    return feed_empty_folders(source->feed)->listed[i];
}

const char *source_card(const struct source *source, size_t *size, const char **where)
{
    if (source->card_where.size == 0)
        return NULL;
    *size = source->card.size;
    *where = source->card_where.data;
    return source->card.data;
}

void source_progress(const struct source *source, uint64_t *done, uint64_t *total)
{
    *done = atomic_load_explicit(&source->done, memory_order_relaxed);
    *total = source->total;
}
