// SPDX-License-Identifier: MIT
#include <stdlib.h>

#include "encode/picture.h"
#include "encode/png.h"
#include "server/routes.h"
#include "server/selection_args.h"

enum { MAX_PIXELS = 1 << 26 }; // of one answer, as 8192 × 8192

static bool no_memory(struct problem *problem)
{
    return problem_set(problem, PROBLEM_BUSY, "not enough memory for this picture");
}

// The image feature of that name, or the first. -1 with the problem.
static int image_feature(const struct request *request, const char *name, struct problem *problem)
{
    const struct schema *schema = request->schema;
    int feature = name ? schema_feature(schema, name) : -1;
    for (size_t i = 0; !name && feature < 0 && i < schema->num_features; i++)
        if (schema->features[i].kind == FEATURE_IMAGE)
            feature = (int)i;
    if (feature >= 0 && schema->features[feature].kind == FEATURE_IMAGE)
        return feature;
    if (!name)
        problem_set(problem, PROBLEM_UNKNOWN_FEATURE, "%s has no image feature", schema->name);
    else
        problem_parameter(problem, PROBLEM_UNKNOWN_FEATURE, "feature",
                          feature < 0 ? "%s has no feature \"%.100s\"; see `allowed`"
                                      : "%s: feature \"%.100s\" is no image; see `allowed`",
                          schema->name, name);
    for (size_t i = 0; i < schema->num_features; i++)
        if (schema->features[i].kind == FEATURE_IMAGE)
            problem_allow(problem, schema->features[i].name);
    return -1;
}

// An image feature whose samples become 8-bit pictures of one size.
struct tile {
    const struct feature *feature;
    const struct array *array;
    struct picture whole; // a sample as it is
    uint32_t size;        // bound of the longer side; 0 for none
};

static bool tile_new(struct tile *tile, const struct request *request, int split, int feature,
                     uint32_t size)
{
    unsigned height, width, channels;
    *tile = (struct tile){.feature = &request->schema->features[feature],
                          .array = dataset_array(request->dataset, split, feature),
                          .size = size};
    feature_image_size(tile->feature, &height, &width, &channels);
    return picture_new(&tile->whole, width, height, channels);
}

// The sample as a picture that fits into size: tile->whole itself or, when *own, a new one.
static bool tile_draw(struct tile *tile, uint64_t index, struct picture *out, bool *own)
{
    struct picture *whole = &tile->whole;
    picture_levels(whole->pixels, tile->array->rows + index * tile->array->row_bytes,
                   (size_t)whole->width * whole->height * whole->channels, tile->feature->dtype,
                   tile->feature->white);
    *own = tile->size && (whole->width > tile->size || whole->height > tile->size);
    if (*own)
        return picture_shrink(out, whole, tile->size);
    *out = *whole;
    return true;
}

static bool finish(struct response *response, const struct request *request)
{
    response->content_type = "image/png";
    response->body = BODY_BUFFER;
    if (request->immutable)
        response->caching = CACHE_IMMUTABLE;
    return true;
}

static bool check_pixels(uint64_t width, uint64_t height, const char *parameter,
                         struct problem *problem)
{
    if (width * height <= MAX_PIXELS)
        return true;
    return problem_parameter(problem, PROBLEM_TOO_LARGE, parameter,
                             "the picture would be %llu × %llu pixels; at most %d in all",
                             (unsigned long long)width, (unsigned long long)height, MAX_PIXELS);
}

static bool draw_one(const struct request *request, struct tile *tile, uint64_t index,
                     struct response *response, struct problem *problem)
{
    uint32_t scale = (uint32_t)request_value(request, "scale")->number;
    struct picture drawn, large = {.pixels = NULL};
    bool own, done = false;
    if (!tile_draw(tile, index, &drawn, &own))
        return no_memory(problem);
    uint64_t width = (uint64_t)drawn.width * scale, height = (uint64_t)drawn.height * scale;
    if (check_pixels(width, height, "scale", problem)) {
        const struct picture *result = &drawn;
        if (scale > 1 && picture_new(&large, (uint32_t)width, (uint32_t)height, drawn.channels)) {
            picture_place(&large, 0, 0, &drawn, scale);
            result = &large;
        }
        done = (scale == 1 || large.pixels) &&
               png_encode(&response->buffer, result->pixels, result->width, result->height,
                          result->channels);
        if (!done)
            no_memory(problem);
    }
    if (own)
        picture_free(&drawn);
    picture_free(&large);
    return done;
}

