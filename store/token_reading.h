// SPDX-License-Identifier: MIT
// How stored token ids are read. Stored are ranks: 1 is the most frequent word. What becomes of
// them on their way out, in this order:
//
//   plain (no compat)                             compat=keras, as keras.datasets' load_data() does
//   index_from is added to every rank             the same; default 3
//     (default 0)
//   ranks above num_words and the skip_top        ids after that addition, start_char among them,
//     lowest become oov_char                        that are < skip_top or >= num_words become
//                                                   oov_char; without num_words, >= the largest id
//   oov_char defaults to 0, with index_from       defaults to 2; none: these ids are left out
//     to 2; none: these words are left out
//   start_char (default none) comes first         the same; default 1
//   maxlen: the first maxlen ids, start_char      maxlen: samples with maxlen ids or more are left
//     counted, are kept                             out (keras.h)
//
// In text an id reads as: start_char <START>, oov_char <UNK>; of 0 <PAD>, 1 <START>, 2 <UNK>,
// 3 <UNUSED> those that are not above index_from; else the word of rank id - index_from, <UNK> where
// there is none.
#ifndef SAMPLECASE_STORE_TOKEN_READING_H
#define SAMPLECASE_STORE_TOKEN_READING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What was asked for. The numbers are at most TOKEN_ARGUMENT_MAX.
struct token_arguments {
    bool has_start, has_oov;
    uint32_t start_char, oov_char, index_from;
    uint32_t skip_top;
    uint32_t num_words, maxlen; // 0 for none
};

#define TOKEN_ARGUMENT_MAX INT32_MAX

#define TOKEN_OOV_KERAS 2
#define TOKEN_ARGUMENTS_KERAS                                                                     \
    {.has_start = true, .start_char = 1, .has_oov = true, .oov_char = TOKEN_OOV_KERAS,            \
     .index_from = 3}

// The arguments as arithmetic on one sample.
struct token_reading {
    bool has_start, has_oov;
    bool start_may_fall; // the test below is made on start_char too
    int64_t start_char, oov_char, index_from;
    int64_t least, end; // ids after the addition that pass: least <= id < end
    uint64_t most;      // ids that are kept
};

struct token_reading token_reading_plain(const struct token_arguments *arguments);

// num_words is the bound that holds: that of the arguments, or the largest id.
struct token_reading token_reading_keras(const struct token_arguments *arguments,
                                         int64_t num_words);

// Writes the ids of one sample, at most count + 1, into out and returns how many.
size_t token_reading_apply(const struct token_reading *reading, const int32_t *stored, size_t count,
                           int64_t *out);

// What an id reads as: a static text, or NULL and a word's rank, which may be one that there is not.
const char *token_reading_name(const struct token_reading *reading, int64_t id, int64_t *rank);

#define TOKEN_UNKNOWN "<UNK>"

#endif
