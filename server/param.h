// SPDX-License-Identifier: MIT
// The parameters of a route: how they are declared, and how their values are read.
#ifndef SAMPLECASE_SERVER_PARAM_H
#define SAMPLECASE_SERVER_PARAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/problem.h"

enum param_type {
    PARAM_NUMBER,   // plain decimal, min to max
    PARAM_TEXT,     // any text
    PARAM_CHOICE,   // one of `choices`, separated by '|'
    PARAM_NUMBERS,  // 1,5,9-20: at most `max` numbers
    PARAM_NAMES,    // names separated by commas
    PARAM_OPTIONAL, // plain decimal, min to max, or "none"
    PARAM_FRACTION, // plain decimal from 0 to 1: 0.2
};

struct param {
    const char *name; // as in the query, or between braces in the path
    enum param_type type;
    uint64_t min, max;
    const char *standard; // the value when it is not given, as text; NULL when there is none
    const char *choices;
    const char *help;
};

// A parsed parameter.
struct value {
    bool given;
    bool none;         // PARAM_OPTIONAL: "none", and number is 0
    uint64_t number;
    double fraction;   // PARAM_FRACTION
    const char *text;  // as given, decoded; the default when it was not given; or NULL
    uint64_t *numbers; // PARAM_NUMBERS; owned by the request
    size_t num_numbers;
};

// Reads value->text, which is not NULL, as the parameter's type says, into the other members.
// value->numbers is owned by the caller, after a failure as well. False with the problem, which
// names the parameter, what was given and what would be right.
bool param_parse(const struct param *param, struct value *value, struct problem *problem);

#endif
