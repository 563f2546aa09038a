// SPDX-License-Identifier: MIT
// Allocations that fail on purpose. A test that lists failing_dep has malloc, calloc and realloc of
// all code that is linked statically go through here; shared libraries keep the ordinary ones.
#ifndef SAMPLECASE_TESTS_UNIT_FAILING_H
#define SAMPLECASE_TESTS_UNIT_FAILING_H

#include <stdbool.h>

// The n-th allocation from now on fails (1 is the next), those before and after succeed. 0: none.
void failing_nth(unsigned long n);

// Every allocation fails from now on, until failing_nth.
void failing_always(void);

// Whether an allocation was made to fail since the last failing_nth or failing_always. A loop over
// n = 1, 2, … is complete when a run ends without one.
bool failing_happened(void);

#endif
