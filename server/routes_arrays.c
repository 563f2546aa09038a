// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <string.h>

#include "server/routes.h"
#include "server/selection_args.h"
#include "store/role.h"

enum { ENDING = 4 }; // bytes of ".npy", which is not part of the value in the path

// Where the user's files lie is told to nobody.
static bool is_secret(enum array_role role)
{
    return role == ARRAY_PLACES || role == ARRAY_FILES || role == ARRAY_FILE_OFFSETS;
}

// The size of what follows the feature's name in the path.
static size_t ending_size(const struct feature *feature, enum array_role role)
{
    return strlen(role_suffix(feature, role)) - ENDING;
}

static bool is_named(const struct feature *feature, enum array_role role, const char *name)
{
    size_t size = strlen(feature->name), ending = ending_size(feature, role);
    return strncmp(name, feature->name, size) == 0 && strlen(name + size) == ending &&
           memcmp(name + size, role_suffix(feature, role), ending) == 0;
}

static void allow_arrays(const struct feature *feature, struct problem *problem)
{
    for (enum array_role role = 0; role < ARRAY_ROLES; role++) {
        char name[128];
        if (!feature_has_role(feature, role) || is_secret(role))
            continue;
        snprintf(name, sizeof name, "%s%.*s", feature->name, (int)ending_size(feature, role),
                 role_suffix(feature, role));
        problem_allow(problem, name);
    }
}

// Says what there is instead: of the feature when it has that name, else of all.
static void refuse(const struct request *request, const char *name, struct problem *problem)
{
    const struct schema *schema = request->schema;
    int feature = schema_feature(schema, name);
    if (feature >= 0 && schema->features[feature].storage == STORAGE_IN_PLACE)
        problem_parameter(problem, PROBLEM_UNKNOWN_FEATURE, "feature",
                          "the images of %s stay in the files that were added; see `allowed` for "
                          "what is stored about them",
                          name);
    else if (feature >= 0)
        problem_parameter(problem, PROBLEM_UNKNOWN_FEATURE, "feature",
                          "%s has no array with a row for each sample: %s.values.npy has what is in "
                          "them one after the other, %s.offsets.npy where each begins",
                          name, name, name);
    if (feature >= 0) {
        allow_arrays(&schema->features[feature], problem);
        return;
    }
    problem_parameter(problem, PROBLEM_UNKNOWN_FEATURE, "feature",
                      "%s has no array \"%.100s\"; see `allowed`", schema->name, name);
    for (size_t i = 0; i < schema->num_features; i++)
        allow_arrays(&schema->features[i], problem);
}

// The array that the path names; no two have the same name. NULL with the problem.
static const struct array *find_array(const struct request *request, int split, const char *name,
                                      struct problem *problem)
{
    const struct schema *schema = request->schema;
    for (size_t i = 0; i < schema->num_features; i++)
        for (enum array_role role = 0; role < ARRAY_ROLES; role++)
            if (feature_has_role(&schema->features[i], role) && !is_secret(role) &&
                is_named(&schema->features[i], role, name))
                return dataset_part(request->dataset, split, (int)i, role);
    refuse(request, name, problem);
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
