// SPDX-License-Identifier: MIT
#include "formats/stream.h"

#include <string.h>

bool stream_drain(struct stream *stream, struct error *error)
{
    const uint8_t *bytes;
    int64_t size;
    do
        size = stream_next(stream, &bytes, error);
    while (size > 0);
    return size == 0;
}

const char *stream_content_name(enum stream_content content)
{
    static const char *const NAMES[] = {[STREAM_PLAIN] = "plain",
                                        [STREAM_GZIP] = "gzip",
                                        [STREAM_TAR] = "tar",
                                        [STREAM_ZIP] = "zip"};
    return NAMES[content];
}

static int64_t head_next(struct stream *stream, const uint8_t **bytes, struct error *error)
{
    struct stream_head *head = (struct stream_head *)stream;
    if (!head->given) {
        head->given = true;
        if (head->size > 0) {
            *bytes = head->bytes;
            return (int64_t)head->size;
        }
    }
    if (head->rest_size > 0) {
        size_t size = head->rest_size;
        *bytes = head->rest;
        head->rest_size = 0;
        return (int64_t)size;
    }
    return stream_next(head->from, bytes, error);
}

bool stream_head_open(struct stream_head *head, struct stream *from, struct error *error)
{
    head->stream.next = head_next;
    head->from = from;
    head->rest = NULL;
    head->rest_size = head->size = 0;
    head->given = false;
    while (head->size < STREAM_HEAD) {
        const uint8_t *bytes;
        int64_t size = stream_next(from, &bytes, error);
        if (size < 0)
            return false;
        if (size == 0)
            break;
        size_t take = STREAM_HEAD - head->size;
        if (take > (size_t)size)
            take = (size_t)size;
        memcpy(head->bytes + head->size, bytes, take);
        head->size += take;
        head->rest = bytes + take;
        head->rest_size = (size_t)size - take;
    }
    return true;
}

// Whether 512 bytes are a tar header: its checksum is an octal number at 148, the sum of all bytes
// with the checksum itself taken for spaces (POSIX.1-1988 ustar, and the v7 form before it).
static bool is_tar_header(const uint8_t *header)
{
    unsigned sum = 0, stated = 0, digits = 0;
    for (unsigned i = 0; i < STREAM_HEAD; i++)
        sum += i >= 148 && i < 156 ? ' ' : header[i];
    unsigned at = 148;
    while (at < 156 && header[at] == ' ')
        at++;
    for (; at < 156 && header[at] >= '0' && header[at] <= '7'; at++, digits++)
        stated = stated * 8 + (unsigned)(header[at] - '0');
    return digits > 0 && stated == sum && header[0] != 0;
}

enum stream_content stream_head_content(const struct stream_head *head)
{
    if (head->size >= 3 && memcmp(head->bytes, "\x1f\x8b\x08", 3) == 0)
        return STREAM_GZIP;
    if (head->size >= 4 &&
        (memcmp(head->bytes, "PK\3\4", 4) == 0 || memcmp(head->bytes, "PK\5\6", 4) == 0))
        return STREAM_ZIP;
    if (head->size == STREAM_HEAD && is_tar_header(head->bytes))
        return STREAM_TAR;
    return STREAM_PLAIN;
}
