// SPDX-License-Identifier: MIT
#ifndef SAMPLECASE_FORMATS_NPY_H
#define SAMPLECASE_FORMATS_NPY_H

#include "formats/format.h"

extern const struct format FORMAT_NPY;

#endif
