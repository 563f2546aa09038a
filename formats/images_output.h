// SPDX-License-Identifier: MIT
// Pictures that were checked, and their labels, on their way to the writer.
#ifndef SAMPLECASE_FORMATS_IMAGES_OUTPUT_H
#define SAMPLECASE_FORMATS_IMAGES_OUTPUT_H

#include "formats/arena.h"
#include "formats/describe.h"
#include "formats/images_classes.h"
#include "formats/images_pool.h"

struct writer;

struct images_output {
    struct writer *writer;
    int image; // the feature
    struct {
        uint32_t *folders;  // owned: of each sample, until the classes are known
        const char **names; // owned: of each sample's member, if they are to be sorted
        size_t capacity;
    } splits[SCHEMA_MAX_SPLITS];
    bool is_sorting;
    struct arena names;
    struct tally tally;
};

// Declares the images in a form. With is_sorting the names of all samples are kept, for
// images_output_sort.
bool images_output_begin(struct images_output *output, struct writer *writer,
                         const struct images_form *form, bool is_sorting, struct error *error);

// Appends picture i of a job, which was found good and fits the form.
bool images_output_add(struct images_output *output, const struct images_job *job, size_t i,
                       const struct images_form *form, const char *split, struct error *error);

// The order of samples: that in which a folder is walked, which is the order of code points but
// that
// '/' is less than all others. Below, at or above 0, as of strcmp.
int images_output_compare(const char *member, const char *other);

// Puts all that was appended in the order of the members' names; of equal names the first comes
// first.
bool images_output_sort(struct images_output *output, struct error *error);

// Declares the classes, which the card may name otherwise, and appends the labels of all samples.
bool images_output_label(struct images_output *output, const struct images_classes *classes,
                         struct card_file *card, const struct known *known, struct error *error);

// Frees what it keeps; it may begin again. A zeroed one is fine.
void images_output_clear(struct images_output *output);

#endif
