// SPDX-License-Identifier: MIT
#include "base/buffer.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

char *buffer_grow(struct buffer *buffer, size_t more)
{
    if (buffer->failed)
        return NULL;
    if (more > SIZE_MAX / 2 - buffer->size) {
        buffer->failed = true;
        return NULL;
    }
    size_t need = buffer->size + more;
    if (need > buffer->capacity || !buffer->data) {
        size_t capacity = buffer->capacity ? buffer->capacity : 256;
        while (capacity < need)
            capacity *= 2;
        char *data = realloc(buffer->data, capacity);
        if (!data) {
            buffer->failed = true;
            return NULL;
        }
        buffer->data = data;
        buffer->capacity = capacity;
    }
    return buffer->data + buffer->size;
}

void buffer_printf(struct buffer *buffer, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *to = size < 0 ? NULL : buffer_reserve(buffer, (size_t)size + 1);
    if (to) {
        vsnprintf(to, (size_t)size + 1, format, again);
        buffer->size += (size_t)size;
    }
    va_end(again);
}

const char *buffer_text(struct buffer *buffer)
{
    char *end = buffer_reserve(buffer, 1);
    if (!end)
        return NULL;
    *end = '\0';
    return buffer->data;
}

char *buffer_take(struct buffer *buffer, size_t *size)
{
    char *data = buffer->failed ? NULL : buffer->data;
    *size = data ? buffer->size : 0;
    if (!data)
        free(buffer->data);
    *buffer = (struct buffer)BUFFER_INIT;
    return data;
}

void buffer_free(struct buffer *buffer)
{
    if (!buffer)
        return;
    free(buffer->data);
    *buffer = (struct buffer)BUFFER_INIT;
}
