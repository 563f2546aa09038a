// SPDX-License-Identifier: MIT
#include "formats/labels.h"

#include <stdlib.h>
#include <string.h>

#include "formats/card.h"
#include "store/writer.h"

enum dtype labels_dtype(size_t num_classes)
{
    return num_classes <= 256 ? DTYPE_UINT8 : num_classes <= 65536 ? DTYPE_UINT16 : DTYPE_INT32;
}

void labels_clear(struct labels *labels)
{
    for (size_t i = 0; i < labels->num_members; i++)
        free(labels->members[i]);
    free(labels->members);
    free(labels->places);
    *labels = (struct labels){.unit = labels->unit};
}

bool labels_member(struct labels *labels, const char *where, struct error *error)
{
    char **members = realloc(labels->members, (labels->num_members + 1) * sizeof *members);
    if (!members)
        return error_memory(error);
    labels->members = members;
    members[labels->num_members] = strdup(where);
    if (!members[labels->num_members])
        return error_memory(error);
    labels->num_members++;
    return true;
}

static bool grow(struct labels *labels, uint64_t value, struct error *error)
{
    size_t size = labels->num_places ? labels->num_places : 256;
    while (size <= value)
        size *= 2;
    struct label_place *places = realloc(labels->places, size * sizeof *places);
    if (!places)
        return error_memory(error);
    memset(places + labels->num_places, 0, (size - labels->num_places) * sizeof *places);
    labels->places = places;
    labels->num_places = size;
    return true;
}

bool labels_note(struct labels *labels, uint64_t value, uint64_t at, struct error *error)
{
    const char *where = labels->members[labels->num_members - 1];
    if (value >= SCHEMA_MAX_CLASSES)
        return error_set(error, ERROR_INPUT,
                         "%s: %s %llu: %llu is no label; labels count from 0 to "
                         "%d at most",
                         where, labels->unit, (unsigned long long)at, (unsigned long long)value,
                         SCHEMA_MAX_CLASSES - 1);
    if (value >= labels->num_places && !grow(labels, value, error))
        return false;
    if (labels->places[value].member == 0)
        labels->places[value] =
            (struct label_place){.member = (uint32_t)labels->num_members, .at = at};
    return true;
}

// Whether every label that was seen is smaller than the number of names.
static bool check(const struct labels *labels, size_t num_names, const char *whose,
                  const char *feature, struct error *error)
{
    for (size_t value = num_names; value < labels->num_places; value++) {
        const struct label_place *place = &labels->places[value];
        if (place->member != 0)
            return error_set(error, ERROR_INPUT,
                             "%s: %s %llu: the label is %zu, but %s has %zu "
                             "classes for %s (0 to %zu)",
                             labels->members[place->member - 1], labels->unit,
                             (unsigned long long)place->at, value, whose, num_names, feature,
                             num_names - 1);
    }
    return true;
}

bool labels_declare(const struct labels *labels, struct card_file *card, struct writer *writer,
                    int feature, const char *const *names, size_t num_names, const char *whose,
                    struct error *error)
{
    const char *name = writer_schema(writer)->features[feature].name;
    struct card_classes *classes = card_find_classes(card, name);
    if (classes) {
        classes->is_used = true;
        num_names = classes->num_names;
        whose = card->where;
    } else if (!names) {
        return true;
    }
    if (!check(labels, num_names, whose, name, error))
        return false;
    for (size_t i = 0; i < num_names; i++)
        if (!writer_class(writer, feature, classes ? classes->names[i] : names[i], -1, error))
            return false;
    return true;
}
