// SPDX-License-Identifier: MIT
#include "formats/text_values.h"

#include <stdlib.h>
#include <string.h>

static const char *name_of(const char *text, size_t size)
{
    return size > 0 ? text : TEXT_VALUES_MISSING;
}

bool text_values_add(struct text_values *values, const char *text, size_t size, struct error *error)
{
    values->count++;
    if (values->are_texts)
        return true;
    const char *name = name_of(text, size);
    size_t length = strlen(name);
    bool has_nul = size > 0 && length < size;
    enum names_result result = NAMES_KNOWN;
    if (length <= TEXT_VALUES_LONGEST && !has_nul)
        result = names_add(&values->names, name, length);
    else
        values->are_texts = true;
    if (result == NAMES_NO_MEMORY)
        return error_memory(error);
    if (result == NAMES_NEW)
        values->bytes += length;
    values->are_texts |=
        values->names.count > TEXT_VALUES_MOST || values->bytes > TEXT_VALUES_BYTES;
    if (values->are_texts)
        names_clear(&values->names);
    return true;
}

bool text_values_are_classes(const struct text_values *values, bool is_wanted)
{
    return !values->are_texts && (is_wanted || values->names.count * 4 <= values->count * 3);
}

static int by_code_point(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

// Bytes of UTF-8 sort as its code points do.
bool text_values_sort(struct text_values *values, struct error *error)
{
    values->sorted = calloc(values->names.count + 1, sizeof *values->sorted);
    if (!values->sorted)
        return error_memory(error);
    size_t count = 0;
    for (size_t i = 0; i < values->names.num_slots; i++)
        if (values->names.slots[i])
            values->sorted[count++] = values->names.slots[i];
    qsort(values->sorted, count, sizeof *values->sorted, by_code_point);
    return true;
}

long text_values_id(const struct text_values *values, const char *text, size_t size)
{
    const char *name = name_of(text, size);
    const char **found =
        bsearch(&name, values->sorted, values->names.count, sizeof *values->sorted, by_code_point);
    return found && (size == 0 || strlen(name) == size) ? found - values->sorted : -1;
}

void text_values_clear(struct text_values *values)
{
    names_clear(&values->names);
    free(values->sorted);
    *values = (struct text_values){.sorted = NULL};
}
