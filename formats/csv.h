// SPDX-License-Identifier: MIT
#ifndef SAMPLECASE_FORMATS_CSV_H
#define SAMPLECASE_FORMATS_CSV_H

#include "formats/format.h"

extern const struct format FORMAT_CSV;

#endif
