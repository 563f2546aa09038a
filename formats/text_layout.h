// SPDX-License-Identifier: MIT
// How a folder of texts is laid out: which folders are splits, which are classes, and the order of
// the samples, all from the names of the files.
//
// Leading folders that all files share say nothing but perhaps a split. If then the first folders
// are all called like splits (train, test, val …), they are; what is left of a file's folders is
// its class. Texts above the folders of classes (imdbEr.txt, urls_pos.txt) lie beside the data.
// Samples are ordered by class and by name, so that they do not depend on what the files were
// packed in.
#ifndef SAMPLECASE_FORMATS_TEXT_LAYOUT_H
#define SAMPLECASE_FORMATS_TEXT_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "formats/arena.h"

struct source;

enum { TEXT_MAX_SPLITS = 4 }; // train, val, test, all

struct text_entry {
    const char *name;       // the member's; in the arena
    const char *class_name; // in the arena; "" for none
    unsigned split;         // index in `splits`
    uint32_t class_id;
    bool is_left_out;
};

struct text_layout {
    struct arena arena;
    struct text_entry *entries; // owned; in reading order
    size_t num_entries, capacity;
    uint32_t *order; // owned; entries by split, class and name, those left out last
    const char *splits[TEXT_MAX_SPLITS];
    uint64_t num_samples[TEXT_MAX_SPLITS];
    unsigned num_splits;
    const char **classes;    // owned; by code point; in the arena
    size_t num_classes;      // 0 for texts without classes
    uint64_t num_unlabelled; // reviews of aclImdb's folder "unsup"
    bool is_imdb;            // laid out and named as aclImdb is
};

// Whether a member is read as a text.
bool text_layout_is_text(const char *member);

// Reads the whole source; it stands before its first member afterwards. False with the error.
bool text_layout_take(struct text_layout *layout, struct source *source, struct error *error);

// A zeroed layout is fine.
void text_layout_clear(struct text_layout *layout);

#endif
