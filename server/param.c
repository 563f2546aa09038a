// SPDX-License-Identifier: MIT
#include "server/param.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static bool parse_number(const struct param *param, const char *text, uint64_t *out,
                         struct problem *problem)
{
    if (!text_uint64(text, out) || *out < param->min || *out > param->max)
        return problem_parameter(problem, PROBLEM_INVALID_PARAMETER, param->name,
                                 "%s=%.100s: must be a whole number from %llu to %llu, in plain "
                                 "decimal digits%s: %s",
                                 param->name, text, (unsigned long long)param->min,
                                 (unsigned long long)param->max,
                                 param->type == PARAM_OPTIONAL ? ", or none" : "", param->help);
    return true;
}

// Digits, and after a point more digits, in all 0 to 1.
static bool parse_fraction(const struct param *param, const char *text, double *out,
                           struct problem *problem)
{
    static const char DIGITS[] = "0123456789";
    size_t whole = strspn(text, DIGITS), point = text[whole] == '.';
    size_t part = point ? strspn(text + whole + 1, DIGITS) : 0;
    bool plain = whole > 0 && part >= point && !text[whole + point + part];
    *out = plain ? strtod(text, NULL) : -1;
    if (*out < 0 || *out > 1)
        return problem_parameter(problem, PROBLEM_INVALID_PARAMETER, param->name,
                                 "%s=%.100s: must be a fraction from 0 to 1 in plain decimal "
                                 "digits, like 0.2",
                                 param->name, text);
    return true;
}

static bool parse_choice(const struct param *param, const char *text, struct problem *problem)
{
    bool found = false;
    for (int pass = 0; pass < 2 && !found; pass++) {
        for (const char *at = param->choices; at;) {
            size_t size = strcspn(at, "|");
            if (strlen(text) == size && memcmp(text, at, size) == 0)
                found = true;
            if (pass == 1) {
                char choice[64];
                snprintf(choice, sizeof choice, "%.*s", (int)size, at);
                problem_allow(problem, choice);
            }
            at = at[size] ? at + size + 1 : NULL;
        }
        if (!found && pass == 0)
            problem_parameter(problem, PROBLEM_INVALID_PARAMETER, param->name,
                              "%s=%.100s: must be one of: %s", param->name, text, param->choices);
    }
    return found;
}

// "1,5,9-20" into value->numbers.
static bool parse_numbers(const struct param *param, struct value *value, struct problem *problem)
{
    size_t capacity = 0;
    const char *at = value->text;
    for (;;) {
        char part[48];
        size_t size = strcspn(at, ",");
        snprintf(part, sizeof part, "%.*s", (int)(size < sizeof part ? size : sizeof part - 1), at);
        char *dash = strchr(part, '-');
        if (dash)
            *dash = '\0';
        uint64_t first, last;
        bool ok = size < sizeof part && text_uint64(part, &first) &&
                  text_uint64(dash ? dash + 1 : part, &last) && first <= last;
        if (!ok)
            return problem_parameter(problem, PROBLEM_INVALID_PARAMETER, param->name,
                                     "%s: \"%.*s\" is no sample index and no ascending range; "
                                     "right would be 1,5,9-20",
                                     param->name, (int)(size < 40 ? size : 40), at);
        if (last - first >= param->max || value->num_numbers + (last - first + 1) > param->max)
            return problem_parameter(problem, PROBLEM_TOO_LARGE, param->name,
                                     "%s names more than %llu samples, the most for one answer: %s",
                                     param->name, (unsigned long long)param->max, param->help);
        size_t need = value->num_numbers + (size_t)(last - first + 1);
        if (need > capacity) {
            capacity = need * 2;
            uint64_t *numbers = realloc(value->numbers, capacity * sizeof *numbers);
            if (!numbers)
                return problem_set(problem, PROBLEM_BUSY, "not enough memory");
            value->numbers = numbers;
        }
        while (value->num_numbers < need)
            value->numbers[value->num_numbers++] = first++;
        if (!at[size])
            return true;
        at += size + 1;
    }
}

bool param_parse(const struct param *param, struct value *value, struct problem *problem)
{
    switch (param->type) {
    case PARAM_NUMBER:
        return parse_number(param, value->text, &value->number, problem);
    case PARAM_OPTIONAL:
        value->none = strcmp(value->text, "none") == 0;
        return value->none || parse_number(param, value->text, &value->number, problem);
    case PARAM_FRACTION:
        return parse_fraction(param, value->text, &value->fraction, problem);
    case PARAM_CHOICE:
        return parse_choice(param, value->text, problem);
    case PARAM_NUMBERS:
        return parse_numbers(param, value, problem);
    case PARAM_TEXT:
    case PARAM_NAMES:
        break;
    }
    if (!*value->text)
        return problem_parameter(problem, PROBLEM_INVALID_PARAMETER, param->name,
                                 "%s is empty; leave it out or give it a value", param->name);
    return true;
}
