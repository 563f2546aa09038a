// SPDX-License-Identifier: MIT
// Bytes that come one run after the other: what files, gunzip and archive members look like to the
// layer above them. A run is borrowed, so that nothing is copied on the way up.
#ifndef SAMPLECASE_FORMATS_STREAM_H
#define SAMPLECASE_FORMATS_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

// The first member of each kind of stream.
struct stream {
    int64_t (*next)(struct stream *stream, const uint8_t **bytes, struct error *error);
};

// Sets *bytes to the next run, borrowed until the next call, and returns its length; 0 at the end,
// and again whenever it is asked for more; -1 with the error. A stream that stops because nobody
// wants more returns -1 and leaves the error empty.
static inline int64_t stream_next(struct stream *stream, const uint8_t **bytes, struct error *error)
{
    return stream->next(stream, bytes, error);
}

// Reads the stream to its end, which checks all there is to check.
bool stream_drain(struct stream *stream, struct error *error);

enum stream_content { STREAM_PLAIN, STREAM_GZIP, STREAM_TAR, STREAM_ZIP };

// "gzip", "tar", "zip", "plain"; static.
const char *stream_content_name(enum stream_content content);

enum { STREAM_HEAD = 512 }; // a tar header, the longest of the marks

// A stream whose beginning is looked at before it is read.
struct stream_head {
    struct stream stream;
    struct stream *from;
    const uint8_t *rest; // of the run that filled the head
    size_t rest_size;
    size_t size; // of the head; less than STREAM_HEAD only when that is all
    bool given;  // the head went up already
    uint8_t bytes[STREAM_HEAD];
};

// Fills the head of a stream, which is borrowed.
bool stream_head_open(struct stream_head *head, struct stream *from, struct error *error);

// What a stream holds, by its first bytes.
enum stream_content stream_head_content(const struct stream_head *head);

#endif
