// SPDX-License-Identifier: MIT
// Batches of CIFAR-10 that came before their turn: data_batch_3.bin may lie in the archive before
// data_batch_2.bin.
#ifndef SAMPLECASE_FORMATS_CIFAR_WAITING_H
#define SAMPLECASE_FORMATS_CIFAR_WAITING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct source;

struct cifar_batch {
    unsigned long number;
    char *where;    // owned
    uint8_t *bytes; // owned
    size_t size;
    bool is_pickle;
};

struct cifar_waiting {
    struct cifar_batch *batches; // owned, by number
    size_t count;
    uint64_t size;      // bytes of all
    unsigned long last; // the batch whose turn was last
};

enum cifar_turn { CIFAR_TURN_NOW, CIFAR_TURN_LATER, CIFAR_TURN_GONE };

// When it is the turn of a batch; NOW counts it as had.
enum cifar_turn cifar_waiting_turn(struct cifar_waiting *waiting, unsigned long number);

// Keeps the source's present member as that batch.
bool cifar_waiting_add(struct cifar_waiting *waiting, unsigned long number, bool is_pickle,
                       struct source *source, struct error *error);

// Takes out the batch whose turn it is, or with `any` the one with the smallest number; the caller
// frees it. False when there is none.
bool cifar_waiting_take(struct cifar_waiting *waiting, bool any, struct cifar_batch *batch);

void cifar_batch_free(struct cifar_batch *batch);

// A zeroed struct is empty.
void cifar_waiting_clear(struct cifar_waiting *waiting);

#endif
