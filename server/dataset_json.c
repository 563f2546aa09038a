// SPDX-License-Identifier: MIT
#include "server/dataset_json.h"

#include "encode/json.h"

enum { MOST_PHOTOGRAPHS = 15 }; // on the sheet that is a dataset's picture

// "name":value pairs with commas between.
static void text_member(struct buffer *out, const char *name, const char *text)
{
    buffer_printf(out, ",\"%s\":", name);
    json_write_string(out, text ? text : "");
}

static int image_feature(const struct schema *schema)
{
    for (size_t i = 0; i < schema->num_features; i++)
        if (schema->features[i].kind == FEATURE_IMAGE)
            return (int)i;
    return -1;
}

static void write_splits(struct buffer *out, const struct schema *schema)
{
    buffer_string(out, ",\"splits\":{");
    for (size_t i = 0; i < schema->num_splits; i++) {
        if (i)
            buffer_byte(out, ',');
        json_write_string(out, schema->splits[i].name);
        buffer_printf(out, ":{\"num_samples\":%llu,\"bytes\":%llu}",
                      (unsigned long long)schema->splits[i].num_samples,
                      (unsigned long long)schema->splits[i].bytes);
    }
    buffer_byte(out, '}');
}

// The members that the list and the single dataset share, without the closing brace.
static void summary_members(struct buffer *out, const char *base_path, const struct schema *schema,
                            unsigned thumbnails)
{
    uint64_t samples = 0, bytes = 0;
    for (size_t i = 0; i < schema->num_splits; i++) {
        samples += schema->splits[i].num_samples;
        bytes += schema->splits[i].bytes;
    }
    buffer_string(out, "{\"name\":");
    json_write_string(out, schema->name);
    text_member(out, "title", schema->card.title);
    text_member(out, "revision", schema->revision);
    text_member(out, "task", schema->card.task);
    write_splits(out, schema);
    buffer_printf(out, ",\"num_samples\":%llu,\"bytes\":%llu,\"url\":\"%s/datasets/%s\"",
                  (unsigned long long)samples, (unsigned long long)bytes, base_path,
                  schema->name);
    int feature = image_feature(schema);
    if (feature < 0) {
        buffer_string(out, ",\"thumbnail_url\":null");
        return;
    }
    // Either is five to three. Photographs want to be fewer and larger than small images, and most
    // come in the order of their classes.
    const char *look = "columns=10";
    if (schema->features[feature].storage != STORAGE_ROWS) {
        look = thumbnails < MOST_PHOTOGRAPHS ? "columns=5&size=128"
                                             : "columns=5&size=128&order=shuffle";
        thumbnails = thumbnails < MOST_PHOTOGRAPHS ? thumbnails : MOST_PHOTOGRAPHS;
    }
    buffer_printf(out, ",\"thumbnail_url\":\"%s/datasets/%s/sheet.png?limit=%u&%s&rev=%s\"",
                  base_path, schema->name, thumbnails, look, schema->revision);
}

const char *dataset_json_storage(enum storage storage)
{
    switch (storage) {
    case STORAGE_RAGGED:
        return "encoded";
    case STORAGE_IN_PLACE:
        return "in_place";
    case STORAGE_ROWS:
        break;
    }
    return "rows";
}

// An axis that differs from sample to sample is null.
static void write_shape(struct buffer *out, const struct feature *feature)
{
    buffer_string(out, ",\"shape\":[");
    if (feature->kind == FEATURE_IMAGE && feature->storage != STORAGE_ROWS)
        buffer_string(out, "null,null,null");
    if (feature->kind == FEATURE_TOKENS)
        buffer_string(out, "null");
    for (unsigned i = 0; i < feature->rank; i++)
        buffer_printf(out, "%s%llu", i ? "," : "", (unsigned long long)feature->shape[i]);
    buffer_byte(out, ']');
}

static void write_feature(struct buffer *out, const struct schema *schema,
                          const struct feature *feature)
{
    json_write_string(out, feature->name);
    buffer_printf(out, ":{\"type\":\"%s\",\"dtype\":\"%s\"", feature_kind_name(feature->kind),
                  dtype_name(feature->dtype));
    write_shape(out, feature);
    if (feature->kind == FEATURE_IMAGE) {
        buffer_printf(out, ",\"storage\":\"%s\",\"white\":",
                      dataset_json_storage(feature->storage));
        json_write_double(out, feature->white);
    }
    if (feature->kind == FEATURE_TOKENS)
        buffer_printf(out, ",\"num_words\":%llu", (unsigned long long)feature->num_words);
    if (feature->kind == FEATURE_CLASS) {
        buffer_printf(out, ",\"num_classes\":%zu", feature->num_classes);
        if (feature->parent >= 0)
            text_member(out, "parent", schema->features[feature->parent].name);
    }
    buffer_printf(out, ",\"target\":%s}", feature->target ? "true" : "false");
}

void dataset_json_summary(struct buffer *out, const char *base_path, const struct schema *schema,
                          unsigned thumbnails)
{
    summary_members(out, base_path, schema, thumbnails);
    buffer_byte(out, '}');
}

static void write_set_aside(struct buffer *out, const struct schema *schema)
{
    buffer_printf(out, ",\n\"set_aside\":{\"total\":%llu,\"files\":[",
                  (unsigned long long)schema->num_set_aside);
    for (size_t i = 0; i < schema->num_listed_aside; i++) {
        buffer_string(out, i ? ",\n{\"file\":" : "{\"file\":");
        json_write_string(out, schema->set_aside[i].file);
        text_member(out, "reason", schema->set_aside[i].reason);
        buffer_byte(out, '}');
    }
    buffer_string(out, "]}");
}

void dataset_json_detail(struct buffer *out, const char *base_path, const struct schema *schema,
                         unsigned thumbnails)
{
    summary_members(out, base_path, schema, thumbnails);
    text_member(out, "description", schema->card.description);
    text_member(out, "license", schema->card.license);
    text_member(out, "citation", schema->card.citation);
    text_member(out, "homepage", schema->card.homepage);
    buffer_string(out, ",\"warnings\":[");
    for (size_t i = 0; i < schema->card.num_warnings; i++) {
        if (i)
            buffer_byte(out, ',');
        json_write_string(out, schema->card.warnings[i]);
    }
    buffer_string(out, "],\n\"features\":{");
    for (size_t i = 0; i < schema->num_features; i++) {
        if (i)
            buffer_string(out, ",\n");
        write_feature(out, schema, &schema->features[i]);
    }
    buffer_string(out, "},\n\"sources\":[");
    for (size_t i = 0; i < schema->num_sources; i++) {
        const struct source_file *source = &schema->sources[i];
        buffer_string(out, i ? ",\n{\"file\":" : "{\"file\":");
        json_write_string(out, source->file);
        buffer_printf(out, ",\"bytes\":%llu,\"sha256\":", (unsigned long long)source->bytes);
        if (*source->sha256)
            json_write_string(out, source->sha256);
        else
            buffer_string(out, "null");
        buffer_byte(out, '}');
    }
    buffer_byte(out, ']');
    write_set_aside(out, schema);
    text_member(out, "created", schema->created);
    buffer_byte(out, '}');
}
