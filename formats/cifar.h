// SPDX-License-Identifier: MIT
#ifndef SAMPLECASE_FORMATS_CIFAR_H
#define SAMPLECASE_FORMATS_CIFAR_H

#include "formats/format.h"

extern const struct format FORMAT_CIFAR;

#endif
