// SPDX-License-Identifier: MIT
// A failure as a value that the caller owns: a kind and one sentence. The first failure wins.
// Libraries fill it and return false or NULL; only the program's edge prints it or answers with it.
#ifndef SAMPLECASE_BASE_ERROR_H
#define SAMPLECASE_BASE_ERROR_H

#include <stdbool.h>

struct buffer;

enum error_kind {
    ERROR_NONE = 0,
    ERROR_INPUT,     // what the caller gave is wrong: a file's content, a name, a parameter
    ERROR_MISSING,   // the named thing does not exist
    ERROR_EXISTS,    // the named thing exists already
    ERROR_LIMIT,     // larger than a limit allows
    ERROR_DAMAGED,   // stored data is not what was written
    ERROR_SYSTEM,    // the operating system refused: no space, no permission, I/O error
    ERROR_MEMORY,    // an allocation failed
    ERROR_INTERNAL,  // a bug of ours
};

struct error {
    enum error_kind kind;
    char text[768]; // NUL-terminated UTF-8, one line, cut if longer
};

#define ERROR_INIT {.kind = ERROR_NONE, .text = ""}

// Fills *error unless it holds a failure already, or is NULL. Always returns false, so that a
// function can end with `return error_set(...)`.
bool error_set(struct error *error, enum error_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// The same for a failed system call: appends ": " and the meaning of errno.
bool error_system(struct error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// For a failed allocation. Returns false.
bool error_memory(struct error *error);

// The same with a text that was put together in a buffer, which is freed; when memory was short for
// it, that is the failure.
bool error_take(struct error *error, enum error_kind kind, struct buffer *text);

// Puts "prefix: " before the text of a failure, to say where it happened. Does nothing without one.
void error_prefix(struct error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
