// SPDX-License-Identifier: MIT
// ImageNet's folders are called by the numbers of WordNet's synsets ("n01440764"); lists beside
// them say what these are ("tench").
#ifndef SAMPLECASE_FORMATS_IMAGES_WORDNET_H
#define SAMPLECASE_FORMATS_IMAGES_WORDNET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "formats/arena.h"

struct images_synset {
    uint32_t number, order;
    const char *name;
};

struct images_wordnet {
    struct arena arena;
    struct images_synset *synsets; // owned
    size_t count, capacity;
    bool is_sorted;
};

// Reads the number of a synset at the beginning of a text ("n01440764"). False when there is none.
bool images_wordnet_number(const char *text, size_t size, uint32_t *number);

// Takes the names of a list: lines "n01440764 tench, Tinca tinca" (LOC_synset_mapping.txt,
// words.txt with a tab, synset_words.txt), or Keras's {"0": ["n01440764", "tench"], …}. The first
// word for a synset stays; what is no such list says nothing. False when memory is short.
bool images_wordnet_add(struct images_wordnet *wordnet, const char *text, size_t size,
                        struct error *error);

// The same for one synset and its words ("tench, Tinca tinca").
bool images_wordnet_add_words(struct images_wordnet *wordnet, uint32_t number, const char *words,
                              size_t size, struct error *error);

// The name of the synset that a folder is called by; NULL when it is none or not known.
const char *images_wordnet_name(struct images_wordnet *wordnet, const char *folder);

void images_wordnet_clear(struct images_wordnet *wordnet);

#endif
