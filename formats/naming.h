// SPDX-License-Identifier: MIT
// What the names that people give their files say.
#ifndef SAMPLECASE_FORMATS_NAMING_H
#define SAMPLECASE_FORMATS_NAMING_H

#include <stdbool.h>
#include <stddef.h>

// The split that a member's name speaks of, by a word of the file's name or else of a folder's:
// "train", "test", "val"; NULL for none. Static.
const char *naming_split(const char *member);

// The same for one word of that many bytes.
const char *naming_split_word(const char *word, size_t size);

// Whether a member is a note beside the data: README, LICENSE, *.md, *.html ….
bool naming_is_note(const char *member);

// Whether a column or variable is called like what is to be predicted: label, class, target, y.
bool naming_is_label(const char *name);

// The part of a member's name after the last '/'.
const char *naming_base(const char *member);

// Whether the name ends in this, letters of either case.
bool naming_ends_in(const char *member, const char *ending);

// The length of the word (a run of letters and digits) at *text after skipping what is none, and
// *text moved to its beginning; 0 at the end of the text, which is at most `size` bytes long.
size_t naming_word(const char **text, size_t size);

#endif
