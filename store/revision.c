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
    buffer_printf(text, "%s %.17g %d %d\n", feature->rank ? "" : "-", feature->white,
                  feature->target, feature->parent);
    for (size_t i = 0; i < feature->num_classes; i++) {
        buffer_string(text, "class");
        put_name(text, feature->classes[i].name);
        buffer_printf(text, " %ld\n", feature->classes[i].parent);
    }
}

bool revision_compute(const struct catalog_entry *entry, char out[DIGEST_HEX], struct error *error)
{
    const struct schema *schema = &entry->schema;
    struct buffer text = BUFFER_INIT;
    buffer_string(&text, "samplecase revision 1\n");
    for (size_t i = 0; i < schema->num_features; i++)
        put_feature(&text, &schema->features[i]);
    size_t array = 0;
    for (size_t i = 0; i < schema->num_splits; i++) {
        buffer_string(&text, "split");
        put_name(&text, schema->splits[i].name);
        buffer_printf(&text, " %" PRIu64 "\n", schema->splits[i].num_samples);
        for (; array < entry->num_arrays && entry->arrays[array].split == (int)i; array++)
            if (entry->arrays[array].role == ARRAY_VALUES)
                buffer_printf(&text, "array %s\n", entry->arrays[array].sha256);
    }
    bool ok = !text.failed || error_memory(error);
    if (ok)
        digest_of(text.data, text.size, out);
    buffer_free(&text);
    return ok;
}
