// SPDX-License-Identifier: MIT
// What a dataset is, as plain data: its features with their class labels, its splits, and its card
// (title, licence, where it came from). Formats describe with it, the catalog keeps it, everyone
// else reads it.
#ifndef SAMPLECASE_STORE_SCHEMA_H
#define SAMPLECASE_STORE_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/dtype.h"
#include "base/error.h"

enum {
    SCHEMA_MAX_RANK = 8, // of one sample, without the sample axis
    SCHEMA_MAX_FEATURES = 4096,
    SCHEMA_MAX_SPLITS = 64,
    SCHEMA_MAX_CLASSES = 1 << 20, // of one feature
    SCHEMA_MAX_WORDS = INT32_MAX, // of one feature
    SCHEMA_MAX_IMAGE = 256 << 20, // bytes of one encoded image
};

enum feature_kind {
    FEATURE_IMAGE,  // height, width [, channels 1, 3 or 4]; or of any size, kept encoded
    FEATURE_CLASS,  // one integer, an index into the feature's classes
    FEATURE_SCALAR, // one number
    FEATURE_ARRAY,  // anything else of fixed shape
    FEATURE_TEXT,   // UTF-8
    FEATURE_TOKENS, // ids of words, from 1 by frequency (ranks), as the source has them
};

// How the samples of a feature lie in arrays. Names of files and their shapes: array_role.
enum storage {
    STORAGE_ROWS,     // a row of fixed shape each
    STORAGE_RAGGED,   // runs of any length: texts (uint8), tokens (int32), encoded images (uint8)
    STORAGE_IN_PLACE, // encoded images that stay in the files of the user
};

// The files of a feature; those below the line are one for all splits.
enum array_role {
    ARRAY_VALUES,   // NAME.npy: the rows; ragged: NAME.values.npy, all runs one after the other
    ARRAY_BY_CLASS, // NAME.by_class.npy, of a class feature: int64, sample indices by class
    ARRAY_OFFSETS,  // NAME.offsets.npy, ragged: int64, samples + 1: where each run begins
    ARRAY_SIZES,    // NAME.sizes.npy, images not in rows: int32 [samples, 3]: height, width,
                    // channels, as shown (turned upright as EXIF says)
    ARRAY_PLACES,   // NAME.places.npy, in place: int64 [samples, 5]: number of the file (from 0),
                    // offset and length of the image in it, the file's length and its time of
                    // modification in nanoseconds since 1970, both as they were at the import
    ARRAY_DIGESTS,  // NAME.digests.npy, in place: uint8 [samples, 32]: SHA-256 of the image's bytes
    // ----
    ARRAY_WORDS,        // NAME.words.values.npy, tokens: uint8, the words in the order of rank
    ARRAY_WORD_OFFSETS, // NAME.words.offsets.npy: int64, words + 1
    ARRAY_FILES,        // NAME.files.values.npy, in place: uint8, absolute paths
    ARRAY_FILE_OFFSETS, // NAME.files.offsets.npy: int64, files + 1
    ARRAY_ROLES
};

struct class_label {
    char *name;  // owned, UTF-8
    long parent; // id in the parent feature (a superclass), or -1
};

struct feature {
    char *name; // owned; text_is_file_name
    enum feature_kind kind;
    enum storage storage;            // RAGGED for texts and tokens; any for images; else ROWS
    enum dtype dtype;                // of ARRAY_VALUES; uint8 for images not in rows
    unsigned rank;                   // axes of one sample; 0 for a scalar, a class, what is ragged
    uint64_t shape[SCHEMA_MAX_RANK]; // of one sample
    double white; // image: the value shown as full brightness (255; 16 for digits); else 0
    bool target;  // what a model is to predict
    int parent;   // class: index of the feature whose classes are the parents, or -1
    size_t num_classes;
    struct class_label *classes; // owned
    uint64_t num_words;          // tokens: words known by rank, from 1 on; 0 for none
};

struct split {
    char *name; // owned; text_is_file_name
    uint64_t num_samples;
    uint64_t bytes; // of the features' values, without headers
};

// Texts that describe; each owned and never NULL in a finished schema ("" when unknown).
struct card {
    char *title, *description, *license, *citation, *homepage;
    char *task; // "image-classification", "text-classification", "tabular-classification",
                // "tabular-regression", "other"
    char **warnings;
    size_t num_warnings;
};

struct source_file {
    char *file;     // owned; its name, without the folder it lay in
    uint64_t bytes; // as it lay there, compressed or not
    char sha256[DIGEST_HEX];
};

// A file of the source that could not be used.
struct set_aside {
    char *file, *reason; // owned
};

enum { SCHEMA_MAX_SET_ASIDE = 1000 }; // files that are listed; the others are only counted

struct schema {
    char *name;                // the dataset's
    char revision[DIGEST_HEX]; // see writer.h
    char created[32];          // UTC, RFC 3339
    struct card card;
    struct feature *features;
    size_t num_features;
    struct split *splits;
    size_t num_splits;
    struct source_file *sources;
    size_t num_sources;
    struct set_aside *set_aside; // at most SCHEMA_MAX_SET_ASIDE
    size_t num_listed_aside;
    uint64_t num_set_aside; // in all
};

// Frees what the schema owns, not the struct itself. A zeroed schema is fine.
void schema_clear(struct schema *schema);
void feature_clear(struct feature *feature);

// Whether the schema is whole: names that can be files' names and differ, shapes that have a size,
// parents that exist, every class feature with classes that differ. ERROR_INPUT names the culprit.
bool schema_check(const struct schema *schema, struct error *error);
bool feature_check(const struct feature *feature, struct error *error); // all but its classes

// Index of the feature or split with that name, or -1.
int schema_feature(const struct schema *schema, const char *name);
int schema_split(const struct schema *schema, const char *name);

// The split that is meant when none is named: "train", else the first.
int schema_default_split(const struct schema *schema);

// The class feature that "label" means: the feature of that name, else the only class feature, else
// the finest (the one that has a parent, else the one with most classes). -1 when there is none.
int schema_label(const struct schema *schema);

// Id of the class with that name in the feature, or -1.
long feature_class_id(const struct feature *feature, const char *name);

// Bytes of one sample of the feature. Never overflows for a feature that writer_feature took.
uint64_t feature_row_bytes(const struct feature *feature);

// Whether a feature has arrays of that role. (Tokens always have those of words, if only empty
// ones.) What such a file is called and holds: role.h.
bool feature_has_role(const struct feature *feature, enum array_role role);

// "image", "class", "scalar", "array", "text", "tokens"; static. And the kind of that name; false
// when there is none.
const char *feature_kind_name(enum feature_kind kind);
bool feature_kind_from_name(const char *name, enum feature_kind *out);

// "rows", "ragged", "in_place"; static. And the storage of that name; false when there is none.
const char *storage_name(enum storage storage);
bool storage_from_name(const char *name, enum storage *out);

// Height, width and channels (1 when there is no channel axis) of an image feature in rows.
void feature_image_size(const struct feature *feature, unsigned *height, unsigned *width,
                        unsigned *channels);

#endif
