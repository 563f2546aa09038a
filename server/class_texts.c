// SPDX-License-Identifier: MIT
#include "server/class_texts.h"

#include <stdlib.h>

#include "encode/json.h"

// What is kept: as many texts as the dataset has features.
struct companion {
    size_t count;
    struct class_texts texts[];
};

static void drop(void *kept)
{
    struct companion *companion = kept;
    for (size_t i = 0; i < companion->count; i++) {
        free(companion->texts[i].text);
        free(companion->texts[i].starts);
    }
    free(companion);
}

static bool render(const struct feature *feature, struct class_texts *texts)
{
    struct buffer out = BUFFER_INIT;
    size_t size;
    texts->starts = calloc(feature->num_classes + 1, sizeof *texts->starts);
    for (size_t id = 0; texts->starts && id < feature->num_classes; id++) {
        buffer_string(&out, "{\"id\":");
        json_write_uint(&out, id);
        buffer_string(&out, ",\"name\":");
        json_write_string(&out, feature->classes[id].name);
        buffer_byte(&out, '}');
        texts->starts[id + 1] = out.size;
    }
    texts->text = buffer_take(&out, &size);
    return texts->starts && (texts->text || feature->num_classes == 0);
}

static void *make(struct dataset *dataset)
{
    const struct schema *schema = dataset_schema(dataset);
    struct companion *companion =
        calloc(1, sizeof *companion + schema->num_features * sizeof companion->texts[0]);
    if (!companion)
        return NULL;
    companion->count = schema->num_features;
    for (size_t i = 0; i < schema->num_features; i++) {
        const struct feature *feature = &schema->features[i];
        if (feature->kind == FEATURE_CLASS && !render(feature, &companion->texts[i])) {
            drop(companion);
            return NULL;
        }
    }
    return companion;
}

const struct class_texts *class_texts_of(struct dataset *dataset)
{
    struct companion *companion = dataset_companion(dataset, make, drop);
    return companion ? companion->texts : NULL;
}
