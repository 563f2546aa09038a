// SPDX-License-Identifier: MIT
#ifndef SAMPLECASE_FORMATS_JSONL_H
#define SAMPLECASE_FORMATS_JSONL_H

#include "formats/format.h"

extern const struct format FORMAT_JSONL;

#endif
