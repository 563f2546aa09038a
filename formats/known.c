// SPDX-License-Identifier: MIT
#include "formats/known.h"

#include <string.h>

const struct known *known_find(const char *name)
{
    for (size_t i = 0; KNOWN[i]; i++)
        if (strcmp(KNOWN[i]->name, name) == 0)
            return KNOWN[i];
    return NULL;
}

static bool is_hash(const char *known, const char *sha256)
{
    return known && strcmp(known, sha256) == 0;
}

const struct known *known_by_hash(const char *sha256)
{
    for (size_t i = 0; KNOWN[i]; i++)
        for (size_t j = 0; j < KNOWN[i]->num_files; j++)
            if (is_hash(KNOWN[i]->files[j].sha256, sha256) ||
                is_hash(KNOWN[i]->files[j].payload_sha256, sha256))
                return KNOWN[i];
    return NULL;
}

const struct known_feature *known_feature(const struct known *known, const char *name)
{
    for (size_t i = 0; i < known->num_features; i++)
        if (strcmp(known->features[i].name, name) == 0)
            return &known->features[i];
    return NULL;
}

bool known_fits(const struct known *known, const struct schema *schema)
{
    for (size_t i = 0; i < schema->num_features; i++) {
        const struct feature *feature = &schema->features[i];
        const struct known_feature *model = known_feature(known, feature->name);
        if (!model || model->kind != feature->kind || model->rank != feature->rank ||
            (model->kind != FEATURE_CLASS && model->dtype != feature->dtype))
            return false;
        for (unsigned j = 0; j < model->rank; j++)
            if (model->shape[j] != feature->shape[j])
                return false;
    }
    return schema->num_features > 0;
}
