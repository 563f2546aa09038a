// SPDX-License-Identifier: MIT
// What a client's header fields ask for: a coding, a condition, a range (RFC 9110).
#ifndef SAMPLECASE_SERVER_NEGOTIATE_H
#define SAMPLECASE_SERVER_NEGOTIATE_H

#include <stdbool.h>
#include <stdint.h>

// Whether an Accept-Encoding value (NULL: absent) takes gzip: named, or through "*", with q > 0.
bool negotiate_gzip(const char *accept_encoding);

// Whether an If-None-Match value (NULL: absent) holds the entity tag `etag` (without quotes), by
// weak comparison, or "*".
bool negotiate_matches(const char *if_none_match, const char *etag);

enum range_answer { RANGE_WHOLE, RANGE_PART, RANGE_NONE };

// What a Range value asks of a body of size bytes. RANGE_PART fills first and last (inclusive).
// RANGE_NONE: not satisfiable. Absent, malformed, other units and several ranges: RANGE_WHOLE, as
// RFC 9110, section 14.2 allows. If-Range (NULL: absent) must be the strong tag or the whole goes
// out.
enum range_answer negotiate_range(const char *range, const char *if_range, const char *etag,
                                  uint64_t size, uint64_t *first, uint64_t *last);

#endif
