// SPDX-License-Identifier: MIT
// The threads that check and decode pictures while the next ones are read. Jobs of some pictures
// each are handed out and come back in the order in which they were given.
#ifndef SAMPLECASE_FORMATS_IMAGES_POOL_H
#define SAMPLECASE_FORMATS_IMAGES_POOL_H

#include "base/buffer.h"
#include "base/digest.h"
#include "formats/images_form.h"

enum { IMAGES_JOB_PICTURES = 64, IMAGES_JOB_BYTES = 1 << 20 };

// A picture, or another file that is to be set aside.
struct images_picture {
    size_t name, path;          // places of texts in the job
    size_t at, size;            // its bytes in the job
    uint64_t offset, file_size; // where it lies
    int64_t modified;
    uint32_t folder;    // of the tree
    struct error error; // why it cannot be used; empty when it can
    struct raster_info info;
    uint8_t sha256[DIGEST_BYTES]; // of an image in place
};

struct images_job {
    struct images_picture pictures[IMAGES_JOB_PICTURES];
    size_t count;
    struct buffer bytes, texts;
    struct buffer rows; // of each picture that is kept in rows, and room where there is none
    bool is_done;
};

struct images_pool;

// Starts as many threads as there are processors. NULL with the error.
struct images_pool *images_pool_new(struct error *error);

// Ends the threads. NULL is fine.
void images_pool_free(struct images_pool *pool);

// How pictures are to be kept from now on; no job may be under way.
void images_pool_form(struct images_pool *pool, const struct images_form *form);

// An empty job to fill, or NULL when all are under way.
struct images_job *images_pool_empty(struct images_pool *pool);

// Hands a job to the threads.
void images_pool_give(struct images_pool *pool, struct images_job *job);

// The job that was given first, when it is done; NULL when none is under way. It goes back by
// images_pool_return.
struct images_job *images_pool_take(struct images_pool *pool);
void images_pool_return(struct images_pool *pool, struct images_job *job);

#endif
