// SPDX-License-Identifier: MIT
#include <stdlib.h>

#include "base/area.h"
#include "encode/picture.h"
#include "encode/png.h"
#include "formats/raster.h"
#include "server/routes.h"
#include "server/sample_image.h"
#include "server/selection_args.h"
#include "server/url.h"

enum {
    MAX_PIXELS = 1 << 26, // of one answer, as 8192 × 8192
    STANDARD_TILE = 64,
};

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

static bool draw_one(const struct request *request, const struct sample_images *images,
                     uint64_t index, struct response *response, struct problem *problem)
{
    uint32_t scale = (uint32_t)request_value(request, "scale")->number;
    const struct value *size = request_value(request, "size");
    struct picture drawn, large = {.pixels = NULL};
    if (!sample_image_size(images, index, &drawn, problem))
        return false;
    if (size->given)
        area_fit(&drawn.width, &drawn.height, (uint32_t)size->number);
    uint64_t width = (uint64_t)drawn.width * scale, height = (uint64_t)drawn.height * scale;
    if (!check_pixels(width, height, size->given || scale > 1 ? "scale" : "size", problem) ||
        !sample_image_draw(images, index, (uint32_t)size->number, &drawn, problem))
        return false;
    const struct picture *result = &drawn;
    if (scale > 1 && picture_new(&large, (uint32_t)width, (uint32_t)height, drawn.channels)) {
        picture_place(&large, 0, 0, &drawn, scale);
        result = &large;
    }
    bool done =
        (scale == 1 || large.pixels) && png_encode(&response->buffer, result->pixels, result->width,
                                                   result->height, result->channels);
    picture_free(&drawn);
    picture_free(&large);
    return done || no_memory(problem);
}

// The common case without a copy: pixels are stored as PNG wants them and are wanted as they are.
static bool encode_stored(const struct sample_images *images, uint64_t index,
                          struct response *response, struct problem *problem)
{
    unsigned height, width, channels;
    const struct array *array =
        dataset_array(images->dataset, images->split, images->index_of_feature);
    feature_image_size(images->feature, &height, &width, &channels);
    if (png_encode(&response->buffer, array->rows + index * array->row_bytes, width, height,
                   channels))
        return true;
    return no_memory(problem);
}

// An encoded image as it is: a file that is such a PNG goes out as it came.
static bool answer_encoded(const struct request *request, const struct sample_images *images,
                           uint64_t index, struct response *response, struct problem *problem)
{
    struct image_bytes bytes;
    if (!sample_image_bytes(images, index, &bytes, problem))
        return false;
    bool plain = raster_is_plain_png(bytes.bytes, bytes.size);
    if (plain)
        buffer_append(&response->buffer, bytes.bytes, bytes.size);
    image_bytes_free(&bytes);
    return plain || draw_one(request, images, index, response, problem);
}

// The sample whose image the request names. False with the problem.
static bool find_image(const struct request *request, struct sample_images *images, uint64_t *index,
                       struct problem *problem)
{
    int split = selection_args_split(request, problem);
    if (split < 0)
        return false;
    int feature = image_feature(request, request_value(request, "feature")->text, problem);
    *index = request_value(request, "index")->number;
    if (feature < 0 || !request_sample_exists(request, split, *index, problem))
        return false;
    *images = sample_images_of(request->dataset, split, feature);
    return true;
}

bool images_png(const struct request *request, struct response *response, struct problem *problem)
{
    struct sample_images images;
    uint64_t index;
    if (!find_image(request, &images, &index, problem))
        return false;
    bool as_it_is =
        !request_value(request, "size")->given && request_value(request, "scale")->number == 1;
    bool done;
    if (as_it_is && sample_images_encoded(&images))
        done = answer_encoded(request, &images, index, response, problem);
    else if (as_it_is && images.feature->dtype == DTYPE_UINT8 && images.feature->white == 255)
        done = encode_stored(&images, index, response, problem);
    else
        done = draw_one(request, &images, index, response, problem);
    return done && finish(response, request);
}

