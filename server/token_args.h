// SPDX-License-Identifier: MIT
// The parameters about token ids and compat=keras, which pages, batches and exports share.
// store/token_reading.h says what becomes of ids, store/keras.h which samples there are.
#ifndef SAMPLECASE_SERVER_TOKEN_ARGS_H
#define SAMPLECASE_SERVER_TOKEN_ARGS_H

#include "server/route.h"
#include "store/keras.h"

// Their rows of the route table; `seed` is the shuffle's row.
#define TOKEN_PARAMS                                                                              \
    {"compat", PARAM_CHOICE, 0, 0, NULL, "keras",                                                 \
     "keras: samples, order and ids as keras.datasets' load_data() gives them, its quirks "       \
     "included; splits train and test; not with indices"},                                        \
    {"num_words", PARAM_OPTIONAL, 0, TOKEN_ARGUMENT_MAX, NULL, NULL,                              \
     "token ids: the words of rank 1 to num_words stay, others become oov_char; 0 or none: all "  \
     "stay; with compat=keras ids from num_words on, the reserved ones counted"},                 \
    {"skip_top", PARAM_NUMBER, 0, TOKEN_ARGUMENT_MAX, NULL, NULL,                                 \
     "token ids: so many of the most frequent words become oov_char; with compat=keras ids below "\
     "skip_top"},                                                                                 \
    {"maxlen", PARAM_OPTIONAL, 0, TOKEN_ARGUMENT_MAX, NULL, NULL,                                 \
     "token ids: only the first maxlen of a sample; 0 or none: all; with compat=keras samples of "\
     "maxlen ids or more are left out"},                                                          \
    {"start_char", PARAM_OPTIONAL, 0, TOKEN_ARGUMENT_MAX, NULL, NULL,                             \
     "token ids: the id put before each sample, or none; default none, with compat=keras 1"},     \
    {"oov_char", PARAM_OPTIONAL, 0, TOKEN_ARGUMENT_MAX, NULL, NULL,                               \
     "token ids: the id for words that do not stay, or none to leave them out; default 0, with "  \
     "index_from or compat=keras 2"},                                                             \
    {"index_from", PARAM_NUMBER, 0, TOKEN_ARGUMENT_MAX, NULL, NULL,                               \
     "token ids: added to each word's rank; default 0, with compat=keras 3"},                     \
    {"test_split", PARAM_FRACTION, 0, 1, NULL, NULL,                                              \
     "with compat=keras, where one split is cut in two: the share of test; default 0.2"}

// Whether the request says compat=keras.
bool token_args_keras(const struct request *request);

// With compat=keras: the stored split that the part asked for lies in. -1 with the problem.
int token_args_split(const struct request *request, struct problem *problem);

// With compat=keras: the seed that holds.
uint64_t token_args_seed(const struct request *request);

// With compat=keras: the part asked for; the caller clears it. False with the problem.
bool token_args_load(const struct request *request, struct keras_part *part,
                     struct problem *problem);

// How the ids of token features are read, in whichever way. False with the problem.
bool token_args_reading(const struct request *request, struct token_reading *reading,
                        struct problem *problem);

// Whether the parameters go together with each other and the dataset; false with the problem.
bool token_args_check(const struct request *request, struct problem *problem);

#endif
