// SPDX-License-Identifier: MIT
// The thread that reads, hashes and unpacks ahead of the decoder.
#ifndef SAMPLECASE_FORMATS_FEED_H
#define SAMPLECASE_FORMATS_FEED_H

#include "formats/queue.h"
#include "formats/unpack.h"

struct feed;

// Starts a pass over the input, which is borrowed until feed_stop, as is the count of packed bytes.
// NULL with the error.
struct feed *feed_start(const struct unpack_input *input, atomic_uint_fast64_t *progress,
                        struct error *error);

// The next block, waiting for it; the last item of the last one is QUEUE_END or QUEUE_FAILED. It
// goes back by feed_return.
struct queue_block *feed_next(struct feed *feed);
void feed_return(struct feed *feed, struct queue_block *block);

// The folders in which nothing was found, once the last block was seen; borrowed until feed_stop.
const struct folders *feed_empty_folders(const struct feed *feed);

// Ends the thread, wherever it is. NULL is fine.
void feed_stop(struct feed *feed);

#endif
