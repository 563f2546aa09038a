// SPDX-License-Identifier: MIT
// The head of a safetensors file (https://github.com/huggingface/safetensors, "Format"): the length
// of a JSON object as uint64, the object, padded with spaces so that the data begins on a 64-byte
// boundary. It names dtype, shape and place of each tensor; the tensors follow without gaps.
#ifndef SAMPLECASE_ENCODE_SAFETENSORS_H
#define SAMPLECASE_ENCODE_SAFETENSORS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "encode/tensor.h"

// What is said of the whole: both are text, as the format demands.
struct safetensors_note {
    const char *key, *value;
};

// Appends the head of a file with these tensors, whose bytes are to follow in this order.
void safetensors_head(struct buffer *out, const struct tensor *tensors, size_t num_tensors,
                      const struct safetensors_note *notes, size_t num_notes);

// Whether a tensor may have that name: the format keeps "__metadata__" for itself.
bool safetensors_takes_name(const char *name);

#endif
