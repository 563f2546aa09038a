// SPDX-License-Identifier: MIT
#include "formats/marks.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"

static struct mark mark_of(const char *name, size_t size)
{
    struct digest digest;
    uint8_t bytes[DIGEST_BYTES];
    struct mark mark;
    digest_init(&digest);
    digest_update(&digest, name, size);
    digest_bytes(&digest, bytes);
    memcpy(&mark, bytes, sizeof mark);
    return mark;
}

static bool is_empty(const struct mark *mark)
{
    return mark->parts[0] == 0 && mark->parts[1] == 0;
}

// The slot that holds the mark, or the empty one where it belongs. There is always an empty one.
static struct mark *find(struct mark *slots, size_t num_slots, const struct mark *mark)
{
    size_t at = (size_t)mark->parts[0] & (num_slots - 1);
    while (!is_empty(&slots[at]) && memcmp(&slots[at], mark, sizeof *mark) != 0)
        at = (at + 1) & (num_slots - 1);
    return &slots[at];
}

static bool grow(struct marks *marks)
{
    size_t num_slots = marks->num_slots ? marks->num_slots * 2 : 16;
    struct mark *slots = calloc(num_slots, sizeof *slots);
    if (!slots)
        return false;
    for (size_t i = 0; i < marks->num_slots; i++)
        if (!is_empty(&marks->slots[i]))
            *find(slots, num_slots, &marks->slots[i]) = marks->slots[i];
    free(marks->slots);
    marks->slots = slots;
    marks->num_slots = num_slots;
    return true;
}

enum marks_result marks_add(struct marks *marks, const char *name, size_t size)
{
    if (marks->count >= marks->num_slots - marks->num_slots / 8 && !grow(marks))
        return MARKS_NO_MEMORY;
    struct mark mark = mark_of(name, size);
    struct mark *slot = find(marks->slots, marks->num_slots, &mark);
    if (!is_empty(slot))
        return MARKS_KNOWN;
    *slot = mark;
    marks->count++;
    return MARKS_NEW;
}

bool marks_has(const struct marks *marks, const char *name, size_t size)
{
    if (marks->count == 0)
        return false;
    struct mark mark = mark_of(name, size);
    return !is_empty(find(marks->slots, marks->num_slots, &mark));
}

void marks_clear(struct marks *marks)
{
    free(marks->slots);
    *marks = (struct marks){.slots = NULL};
}
