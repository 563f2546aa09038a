// SPDX-License-Identifier: MIT
#include "formats/pickle_member.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "formats/source.h"

enum { BLOCK = 1 << 20 };

static bool read_bytes(struct buffer *bytes, struct source *source, uint64_t size,
                       struct error *error)
{
    if (size != SOURCE_SIZE_UNKNOWN && size <= PICKLE_MAX_BYTES &&
        !buffer_reserve(bytes, size + BLOCK))
        return error_memory(error);
    int64_t got;
    do {
        char *to = buffer_reserve(bytes, BLOCK);
        if (!to)
            return error_memory(error);
        got = source_read(source, to, BLOCK, error);
        if (got < 0)
            return false;
        bytes->size += (size_t)got;
        if (bytes->size > PICKLE_MAX_BYTES)
            return error_set(error, ERROR_LIMIT, "%s: has more than %d MiB, too many for a pickle",
                             source_where(source), PICKLE_MAX_BYTES >> 20);
    } while (got == BLOCK);
    return true;
}

bool pickle_member_read(struct pickle_member *member, struct source *source, uint64_t size,
                        struct error *error)
{
    struct buffer bytes = BUFFER_INIT;
    uint64_t offset = source_offset(source);
    *member = (struct pickle_member){.bytes = NULL};
    if (!read_bytes(&bytes, source, size, error)) {
        buffer_free(&bytes);
        return false;
    }
    member->bytes = (uint8_t *)buffer_take(&bytes, &member->size);
    static const uint8_t NOTHING = 0;
    member->pickle =
        pickle_read(member->bytes ? member->bytes : &NOTHING, member->size, offset, error);
    if (member->pickle)
        return true;
    error_prefix(error, "%s", source_where(source));
    pickle_member_clear(member);
    return false;
}

void pickle_member_clear(struct pickle_member *member)
{
    pickle_free(member->pickle);
    free(member->bytes);
    *member = (struct pickle_member){.bytes = NULL};
}
