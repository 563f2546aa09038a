// SPDX-License-Identifier: MIT
#include <string.h>

#include "server/routes.h"
#include "server/selection_args.h"

static const char BY_CLASS[] = ".by_class";

// The array that the path names: a feature's values, or its class index.
static const struct array *find_array(const struct request *request, int split, const char *name,
                                      struct problem *problem)
{
    const struct schema *schema = request->schema;
    int feature = schema_feature(schema, name);
    if (feature >= 0)
        return dataset_array(request->dataset, split, feature);
    for (size_t i = 0; i < schema->num_features; i++) {
        const char *class_name = schema->features[i].name;
        size_t size = strlen(class_name);
        if (schema->features[i].kind == FEATURE_CLASS && strncmp(name, class_name, size) == 0 &&
            strcmp(name + size, BY_CLASS) == 0)
            return &dataset_class_index(request->dataset, split, (int)i)->by_class;
    }
    problem_parameter(problem, PROBLEM_UNKNOWN_FEATURE, "feature",
                      "%s has no array \"%.100s\"; see `allowed`", schema->name, name);
    for (size_t i = 0; i < schema->num_features; i++)
        problem_allow(problem, schema->features[i].name);
    return NULL;
}

bool arrays_npy(const struct request *request, struct response *response, struct problem *problem)
{
    int split = selection_args_split(request, problem);
    if (split < 0)
        return false;
    const struct array *array =
        find_array(request, split, request_value(request, "feature")->text, problem);
    if (!array)
        return false;
    response->stored = array->file;
    response->stored_size = array->file_bytes;
    response->hold = dataset_hold(request->dataset);
    response->content_type = "application/octet-stream";
    response->body = BODY_STORED;
    if (request->immutable)
        response->caching = CACHE_IMMUTABLE;
    return true;
}
