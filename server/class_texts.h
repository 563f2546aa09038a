// SPDX-License-Identifier: MIT
// The class labels of a dataset as JSON, {"id":19,"name":"cattle"}, written once and kept with the
// dataset: a page of samples has hundreds of them.
#ifndef SAMPLECASE_SERVER_CLASS_TEXTS_H
#define SAMPLECASE_SERVER_CLASS_TEXTS_H

#include <stddef.h>

#include "store/dataset.h"

struct class_texts {
    char *text;     // of all classes of a feature, one after the other; NULL for what is no class
    size_t *starts; // num_classes + 1 of them: where each begins in text
};

// One for each feature, borrowed as long as the dataset. NULL when memory is short.
const struct class_texts *class_texts_of(struct dataset *dataset);

#endif
