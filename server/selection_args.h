// SPDX-License-Identifier: MIT
// From a request's parameters to a selection: the part of the interface that pages, contact sheets,
// batches and exports share.
#ifndef SAMPLECASE_SERVER_SELECTION_ARGS_H
#define SAMPLECASE_SERVER_SELECTION_ARGS_H

#include "server/route.h"
#include "server/token_args.h"
#include "store/selection.h"

// The rows of the route table for them; `limit_max` is a number, `bounds` a text about what else an
// answer is bounded by, with "; " before it, or "".
#define SELECTION_PARAMS(limit_standard, limit_max, bounds)                                       \
    {"split", PARAM_TEXT, 0, 0, NULL, NULL, "the split; default: train, else the first"},         \
    {"offset", PARAM_NUMBER, 0, UINT64_MAX, "0", NULL,                                            \
     "places to skip in the selected, ordered samples"},                                          \
    {"limit", PARAM_NUMBER, 1, limit_max, limit_standard, NULL,                                   \
     "most samples to answer with" bounds},                                                       \
    {"order", PARAM_CHOICE, 0, 0, "index", "index|shuffle",                                       \
     "index: as stored; shuffle: one fixed permutation for each seed and epoch"},                 \
    {"seed", PARAM_NUMBER, 0, UINT64_MAX, "0", NULL,                                             \
     "of order=shuffle, default 0; of compat=keras, default 113, and then of both"},              \
    {"epoch", PARAM_NUMBER, 0, UINT64_MAX, "0", NULL, "with order=shuffle"},                      \
    {"shard", PARAM_NUMBER, 0, UINT64_MAX, "0", NULL,                                             \
     "with shards: this worker's part, every shards-th sample from this place on"},               \
    {"shards", PARAM_NUMBER, 1, UINT64_MAX, "1", NULL, "number of parts"},                        \
    {"indices", PARAM_NUMBERS, 0, limit_max, NULL, NULL,                                          \
     "exactly these samples in this order: 1,5,9-20; not with offset, limit, order, seed, epoch, "\
     "shard, shards, compat or class filters" bounds},                                            \
    TOKEN_PARAMS,                                                                                 \
    {"rev", PARAM_TEXT, 0, 0, NULL, NULL,                                                         \
     "the revision that is meant: cacheable for ever; 410 when it is not current"}

// The stored split that the request means. -1 with the problem. With compat=keras, two parts may lie
// in one; selection_args_split_name is the name of what was asked for, borrowed.
int selection_args_split(const struct request *request, struct problem *problem);
const char *selection_args_split_name(const struct request *request, int split);

// The seed that holds: the one that was given, or the default.
uint64_t selection_args_seed(const struct request *request);

// The parameter that says how many samples there are: indices or limit.
const char *selection_args_amount(const struct request *request);

// Builds the selection; the caller frees it with selection_free. NULL with the problem.
struct selection *selection_args_build(const struct request *request, int split,
                                       struct problem *problem);

// The features that `features` names, or all, as flags beside the schema's features; owned by the
// caller, free(). NULL with the problem.
bool *selection_args_features(const struct request *request, struct problem *problem);

#endif
