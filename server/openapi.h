// SPDX-License-Identifier: MIT
// The OpenAPI 3.1 document of the route table.
#ifndef SAMPLECASE_SERVER_OPENAPI_H
#define SAMPLECASE_SERVER_OPENAPI_H

#include <stdbool.h>

#include "base/buffer.h"

// Appends the document for a server whose addresses begin with base_path. False when memory is
// short.
bool openapi_write(struct buffer *out, const char *base_path);

#endif
