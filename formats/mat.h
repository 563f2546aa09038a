// SPDX-License-Identifier: MIT
#ifndef SAMPLECASE_FORMATS_MAT_H
#define SAMPLECASE_FORMATS_MAT_H

#include "formats/format.h"

extern const struct format FORMAT_MAT;

#endif