// --- files as they came

// Pixels of an array have no file: says where they are to be had.
static bool no_file(const struct request *request, const struct feature *feature, uint64_t index,
                    const struct split *split, struct problem *problem)
{
    const char *base = request->site->base_path, *name = request->schema->name;
    struct buffer escaped = BUFFER_INIT, of = BUFFER_INIT;
    url_escape(&escaped, feature->name);
    url_escape(&of, split->name);
    const char *feature_text = buffer_text(&escaped), *split_text = buffer_text(&of);
    if (!feature_text || !split_text)
        no_memory(problem);
    else if (feature->kind == FEATURE_IMAGE)
        problem_parameter(problem, PROBLEM_NOT_FOUND, "feature",
                          "the images of %s are kept as pixels, not as files; see "
                          "%s/datasets/%s/samples/%llu/%s.png?split=%s",
                          name, base, name, (unsigned long long)index, feature_text, split_text);
    else
        problem_parameter(problem, PROBLEM_NOT_FOUND, "feature",
                          "feature \"%.100s\" of %s is no image and has no file; see "
                          "%s/datasets/%s/samples/%llu?split=%s&features=%s",
                          feature->name, name, base, name, (unsigned long long)index, split_text,
                          feature_text);
    buffer_free(&escaped);
    buffer_free(&of);
    return false;
}

// The feature whose encoded image the request names. -1 with the problem.
static int encoded_feature(const struct request *request, int split, uint64_t index,
                           struct problem *problem)
{
    const struct schema *schema = request->schema;
    const char *name = request_value(request, "feature")->text;
    int feature = schema_feature(schema, name);
    if (feature < 0)
        return image_feature(request, name, problem);
    if (schema->features[feature].kind == FEATURE_IMAGE &&
        schema->features[feature].storage != STORAGE_ROWS)
        return feature;
    no_file(request, &schema->features[feature], index, &schema->splits[split], problem);
    return -1;
}

bool images_file(const struct request *request, struct response *response, struct problem *problem)
{
    int split = selection_args_split(request, problem);
    uint64_t index = request_value(request, "index")->number;
    if (split < 0 || !request_sample_exists(request, split, index, problem))
        return false;
    int feature = encoded_feature(request, split, index, problem);
    if (feature < 0)
        return false;
    struct sample_images images = sample_images_of(request->dataset, split, feature);
    struct image_bytes bytes;
    if (!sample_image_bytes(&images, index, &bytes, problem))
        return false;
    enum raster_media media;
    response->content_type = raster_recognise(bytes.bytes, bytes.size, &media)
                                 ? raster_media_type(media)
                                 : "application/octet-stream";
    response->body = BODY_STORED;
    if (bytes.owned) {
        response->buffer = (struct buffer){
            .data = (char *)bytes.owned, .size = bytes.size, .capacity = bytes.size};
    } else {
        response->stored = bytes.bytes;
        response->stored_size = bytes.size;
        response->hold = dataset_hold(request->dataset);
    }
    if (request->immutable)
        response->caching = CACHE_IMMUTABLE;
    return true;
}

// --- contact sheets

// What a sheet is made of.
struct sheet {
    struct sample_images images;
    uint64_t indices[1000]; // the most that `limit` and `indices` allow
    uint64_t count;
    const char *amount;                   // the parameter that `count` comes from
    uint32_t columns, rows, scale, bound; // bound: of a tile's longer side; 0 for none
    uint32_t tile_width, tile_height;     // before scale
    unsigned channels;
    struct picture picture;
};

