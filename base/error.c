// SPDX-License-Identifier: MIT
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"

// One line whatever a file name or a member name holds: control bytes become '?'.
static void one_line(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = '?';
}

bool error_set(struct error *error, enum error_kind kind, const char *format, ...)
{
    if (!error || error->kind != ERROR_NONE)
        return false;
    error->kind = kind;
    va_list args;
    va_start(args, format);
    vsnprintf(error->text, sizeof error->text, format, args);
    va_end(args);
    one_line(error->text);
    return false;
}

bool error_system(struct error *error, const char *format, ...)
{
    int number = errno;
    if (!error || error->kind != ERROR_NONE)
        return false;
    error->kind = number == ENOMEM ? ERROR_MEMORY : ERROR_SYSTEM;
    va_list args;
    va_start(args, format);
    int used = vsnprintf(error->text, sizeof error->text, format, args);
    va_end(args);
    char meaning[128];
    const char *words = strerror_r(number, meaning, sizeof meaning);
    if (used >= 0 && (size_t)used < sizeof error->text)
        snprintf(error->text + used, sizeof error->text - (size_t)used, ": %s", words);
    one_line(error->text);
    return false;
}

bool error_memory(struct error *error)
{
    return error_set(error, ERROR_MEMORY, "not enough memory");
}

bool error_take(struct error *error, enum error_kind kind, struct buffer *text)
{
    const char *words = buffer_text(text);
    if (words)
        error_set(error, kind, "%s", words);
    else
        error_memory(error);
    buffer_free(text);
    return false;
}

void error_prefix(struct error *error, const char *format, ...)
{
    if (!error || error->kind == ERROR_NONE)
        return;
    char old[sizeof error->text];
    memcpy(old, error->text, sizeof old);
    va_list args;
    va_start(args, format);
    int used = vsnprintf(error->text, sizeof error->text, format, args);
    va_end(args);
    if (used >= 0 && (size_t)used < sizeof error->text)
        snprintf(error->text + used, sizeof error->text - (size_t)used, ": %.*s",
                 (int)sizeof old - 1, old);
    one_line(error->text);
}
