// SPDX-License-Identifier: MIT
#include "server/page_links.h"

#include "encode/json.h"

static void write_address(struct buffer *out, const struct page_address *address, uint64_t offset)
{
    buffer_append(out, address->before.data, address->before.size);
    json_write_uint(out, offset);
    buffer_append(out, address->after.data, address->after.size);
}

// One element of the Link header, and for next and prev, which have a `member`, of the body.
static void write_link(struct response *response, const struct page_address *address,
                       const char *relation, bool exists, uint64_t offset, const char *member)
{
    struct buffer *out = &response->buffer, *link = &response->link;
    if (exists) {
        buffer_string(link, link->size ? ", <" : "<");
        write_address(link, address, offset);
        buffer_string(link, ">; rel=\"");
        buffer_string(link, relation);
        buffer_byte(link, '"');
    }
    if (!member)
        return;
    buffer_string(out, member);
    if (!exists) {
        buffer_string(out, "null");
        return;
    }
    buffer_byte(out, '"');
    write_address(out, address, offset);
    buffer_byte(out, '"');
}

void page_links_write(struct response *response, struct page_address *address, uint64_t offset,
                      uint64_t limit, uint64_t total)
{
    uint64_t reach = offset < total ? offset : total;
    write_link(response, address, "first", true, 0, NULL);
    write_link(response, address, "next", offset < total && limit < total - offset,
               offset + limit, "\"next\":");
    write_link(response, address, "prev", offset > 0, reach > limit ? reach - limit : 0,
               ",\"prev\":");
    write_link(response, address, "last", true, total ? (total - 1) / limit * limit : 0, NULL);
    response->buffer.failed |= address->before.failed || address->after.failed;
    buffer_free(&address->before);
    buffer_free(&address->after);
}
