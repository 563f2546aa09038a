// SPDX-License-Identifier: MIT
// Arrays of objects as numpy saves them when the samples are lists of different lengths: pickled.
#ifndef SAMPLECASE_FORMATS_NPY_TOKENS_H
#define SAMPLECASE_FORMATS_NPY_TOKENS_H

#include "formats/npy_header.h"

struct source;
struct writer;

// Reads the source's present member, after its header, as lists of whole numbers from 0 to 2^31 - 1
// and appends each as a run to a token feature. False with the error.
bool npy_tokens_read(struct source *source, const struct npy_header *header, struct writer *writer,
                     int split, int feature, struct error *error);

#endif
