// SPDX-License-Identifier: MIT
// A planned batch as the body of an answer: safetensors, npz or npy.
#ifndef SAMPLECASE_SERVER_BATCH_FILES_H
#define SAMPLECASE_SERVER_BATCH_FILES_H

#include "server/batch.h"

struct pool;

// Each makes the whole body, owned by the caller. NULL with the problem. The npy file has one
// tensor, that of the only feature asked for, without the index; several are a problem.
struct parcel *batch_safetensors(const struct batch *batch, struct pool *pool,
                                 struct problem *problem);
struct parcel *batch_npz(const struct batch *batch, struct pool *pool, struct problem *problem);
struct parcel *batch_npy(const struct batch *batch, struct pool *pool, struct problem *problem);

#endif
