// SPDX-License-Identifier: MIT
// An import under way. A format declares splits and features, then appends rows, feature by feature
// in whatever order its files have them; writer_commit makes the whole a revision that everyone
// sees, or nothing happened.
//
// The arrays are written below the data folder in tmp/, with a lock that says their import is
// alive. A revision is the SHA-256 over the schema (features with kind, dtype, shape, class labels;
// splits) and the SHA-256 of each array file, so that equal samples give an equal revision whatever
// archive they came from; the card and the sources do not count. Exactly, it is the hash of this
// text:
//
//   samplecase revision 1
//   feature NAME KIND DTYPE SHAPE WHITE TARGET PARENT     each feature in order, each followed by
//   class NAME PARENT                                     its classes in order
//   split NAME SAMPLES                                    each split in order, each followed by
//   array SHA256                                          the hash of each feature's .npy file
//
// The line of a feature that is not stored in rows ends in one more word, STORAGE ("ragged",
// "in_place"), and such a feature has a line for the hash of each of its files in the split, in the
// order of enum array_role. Files that are one for all splits come last:
//
//   shared NAME                                           each feature with such files, followed by
//   array SHA256                                          the hash of each
//
// Class indices have no line, since they follow from the rest. Of images in place the files' paths
// and times count too: added again untouched, they are the same revision.
//
// Lines end in '\n', one space stands between words. NAME is the name's length in bytes, ':' and
// the name ("5:label"). KIND and DTYPE are the words of feature_kind_name and dtype_name. SHAPE is
// the axes of one sample joined by ',' ("28,28"), or '-'. WHITE is printed by "%.17g", 0 for what
// is no image. TARGET is 1 or 0. PARENT is the number of the parent feature or class, or -1.
//
// Splits are put in order by the commit, since archives list them in any order: train first, then
// validation (also valid, val, dev), test, and the others by the bytes of their names.
#ifndef SAMPLECASE_STORE_WRITER_H
#define SAMPLECASE_STORE_WRITER_H

#include "base/error.h"
#include "store/schema.h"

struct folder;
struct writer;

// What the user asked for on the command line; texts are borrowed and may be NULL.
struct writer_options {
    const char *name;   // the dataset's; text_is_dataset_name
    const char *split;  // put everything into this one split
    const char *title;  // instead of the format's
    const char *target; // the column to predict
    bool replace;       // an existing dataset of that name gives way
    bool in_place;      // images stay in the files they are in
};

// Starts an import into the data folder, which is borrowed until writer_free, as are the options'
// texts. NULL with the error when the name is not one, or is taken and replace is not set (nothing
// was read yet then), or the folder cannot be written to.
struct writer *writer_new(struct folder *folder, const struct writer_options *options,
                          struct error *error);

// Ends the import; without a commit before it, all that was written is deleted. NULL is fine.
void writer_free(struct writer *writer);

const struct writer_options *writer_options(const struct writer *writer);

// What was declared so far, borrowed until the next change.
const struct schema *writer_schema(const struct writer *writer);

// Index of the split with that name, declared on first use; -1 with the error when the name cannot
// be one, there are too many, or the user's --split meets a source with several.
int writer_split(struct writer *writer, const char *name, struct error *error);

// Declares a feature and returns its index; its name and classes are copied. The shape's product is
// checked here. -1 with the error. Features must be declared before the first row of any is
// appended, and before the first word; only classes, which a format may learn late, can be declared
// afterwards too.
int writer_feature(struct writer *writer, const struct feature *feature, struct error *error);

// Appends a class label to a class feature; ids count from 0. Labels may come after the rows. A
// class feature that ends without any gets names "0", "1", … up to its largest value. parent is an
// id of the parent feature's classes, or -1; writer_class_parent sets it later.
bool writer_class(struct writer *writer, int feature, const char *name, long parent,
                  struct error *error);
bool writer_class_parent(struct writer *writer, int feature, long id, long parent,
                         struct error *error);

// Appends rows of one feature in one split: count samples, C order, little-endian, tightly packed.
bool writer_append(struct writer *writer, int split, int feature, const void *rows, uint64_t count,
                   struct error *error);

// Appends runs of a ragged feature: counts[i] elements for sample i, all of them one after the
// other in values. Of a text these are bytes of UTF-8, which the caller has checked.
bool writer_append_runs(struct writer *writer, int split, int feature, const void *values,
                        const uint64_t *counts, uint64_t count, struct error *error);

// Height, width, channels of an encoded image, as it is shown.
struct image_size {
    uint32_t height, width, channels;
};

// Appends one encoded image to an image feature of STORAGE_RAGGED.
bool writer_append_image(struct writer *writer, int split, int feature, const void *bytes,
                         uint64_t size, const struct image_size *shown, struct error *error);

// Where an image lies that is not copied.
struct image_place {
    const char *path;      // of the file, absolute; borrowed
    uint64_t offset, size; // of the image in it, in bytes
    uint64_t file_size;
    int64_t modified;   // the file's, in nanoseconds since 1970
    uint8_t sha256[32]; // of the image's bytes
};

// Appends one image to an image feature of STORAGE_IN_PLACE. Images of one file that follow each
// other share its entry in the list of files.
bool writer_append_place(struct writer *writer, int split, int feature,
                         const struct image_place *place, const struct image_size *shown,
                         struct error *error);

// Puts the samples of a feature in a split into another order: sample i becomes what sample order[i]
// was. All of them were appended, and order has each of their `count` numbers once.
bool writer_reorder(struct writer *writer, int split, int feature, const uint64_t *order,
                    uint64_t count, struct error *error);

// Appends the word of the next rank (the first has rank 1) to a token feature; size bytes of UTF-8.
bool writer_word(struct writer *writer, int feature, const char *word, size_t size,
                 struct error *error);

// Notes a file of the source that cannot be used, and why. The first SCHEMA_MAX_SET_ASIDE are kept.
bool writer_set_aside(struct writer *writer, const char *file, const char *reason,
                      struct error *error);

// Forgets all that was declared and appended, as if the writer were new: for a format that finds
// out late that it has to read in another way.
bool writer_reset(struct writer *writer, struct error *error);

// Replaces the card's texts that are not NULL in `card`; appends its warnings.
bool writer_card(struct writer *writer, const struct card *card, struct error *error);

// Adds a sentence that everyone who looks at the dataset should read.
bool writer_warn(struct writer *writer, struct error *error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// Notes a file that was read.
bool writer_source(struct writer *writer, const char *file, uint64_t bytes, const char *sha256,
                   struct error *error);

struct writer_result {
    char revision[DIGEST_HEX];
    bool unchanged;       // this very revision was there already
    uint64_t num_samples; // over all splits
    uint64_t bytes;       // of the features' arrays
};

// Checks the whole (every feature of a split has as many rows as the others, every class value
// names a class), writes headers and class indices, hashes, syncs, renames, commits. After it only
// writer_free may be called.
bool writer_commit(struct writer *writer, struct writer_result *result, struct error *error);

#endif
