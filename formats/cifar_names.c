// SPDX-License-Identifier: MIT
#include "formats/cifar_names.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "formats/source.h"

enum { MAX_FILE = 64 << 10 };

// Splits the text into lines; empty ones are passed over.
static void split_lines(struct cifar_names *names)
{
    char *rest = names->text;
    names->count = 0;
    for (char *line; (line = strsep(&rest, "\r\n"));)
        if (*line != '\0') {
            if (names->count < CIFAR_MAX_CLASSES)
                names->names[names->count] = line;
            names->count++; // one too many is noticed by the caller
        }
}

bool cifar_names_read(struct cifar_names *names, const struct cifar_layout *layout, unsigned label,
                      struct source *source, struct error *error)
{
    const struct cifar_label *of = &layout->labels[label];
    const char *where = source_where(source);
    if (names->text)
        return error_set(error, ERROR_INPUT, "%s: there is another file with the names of %s",
                         where, of->feature);
    names->text = malloc(MAX_FILE + 1);
    if (!names->text)
        return error_memory(error);
    int64_t got = source_read(source, names->text, MAX_FILE, error);
    if (got < 0)
        return false;
    size_t size = (size_t)got;
    names->text[size] = '\0';
    if (size == MAX_FILE || memchr(names->text, '\0', size) ||
        text_utf8_prefix(names->text, size) != size)
        return error_set(error, ERROR_INPUT,
                         "%s: is no list of names (UTF-8, one on each line, less than %d bytes)",
                         where, MAX_FILE);
    split_lines(names);
    return names->count == of->num_classes ||
           error_set(error, ERROR_INPUT, "%s: has %zu names, but %s has %u classes of %s", where,
                     names->count, layout->title, of->num_classes, of->feature);
}

void cifar_names_clear(struct cifar_names *names)
{
    free(names->text);
}
