// SPDX-License-Identifier: MIT
#ifndef SAMPLECASE_FORMATS_IMAGES_H
#define SAMPLECASE_FORMATS_IMAGES_H

#include "formats/format.h"

extern const struct format FORMAT_IMAGES;

#endif
