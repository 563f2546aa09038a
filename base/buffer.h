// SPDX-License-Identifier: MIT
// A growing run of bytes with a sticky failure: append as much as you like, look once at the end.
#ifndef SAMPLECASE_BASE_BUFFER_H
#define SAMPLECASE_BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct buffer {
    char *data;      // owned; NULL while nothing was appended
    size_t size;     // bytes in use
    size_t capacity; // bytes allocated
    bool failed;     // an allocation failed; everything appended since was dropped
};

#define BUFFER_INIT {.data = NULL, .size = 0, .capacity = 0, .failed = false}

// What buffer_reserve does when there is no room yet.
char *buffer_grow(struct buffer *buffer, size_t more);

// Appends formatted text, without a NUL.
void buffer_printf(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// Appends a NUL that does not count in size and returns the text, borrowed until the next change;
// NULL when the buffer failed.
const char *buffer_text(struct buffer *buffer);

// Gives the bytes away: the caller frees them with free(). NULL when the buffer failed or is empty.
// The buffer is empty afterwards.
char *buffer_take(struct buffer *buffer, size_t *size);

// Frees the bytes; the buffer may be used again. NULL is fine.
void buffer_free(struct buffer *buffer);

// Room for more bytes at data + size, so that a caller may write there and add to size itself.
// Returns the place, or NULL (and failed) when memory is short.
static inline char *buffer_reserve(struct buffer *buffer, size_t more)
{
    if (!buffer->failed && buffer->data && more <= buffer->capacity - buffer->size)
        return buffer->data + buffer->size;
    return buffer_grow(buffer, more);
}

// Appends size bytes.
static inline void buffer_append(struct buffer *buffer, const void *bytes, size_t size)
{
    char *to = size > 0 ? buffer_reserve(buffer, size) : NULL;
    if (!to)
        return;
    memcpy(to, bytes, size);
    buffer->size += size;
}

static inline void buffer_byte(struct buffer *buffer, char byte)
{
    buffer_append(buffer, &byte, 1);
}

static inline void buffer_string(struct buffer *buffer, const char *text)
{
    buffer_append(buffer, text, strlen(text));
}

#endif
