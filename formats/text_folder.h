// SPDX-License-Identifier: MIT
#ifndef SAMPLECASE_FORMATS_TEXT_FOLDER_H
#define SAMPLECASE_FORMATS_TEXT_FOLDER_H

#include "formats/format.h"

extern const struct format FORMAT_TEXT;

#endif
