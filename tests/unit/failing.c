// SPDX-License-Identifier: MIT
#include "tests/unit/failing.h"

#include <stddef.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);

static unsigned long left;
static bool always, happened;

void failing_nth(unsigned long n)
{
    left = n;
    always = happened = false;
}

void failing_always(void)
{
    always = true;
    happened = false;
}

bool failing_happened(void)
{
    return happened;
}

static bool fails(void)
{
    if (!always && (left == 0 || --left != 0))
        return false;
    happened = true;
    return true;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *block, size_t size)
{
    return fails() ? NULL : __real_realloc(block, size);
}
