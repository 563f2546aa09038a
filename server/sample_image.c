// SPDX-License-Identifier: MIT
#include "server/sample_image.h"

#include "base/area.h"
#include "formats/raster.h"

enum { DECODE_COST = 8 }; // of a byte, in copied pixels, measured for JPEG and PNG

struct sample_images sample_images_of(struct dataset *dataset, int split, int feature)
{
    return (struct sample_images){.dataset = dataset,
                                  .feature = &dataset_schema(dataset)->features[feature],
                                  .split = split,
                                  .index_of_feature = feature};
}

bool sample_images_encoded(const struct sample_images *images)
{
    return images->feature->storage != STORAGE_ROWS;
}

static bool no_memory(struct problem *problem)
{
    return problem_set(problem, PROBLEM_BUSY, "not enough memory for this picture");
}

// The user's file that was changed, or our own that is damaged: either is no fault of the request.
static bool cannot_show(const struct sample_images *images, uint64_t index,
                        const struct error *error, struct problem *problem)
{
    if (error->kind == ERROR_MEMORY)
        return no_memory(problem);
    const struct schema *schema = dataset_schema(images->dataset);
    return problem_set(
        problem, PROBLEM_DAMAGED, "the image of sample %llu in split %s of %s cannot be shown: %s",
        (unsigned long long)index, schema->splits[images->split].name, schema->name, error->text);
}

bool sample_image_size(const struct sample_images *images, uint64_t index, struct picture *size,
                       struct problem *problem)
{
    uint32_t channels;
    *size = (struct picture){.pixels = NULL};
    dataset_image_size(images->dataset, images->split, images->index_of_feature, index,
                       &size->height, &size->width, &channels);
    size->channels = channels;
    if (size->width > 0 && size->height > 0 && channels != 2)
        return true;
    struct error error = ERROR_INIT;
    error_set(&error, ERROR_DAMAGED, "no picture has %u × %u pixels of %u channels", size->width,
              size->height, channels);
    return cannot_show(images, index, &error, problem);
}

uint64_t sample_image_cost(const struct sample_images *images, uint64_t index)
{
    uint32_t height, width, channels;
    dataset_image_size(images->dataset, images->split, images->index_of_feature, index, &height,
                       &width, &channels);
    uint64_t bytes =
        sample_images_encoded(images)
            ? dataset_image_length(images->dataset, images->split, images->index_of_feature, index)
            : 0;
    return (uint64_t)width * height + bytes * DECODE_COST;
}

uint64_t sample_images_on_sheet(const struct sample_images *images, uint64_t most)
{
    const struct split *split = &dataset_schema(images->dataset)->splits[images->split];
    uint64_t cost = 0, count = 0;
    if (!sample_images_encoded(images))
        return most;
    for (; count < most && count < split->num_samples; count++) {
        cost += sample_image_cost(images, count);
        if (cost > SAMPLE_IMAGE_MAX_COST)
            return count > 0 ? count : 1;
    }
    return most;
}

static bool draw_row(const struct sample_images *images, uint64_t index, uint32_t bound,
                     const struct picture *size, struct picture *out)
{
    const struct array *array =
        dataset_array(images->dataset, images->split, images->index_of_feature);
    struct picture whole;
    if (!picture_new(&whole, size->width, size->height, size->channels))
        return false;
    picture_levels(whole.pixels, array->rows + index * array->row_bytes,
                   (size_t)whole.width * whole.height * whole.channels, images->feature->dtype,
                   images->feature->white);
    if (!bound || (whole.width <= bound && whole.height <= bound)) {
        *out = whole;
        return true;
    }
    bool done = picture_shrink(out, &whole, bound);
    picture_free(&whole);
    return done;
}

static bool draw_encoded(const struct sample_images *images, uint64_t index, uint32_t bound,
                         const struct picture *size, struct picture *out, struct error *error)
{
    struct image_bytes bytes;
    struct raster raster;
    if (!dataset_image_bytes(images->dataset, images->split, images->index_of_feature, index,
                             &bytes, error))
        return false;
    bool decoded = raster_preview(bytes.bytes, bytes.size, bound, &raster, error);
    image_bytes_free(&bytes);
    if (!decoded)
        return false;
    uint32_t width = size->width, height = size->height;
    if (bound)
        area_fit(&width, &height, bound);
    if (raster.info.width != width || raster.info.height != height ||
        raster.info.channels != size->channels) {
        raster_free(&raster);
        return error_set(error, ERROR_DAMAGED, "it is not of the size that was noted for it");
    }
    *out = (struct picture){
        .pixels = raster.pixels, .width = width, .height = height, .channels = size->channels};
    return true;
}

bool sample_image_draw(const struct sample_images *images, uint64_t index, uint32_t bound,
                       struct picture *out, struct problem *problem)
{
    struct picture size;
    struct error error = ERROR_INIT;
    if (!sample_image_size(images, index, &size, problem))
        return false;
    if (!sample_images_encoded(images))
        return draw_row(images, index, bound, &size, out) || no_memory(problem);
    return draw_encoded(images, index, bound, &size, out, &error) ||
           cannot_show(images, index, &error, problem);
}

bool sample_image_bytes(const struct sample_images *images, uint64_t index,
                        struct image_bytes *bytes, struct problem *problem)
{
    struct error error = ERROR_INIT;
    return dataset_image_bytes(images->dataset, images->split, images->index_of_feature, index,
                               bytes, &error) ||
           cannot_show(images, index, &error, problem);
}
