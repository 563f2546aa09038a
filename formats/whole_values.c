// SPDX-License-Identifier: MIT
#include "formats/whole_values.h"

void whole_values_add(struct whole_values *values, int64_t whole)
{
    if (values->count++ == 0)
        values->min = values->max = whole;
    values->min = whole < values->min ? whole : values->min;
    values->max = whole > values->max ? whole : values->max;
    if (whole >= 0 && whole < WHOLE_VALUES_SMALL)
        values->small[whole / 64] |= UINT64_C(1) << whole % 64;
}

size_t whole_values_classes(const struct whole_values *values)
{
    if (values->count == 0 || values->min != 0 || values->max < 1 ||
        values->max >= WHOLE_VALUES_SMALL)
        return 0;
    size_t count = (size_t)values->max + 1;
    for (size_t i = 0; i < count; i++)
        if (!(values->small[i / 64] >> i % 64 & 1))
            return 0;
    return count <= values->count / 2 ? count : 0;
}