// The common case without a copy: pixels are stored as PNG wants them and are wanted as they are.
static bool encode_stored(const struct feature *feature, const uint8_t *row,
                          struct response *response, struct problem *problem)
{
    unsigned height, width, channels;
    feature_image_size(feature, &height, &width, &channels);
    if (png_encode(&response->buffer, row, width, height, channels))
        return true;
    return no_memory(problem);
}

bool images_png(const struct request *request, struct response *response, struct problem *problem)
{
    int split = selection_args_split(request, problem);
    if (split < 0)
        return false;
    int feature = image_feature(request, request_value(request, "feature")->text, problem);
    uint64_t index = request_value(request, "index")->number;
    if (feature < 0 || !request_sample_exists(request, split, index, problem))
        return false;
    const struct value *size = request_value(request, "size");
    const struct feature *column = &request->schema->features[feature];
    bool done;
    if (column->dtype == DTYPE_UINT8 && column->white == 255 && !size->given &&
        request_value(request, "scale")->number == 1) {
        const struct array *array = dataset_array(request->dataset, split, feature);
        done = encode_stored(column, array->rows + index * array->row_bytes, response, problem);
    } else {
        struct tile tile;
        done = tile_new(&tile, request, split, feature, (uint32_t)size->number)
                   ? draw_one(request, &tile, index, response, problem)
                   : no_memory(problem);
        picture_free(&tile.whole);
    }
    return done && finish(response, request);
}

static bool draw_sheet(const struct request *request, struct tile *tile,
                       const struct selection *selection, struct response *response,
                       struct problem *problem)
{
    uint64_t indices[1000]; // the most that `limit` and `indices` allow
    uint64_t count = selection_count(selection);
    uint32_t scale = (uint32_t)request_value(request, "scale")->number;
    uint32_t columns = (uint32_t)request_value(request, "columns")->number;
    if (count == 0)
        return problem_set(problem, PROBLEM_NO_SAMPLE,
                           "no samples are selected, so there is nothing to draw; %llu match, from "
                           "offset %llu on there are none",
                           (unsigned long long)selection_total(selection),
                           (unsigned long long)request_value(request, "offset")->number);
    if (columns > count)
        columns = (uint32_t)count;
    uint64_t rows = (count + columns - 1) / columns;
    selection_indices(selection, 0, count, indices);
    struct picture drawn, sheet;
    bool own;
    if (!tile_draw(tile, indices[0], &drawn, &own))
        return no_memory(problem);
    uint64_t tile_width = (uint64_t)drawn.width * scale;
    uint64_t tile_height = (uint64_t)drawn.height * scale;
    if (own)
        picture_free(&drawn);
    if (!check_pixels(columns * tile_width, rows * tile_height, "limit", problem))
        return false;
    if (!picture_new(&sheet, (uint32_t)(columns * tile_width), (uint32_t)(rows * tile_height),
                     tile->whole.channels))
        return no_memory(problem);
    bool done = true;
    for (uint64_t i = 0; i < count && done; i++) {
        done = tile_draw(tile, indices[i], &drawn, &own);
        if (!done)
            break;
        picture_place(&sheet, (uint32_t)(i % columns * tile_width),
                      (uint32_t)(i / columns * tile_height), &drawn, scale);
        if (own)
            picture_free(&drawn);
    }
    done = done && png_encode(&response->buffer, sheet.pixels, sheet.width, sheet.height,
                              sheet.channels);
    picture_free(&sheet);
    return done || no_memory(problem);
}

bool images_sheet(const struct request *request, struct response *response,
                  struct problem *problem)
{
    int split = selection_args_split(request, problem);
    if (split < 0)
        return false;
    int feature = image_feature(request, request_value(request, "feature")->text, problem);
    if (feature < 0)
        return false;
    struct selection *selection = selection_args_build(request, split, problem);
    if (!selection)
        return false;
    struct tile tile;
    bool done = tile_new(&tile, request, split, feature,
                         (uint32_t)request_value(request, "size")->number)
                    ? draw_sheet(request, &tile, selection, response, problem)
                    : no_memory(problem);
    picture_free(&tile.whole);
    selection_free(selection);
    return done && finish(response, request);
}
