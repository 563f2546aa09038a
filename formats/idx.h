// SPDX-License-Identifier: MIT
#ifndef SAMPLECASE_FORMATS_IDX_H
#define SAMPLECASE_FORMATS_IDX_H

#include "formats/format.h"

extern const struct format FORMAT_IDX;

#endif
