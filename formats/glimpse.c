// SPDX-License-Identifier: MIT
#include "formats/glimpse.h"

#include <stdlib.h>
#include <string.h>

// What is enough to tell formats apart; the rest is read once, later.
enum { MAX_MEMBERS = 1000, BUDGET = 256 << 10 };

struct looker {
    struct unpack_sink sink;
    struct glimpse *glimpse;
    size_t capacity;
    struct glimpse_member *member; // whose bytes come; NULL for a card
};

static bool sink_member(struct unpack_sink *sink, const struct unpack_member *member,
                        struct error *error)
{
    struct looker *looker = (struct looker *)sink;
    struct glimpse *glimpse = looker->glimpse;
    looker->member = NULL;
    if (source_is_card(member->name))
        return true;
    if (glimpse->num_members == MAX_MEMBERS)
        return false;
    if (glimpse->num_members == looker->capacity) {
        size_t capacity = looker->capacity ? looker->capacity * 2 : 16;
        struct glimpse_member *members = realloc(glimpse->members, capacity * sizeof *members);
        if (!members)
            return error_memory(error);
        glimpse->members = members;
        looker->capacity = capacity;
    }
    char *copy = strdup(member->name);
    if (!copy)
        return error_memory(error);
    looker->member = &glimpse->members[glimpse->num_members++];
    *looker->member =
        (struct glimpse_member){.shown = {.name = copy, .size = member->size}, .name = copy};
    return true;
}

static bool sink_data(struct unpack_sink *sink, const uint8_t *bytes, size_t size,
                      struct error *error)
{
    struct looker *looker = (struct looker *)sink;
    if (!looker->member)
        return false;
    struct source_member *shown = &looker->member->shown;
    size_t take = SOURCE_HEAD - shown->head_size;
    if (take > size)
        take = size;
    uint8_t *head = realloc(looker->member->head, shown->head_size + take);
    if (!head)
        return error_memory(error);
    memcpy(head + shown->head_size, bytes, take);
    shown->head = looker->member->head = head;
    shown->head_size += take;
    return shown->head_size < SOURCE_HEAD;
}

static void sink_end(struct unpack_sink *sink)
{
    struct looker *looker = (struct looker *)sink;
    looker->member = NULL;
}

bool glimpse_take(struct glimpse *glimpse, const struct unpack_input *input, struct error *error)
{
    struct looker looker = {.sink = {.member = sink_member, .data = sink_data, .end = sink_end},
                            .glimpse = glimpse};
    struct unpack unpack = {
        .input = input, .sink = &looker.sink, .budget = BUDGET, .cursor = WALK_CURSOR_INIT};
    size_t num_files = unpack_num_files(input);
    bool good = true;
    glimpse->all = true;
    for (size_t i = 0; good && i < num_files && glimpse->num_members < MAX_MEMBERS; i++)
        if (!unpack_file(&unpack, i, error)) {
            glimpse->all = false;
            good = error->kind == ERROR_NONE;
        }
    if (glimpse->num_members == MAX_MEMBERS)
        glimpse->all = false;
    unpack_clear(&unpack);
    if (!good)
        glimpse_clear(glimpse);
    return good;
}

void glimpse_clear(struct glimpse *glimpse)
{
    for (size_t i = 0; i < glimpse->num_members; i++) {
        free(glimpse->members[i].name);
        free(glimpse->members[i].head);
    }
    free(glimpse->members);
    *glimpse = (struct glimpse){.members = NULL};
}
