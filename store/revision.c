// SPDX-License-Identifier: MIT
#include "store/revision.h"

#include <inttypes.h>
#include <string.h>

#include "base/buffer.h"

static void put_name(struct buffer *text, const char *name)
{
    buffer_printf(text, " %zu:%s", strlen(name), name);
}

static void put_feature(struct buffer *text, const struct feature *feature)
{
    buffer_string(text, "feature");
    put_name(text, feature->name);
    buffer_printf(text, " %s %s ", feature_kind_name(feature->kind), dtype_name(feature->dtype));
    for (unsigned i = 0; i < feature->rank; i++)
        buffer_printf(text, "%s%" PRIu64, i ? "," : "", feature->shape[i]);
    buffer_printf(text, "%s %.17g %d %d", feature->rank ? "" : "-", feature->white, feature->target,
                  feature->parent);
    if (feature->storage != STORAGE_ROWS)
        buffer_printf(text, " %s", storage_name(feature->storage));
    buffer_byte(text, '\n');
    for (size_t i = 0; i < feature->num_classes; i++) {
        buffer_string(text, "class");
        put_name(text, feature->classes[i].name);
        buffer_printf(text, " %ld\n", feature->classes[i].parent);
    }
}

// The hashes of the arrays of a split; -1 for those that are one for all.
static void put_arrays(struct buffer *text, const struct catalog_entry *entry, int split)
{
    int named = -1; // the feature whose name was put
    for (size_t i = 0; i < entry->num_arrays; i++) {
        const struct catalog_array *array = &entry->arrays[i];
        if (array->split != split || array->role == ARRAY_BY_CLASS)
            continue;
        if (split < 0 && array->feature != named) {
            buffer_string(text, "shared");
            put_name(text, entry->schema.features[array->feature].name);
            buffer_byte(text, '\n');
            named = array->feature;
        }
        buffer_printf(text, "array %s\n", array->sha256);
    }
}

bool revision_compute(const struct catalog_entry *entry, char out[DIGEST_HEX], struct error *error)
{
    const struct schema *schema = &entry->schema;
    struct buffer text = BUFFER_INIT;
    buffer_string(&text, "samplecase revision 1\n");
    for (size_t i = 0; i < schema->num_features; i++)
        put_feature(&text, &schema->features[i]);
    for (size_t i = 0; i < schema->num_splits; i++) {
        buffer_string(&text, "split");
        put_name(&text, schema->splits[i].name);
        buffer_printf(&text, " %" PRIu64 "\n", schema->splits[i].num_samples);
        put_arrays(&text, entry, (int)i);
    }
    put_arrays(&text, entry, -1);
    bool ok = !text.failed || error_memory(error);
    if (ok)
        digest_of(text.data, text.size, out);
    buffer_free(&text);
    return ok;
}
