// SPDX-License-Identifier: MIT
// Where the other pages of a list are: "next" and "prev" in the body, and the Link header (RFC
// 8288) with first, next, prev and last.
#ifndef SAMPLECASE_SERVER_PAGE_LINKS_H
#define SAMPLECASE_SERVER_PAGE_LINKS_H

#include <stdint.h>

#include "server/response.h"

// The address of a page: what stands before and after the number of its offset.
struct page_address {
    struct buffer before, after;
};

#define PAGE_ADDRESS_INIT {.before = BUFFER_INIT, .after = BUFFER_INIT}

// Appends both members, without a comma around them, to the response's buffer, and the whole Link
// header. Frees the address.
void page_links_write(struct response *response, struct page_address *address, uint64_t offset,
                      uint64_t limit, uint64_t total);

#endif
