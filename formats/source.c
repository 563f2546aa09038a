// SPDX-License-Identifier: MIT
#include "formats/source.h"

#include <stdlib.h>
#include <string.h>

#include "formats/feed.h"
#include "formats/glimpse.h"
#include "formats/unpack.h"

enum { MAX_CARD = 1 << 20 };

struct source {
    struct unpack_input input;
    struct glimpse glimpse;
    char (*sha256)[DIGEST_HEX]; // of each file that was read to its end, else ""
    uint64_t total;             // packed bytes
    atomic_uint_fast64_t done;
    struct feed *feed; // NULL before the first member
    struct queue_block
        *block; // the present member's, or at its end the next member's first, or NULL
    size_t block_at;
    struct buffer name, where; // of the present member
    uint8_t head[SOURCE_HEAD]; // of the present member
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
    size_t num_files = unpack_num_files(&source->input);
    source->sha256 = calloc(num_files, sizeof *source->sha256);
    if (!source->sha256) {
        error_memory(error);
        source_close(source);
        return NULL;
    }
    for (size_t i = 0; i < num_files; i++)
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
    source->block_at = 0;
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
    buffer_free(&source->card);
    buffer_free(&source->card_where);
    free(source->sha256);
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

// Deals with a block that carries no bytes: notes what it says and gives it back.
static void note(struct source *source, struct queue_block *block)
{
    if (block->kind == QUEUE_FILE) {
        memcpy(source->sha256[block->file], block->sha256, DIGEST_HEX);
    } else if (block->kind == QUEUE_END || block->kind == QUEUE_FAILED) {
        source->is_ended = true;
        source->failure = block->error;
    }
    feed_return(source->feed, block);
}

// Whether the present member has bytes at hand, or still to come. A block of another kind than
// QUEUE_DATA ends the member; that of the next member stays for source_next.
static bool have_bytes(struct source *source)
{
    while (source->is_member_open) {
        if (source->block_at < source->block->size)
            return true;
        drop_block(source);
        source->block = feed_next(source->feed);
        if (source->block->kind == QUEUE_DATA)
            continue;
        source->is_member_open = false;
        if (source->block->kind != QUEUE_MEMBER) {
            note(source, source->block);
            source->block = NULL;
        }
    }
    return false;
}

// Moves to the block that begins the next member; false at the end.
static bool next_block(struct source *source)
{
    while (have_bytes(source))
        source->block_at = source->block->size;
    while (!source->block && !source->is_ended) {
        struct queue_block *block = feed_next(source->feed);
        if (block->kind == QUEUE_MEMBER)
            source->block = block;
        else
            note(source, block);
    }
    return source->block != NULL;
}

// Begins the member whose first block is at hand.
static bool begin_member(struct source *source, struct source_member *member, struct error *error)
{
    struct queue_block *block = source->block;
    source->is_member_open = true;
    source->block_at = 0;
    source->offset = 0;
    source->name.size = source->where.size = 0;
    buffer_append(&source->name, block->name.data, block->name.size);
    buffer_append(&source->where, block->where.data, block->where.size);
    if (source->name.failed || source->where.failed)
        return error_memory(error);
    size_t head_size = block->size < SOURCE_HEAD ? block->size : SOURCE_HEAD;
    if (head_size > 0)
        memcpy(source->head, block->bytes, head_size);
    *member = (struct source_member){.name = source->name.data,
                                     .size = block->member_size,
                                     .head = source->head,
                                     .head_size = head_size};
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
    while (next_block(source)) {
        if (!begin_member(source, member, error))
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
    for (size_t i = 0; i < unpack_num_files(&source->input); i++)
        source->sha256[i][0] = '\0';
    return true;
}

int64_t source_read(struct source *source, void *bytes, size_t size, struct error *error)
{
    size_t got = 0;
    while (got < size && have_bytes(source)) {
        size_t take = source->block->size - source->block_at;
        if (take > size - got)
            take = size - got;
        memcpy((char *)bytes + got, source->block->bytes + source->block_at, take);
        source->block_at += take;
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
    return unpack_num_files(&source->input);
}

struct source_file_read source_file(const struct source *source, size_t i)
{
    return (struct source_file_read){.file = unpack_file_name(&source->input, i),
                                     .bytes = unpack_file_size(&source->input, i),
                                     .sha256 = source->sha256[i]};
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
