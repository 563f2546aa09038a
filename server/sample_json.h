// SPDX-License-Identifier: MIT
// Samples as JSON objects. What is the same for every sample of a page is written once before the
// first; a sample is copies of those texts and what is its own.
#ifndef SAMPLECASE_SERVER_SAMPLE_JSON_H
#define SAMPLECASE_SERVER_SAMPLE_JSON_H

#include "base/buffer.h"
#include "server/route.h"

struct sample_json;

// What is written of images in rows: where their picture is, or their values as nested lists.
enum sample_json_images { SAMPLE_JSON_LINKS, SAMPLE_JSON_VALUES };

// For samples of the split with the features that the request asks for; the request is borrowed
// until sample_json_free. NULL with the problem.
struct sample_json *sample_json_new(const struct request *request, int split,
                                    enum sample_json_images images, struct problem *problem);
void sample_json_free(struct sample_json *json); // NULL is fine

// About how many bytes a sample takes, so that a buffer seldom grows.
size_t sample_json_size(const struct sample_json *json);

// Appends one sample. What cannot be in a sound file marks the dataset as damaged.
void sample_json_write(struct sample_json *json, struct buffer *out, uint64_t index);

#endif
