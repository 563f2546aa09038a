// SPDX-License-Identifier: MIT
#include "formats/column_name.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { MAX_NAME = 100 }; // bytes; see text_is_file_name

char *column_name(const char *text, size_t size, size_t column)
{
    char name[MAX_NAME + 1];
    if (size > MAX_NAME)
        size = text_utf8_prefix(text, MAX_NAME);
    if (size == 0) {
        snprintf(name, sizeof name, "column_%zu", column + 1);
        return strdup(name);
    }
    memcpy(name, text, size);
    name[size] = '\0';
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)name[i] < 0x20 || name[i] == 0x7f || name[i] == '/' ||
            (i == 0 && name[i] == '.'))
            name[i] = '_';
    return strdup(strcmp(name, "index") == 0 ? "index_" : name);
}
