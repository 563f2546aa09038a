// SPDX-License-Identifier: MIT
// Percent encoding (RFC 3986).
#ifndef SAMPLECASE_SERVER_URL_H
#define SAMPLECASE_SERVER_URL_H

#include <stdbool.h>

#include "base/buffer.h"

// Appends text percent-encoded for a path segment or a query value (RFC 3986: unreserved
// characters and the comma stay).
void url_escape(struct buffer *out, const char *text);

// Decodes %XX in place (and '+' when `plus`); false for a bad escape, for %00, or when the result
// is not UTF-8.
bool url_decode(char *text, bool plus);

#endif
