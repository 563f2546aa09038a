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

// Room for more bytes at data + size, so that a caller may write there and add to size itself.
// Returns the place, or NULL (and failed) when memory is short.
char *buffer_reserve(struct buffer *buffer, size_t more);

// Appends size bytes.
void buffer_append(struct buffer *buffer, const void *bytes, size_t size);

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

static inline void buffer_byte(struct buffer *buffer, char byte)
{
    if (buffer->size < buffer->capacity)
        buffer->data[buffer->size++] = byte;
    else
        buffer_append(buffer, &byte, 1);
}

static inline void buffer_string(struct buffer *buffer, const char *text)
{
    buffer_append(buffer, text, strlen(text));
}

#endif
