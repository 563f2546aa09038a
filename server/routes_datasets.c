// SPDX-License-Identifier: MIT
#include <string.h>

#include "encode/json.h"
#include "server/dataset_json.h"
#include "server/page_links.h"
#include "server/routes.h"
#include "server/sample_image.h"

static bool finish(struct response *response, const struct request *request)
{
    buffer_byte(&response->buffer, '\n');
    response->body = BODY_BUFFER;
    response->compressible = true;
    response->etag_from_body = true;
    if (request->immutable)
        response->caching = CACHE_IMMUTABLE;
    return true;
}

// How many samples the sheet can show that is a dataset's picture.
static unsigned thumbnails(struct dataset *dataset)
{
    const struct schema *schema = dataset_schema(dataset);
    int split = schema_default_split(schema), feature = 0;
    while ((size_t)feature < schema->num_features &&
           schema->features[feature].kind != FEATURE_IMAGE)
        feature++;
    if ((size_t)feature == schema->num_features)
        return 0;
    struct sample_images images = sample_images_of(dataset, split, feature);
    return (unsigned)sample_images_on_sheet(&images, DATASET_JSON_THUMBNAILS);
}

bool datasets_list(const struct request *request, struct response *response,
                   struct problem *problem)
{
    (void)problem;
    const char *base = request->site->base_path;
    uint64_t offset = request_value(request, "offset")->number;
    uint64_t limit = request_value(request, "limit")->number;
    uint64_t total = snapshot_num_datasets(request->snapshot);
    uint64_t left = offset < total ? total - offset : 0;
    uint64_t end = offset + (limit < left ? limit : left);
    struct buffer *out = &response->buffer;
    buffer_printf(out, "{\"total\":%llu,\"datasets\":[", (unsigned long long)total);
    for (uint64_t i = offset; i < end; i++) {
        struct dataset *dataset = snapshot_dataset(request->snapshot, i);
        buffer_string(out, i > offset ? ",\n" : "\n");
        dataset_json_summary(out, base, dataset_schema(dataset), thumbnails(dataset));
    }
    buffer_string(out, "],\n");
    struct page_address address = PAGE_ADDRESS_INIT;
    buffer_printf(&address.before, "%s/datasets?offset=", base);
    buffer_printf(&address.after, "&limit=%llu", (unsigned long long)limit);
    page_links_write(response, &address, offset, limit, total);
    buffer_byte(out, '}');
    return finish(response, request);
}

bool datasets_one(const struct request *request, struct response *response,
                  struct problem *problem)
{
    (void)problem;
    dataset_json_detail(&response->buffer, request->site->base_path, request->schema,
                        thumbnails(request->dataset));
    return finish(response, request);
}

static int class_feature(const struct request *request, struct problem *problem)
{
    const struct schema *schema = request->schema;
    const struct value *value = request_value(request, "feature");
    int feature = value->text ? schema_feature(schema, value->text) : schema_label(schema);
    if (value->text && feature < 0 && strcmp(value->text, "label") == 0)
        feature = schema_label(schema);
    if (feature >= 0 && schema->features[feature].kind == FEATURE_CLASS)
        return feature;
    if (!value->text)
        problem_set(problem, PROBLEM_UNKNOWN_FEATURE, "%s has no class feature", schema->name);
    else if (feature >= 0)
        problem_parameter(problem, PROBLEM_INVALID_PARAMETER, "feature",
                          "%s of %s is no class feature but of type %s", value->text, schema->name,
                          feature_kind_name(schema->features[feature].kind));
    else
        problem_parameter(problem, PROBLEM_UNKNOWN_FEATURE, "feature",
                          "%s has no feature \"%.100s\"; see `allowed`", schema->name, value->text);
    for (size_t i = 0; value->text && i < schema->num_features; i++)
        if (schema->features[i].kind == FEATURE_CLASS)
            problem_allow(problem, schema->features[i].name);
    return -1;
}

bool datasets_classes(const struct request *request, struct response *response,
                      struct problem *problem)
{
    const struct schema *schema = request->schema;
    int index = class_feature(request, problem);
    if (index < 0)
        return false;
    const struct feature *feature = &schema->features[index];
    const struct feature *parent = feature->parent < 0 ? NULL : &schema->features[feature->parent];
    struct buffer *out = &response->buffer;
    buffer_string(out, "{\"feature\":");
    json_write_string(out, feature->name);
    buffer_string(out, ",\"classes\":[");
    for (size_t id = 0; id < feature->num_classes; id++) {
        const struct class_label *label = &feature->classes[id];
        buffer_printf(out, "%s{\"id\":%zu,\"name\":", id ? ",\n" : "\n", id);
        json_write_string(out, label->name);
        buffer_string(out, ",\"parent\":");
        if (parent && label->parent >= 0) {
            buffer_printf(out, "{\"id\":%ld,\"name\":", label->parent);
            json_write_string(out, parent->classes[label->parent].name);
            buffer_byte(out, '}');
        } else {
            buffer_string(out, "null");
        }
        buffer_string(out, ",\"counts\":{");
        for (size_t split = 0; split < schema->num_splits; split++) {
            if (split)
                buffer_byte(out, ',');
            json_write_string(out, schema->splits[split].name);
            buffer_byte(out, ':');
            json_write_uint(out, class_index_count(
                               dataset_class_index(request->dataset, (int)split, index), (long)id));
        }
        buffer_string(out, "}}");
    }
    buffer_string(out, "]}");
    return finish(response, request);
}
