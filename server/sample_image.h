// SPDX-License-Identifier: MIT
// The image of a sample, however it is stored: its size, and its pixels in 8 bits for the eye.
#ifndef SAMPLECASE_SERVER_SAMPLE_IMAGE_H
#define SAMPLECASE_SERVER_SAMPLE_IMAGE_H

#include "encode/picture.h"
#include "server/problem.h"
#include "store/dataset.h"

// The images of one feature in one split.
struct sample_images {
    struct dataset *dataset; // borrowed
    const struct feature *feature;
    int split, index_of_feature;
};

struct sample_images sample_images_of(struct dataset *dataset, int split, int feature);

// Whether they are files of their own, of any size.
bool sample_images_encoded(const struct sample_images *images);

// Width, height and channels of a sample's image, without pixels. False with the problem when the
// stored ones make no sense.
bool sample_image_size(const struct sample_images *images, uint64_t index, struct picture *size,
                       struct problem *problem);

// What drawing a sample's image costs, in pixels that are only copied: bytes to be decoded count as
// several. One answer costs at most SAMPLE_IMAGE_MAX_COST, which is some seconds.
#define SAMPLE_IMAGE_MAX_COST (UINT64_C(1) << 32)
uint64_t sample_image_cost(const struct sample_images *images, uint64_t index);

// How many of the first samples, at most `most`, can be in one answer; at least 1.
uint64_t sample_images_on_sheet(const struct sample_images *images, uint64_t most);

// Draws it, with its longer side at most `bound` if that is not 0; area_fit says how large it
// becomes. The picture is the caller's: picture_free. False with the problem, which names the
// sample.
bool sample_image_draw(const struct sample_images *images, uint64_t index, uint32_t bound,
                       struct picture *out, struct problem *problem);

// The bytes of an encoded image as they came; image_bytes_free. False with the problem.
bool sample_image_bytes(const struct sample_images *images, uint64_t index,
                        struct image_bytes *bytes, struct problem *problem);

#endif