// Tiles of arrays are of one size. Others are squares, with as many channels as any of them needs.
static bool measure_tiles(struct sheet *sheet, struct problem *problem)
{
    struct picture size;
    uint64_t cost = 0;
    if (!sample_images_encoded(&sheet->images)) {
        if (!sample_image_size(&sheet->images, sheet->indices[0], &size, problem))
            return false;
        if (sheet->bound)
            area_fit(&size.width, &size.height, sheet->bound);
        sheet->tile_width = size.width;
        sheet->tile_height = size.height;
        sheet->channels = size.channels;
        return true;
    }
    if (!sheet->bound)
        sheet->bound = STANDARD_TILE;
    sheet->tile_width = sheet->tile_height = sheet->bound;
    for (uint64_t i = 0; i < sheet->count; i++) {
        if (!sample_image_size(&sheet->images, sheet->indices[i], &size, problem))
            return false;
        if (size.channels > sheet->channels)
            sheet->channels = size.channels;
        cost += sample_image_cost(&sheet->images, sheet->indices[i]);
        if (cost > SAMPLE_IMAGE_MAX_COST)
            return problem_parameter(problem, PROBLEM_TOO_LARGE, sheet->amount,
                                     "these images are large: all in one sheet would take too long "
                                     "to decode; %llu of them are enough for one",
                                     (unsigned long long)(i > 0 ? i : 1));
    }
    return true;
}

static bool draw_tile(struct sheet *sheet, uint64_t i, struct problem *problem)
{
    struct picture drawn;
    if (!sample_image_draw(&sheet->images, sheet->indices[i], sheet->bound, &drawn, problem))
        return false;
    bool done = picture_widen(&drawn, sheet->channels) || no_memory(problem);
    if (done) {
        uint32_t left = (sheet->tile_width - drawn.width) / 2;
        uint32_t above = (sheet->tile_height - drawn.height) / 2;
        uint32_t x = (uint32_t)(i % sheet->columns) * sheet->tile_width + left;
        uint32_t y = (uint32_t)(i / sheet->columns) * sheet->tile_height + above;
        picture_place(&sheet->picture, x * sheet->scale, y * sheet->scale, &drawn, sheet->scale);
    }
    picture_free(&drawn);
    return done;
}

static bool draw_sheet(struct sheet *sheet, struct response *response, struct problem *problem)
{
    if (!measure_tiles(sheet, problem))
        return false;
    uint64_t width = (uint64_t)sheet->columns * sheet->tile_width * sheet->scale;
    uint64_t height = (uint64_t)sheet->rows * sheet->tile_height * sheet->scale;
    if (!check_pixels(width, height, sheet->amount, problem))
        return false;
    if (!picture_new(&sheet->picture, (uint32_t)width, (uint32_t)height, sheet->channels))
        return no_memory(problem);
    bool done = true;
    for (uint64_t i = 0; i < sheet->count && done; i++)
        done = draw_tile(sheet, i, problem);
    done = done && (png_encode(&response->buffer, sheet->picture.pixels, sheet->picture.width,
                               sheet->picture.height, sheet->channels) ||
                    no_memory(problem));
    picture_free(&sheet->picture);
    return done;
}

static bool choose_tiles(const struct request *request, const struct selection *selection,
                         struct sheet *sheet, struct problem *problem)
{
    sheet->count = selection_count(selection);
    if (sheet->count == 0)
        return problem_set(problem, PROBLEM_NO_SAMPLE,
                           "no samples are selected, so there is nothing to draw; %llu match, from "
                           "offset %llu on there are none",
                           (unsigned long long)selection_total(selection),
                           (unsigned long long)request_value(request, "offset")->number);
    selection_indices(selection, 0, sheet->count, sheet->indices);
    uint64_t columns = request_value(request, "columns")->number;
    sheet->columns = (uint32_t)(columns < sheet->count ? columns : sheet->count);
    sheet->rows = (uint32_t)((sheet->count + sheet->columns - 1) / sheet->columns);
    sheet->scale = (uint32_t)request_value(request, "scale")->number;
    sheet->bound = (uint32_t)request_value(request, "size")->number;
    return true;
}

bool images_sheet(const struct request *request, struct response *response, struct problem *problem)
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
    struct sheet sheet = {.images = sample_images_of(request->dataset, split, feature),
                          .amount = selection_args_amount(request)};
    bool done =
        choose_tiles(request, selection, &sheet, problem) && draw_sheet(&sheet, response, problem);
    selection_free(selection);
    return done && finish(response, request);
}
