// SPDX-License-Identifier: MIT
// Rows are filtered into a strip, a strip is written as one deflate block. A row gets Paeth or,
// where its bytes are cheaper as they are, None. Small pictures are one strip under a code made in
// advance; in larger ones each strip has a code of its own, goes on under the last one, or is
// stored, whichever is shortest. Nothing is searched but runs of zeros, which Paeth leaves wherever
// a picture repeats itself from row to row or pixel to pixel, enlarged ones included.
//
// Medians of 15 turns with libpng 1.6.39 (zlib 1.2.13, defaults) on one core of an EPYC of 2024,
// microseconds and mean bytes of 1,000 pictures each:
//                                      ours            libpng
//   MNIST           28x28              1.4     288     65    271
//   Fashion-MNIST   28x28              1.4     536     41    510
//   CIFAR-100       32x32x3            3.9    2281     93   2214
//   digits          8x8                0.7     139    6.5    124
//   100 of CIFAR    320x320x3          532  212416  16920 209373
//   the same by 4   1280x1280x3       5310  364780  51137 318246
//   noise           32x32x3            4.3    3172     79   3172
// A code made for each small picture takes 8 to 12 microseconds instead, for 1 to 4 % fewer bytes.
// What repeats at a distance, as a gradient or a chequered pattern may, is where libpng's search
// for matches can be many times smaller.
#include "encode/png.h"

#include <string.h>
#include <zlib.h>

#include "encode/checksum.h"
#include "encode/deflate.h"
#include "encode/filter.h"
#include "encode/png_codes.h"

enum {
    STRIP = 32768,         // filtered bytes
    SMALL = 6144,          // a picture of so many filtered bytes counts as small
    CHUNK_LARGE = 1 << 20, // an IDAT chunk ends when it has grown to this
    SLACK = 512,           // block header, ends of blocks, and what bits are written beyond
    LARGEST_SIDE = 0x7fffffff,
};

_Static_assert(SLACK >= DEFLATE_HEADER + 32, "everything beside the symbols fits");

// One picture on its way.
struct stream {
    struct buffer *to;
    struct deflate_out out;          // `at` holds between reserve() and commit() only
    size_t chunk;                    // offset of the open IDAT chunk
    uint32_t adler;                  // of the filtered bytes so far
    const struct deflate_code *open; // the code of the open block, or NULL
    struct deflate_code made[2];     // room for it and for the next
    size_t used;                     // of strip
    uint8_t strip[STRIP];
};

static void put32(void *to, uint32_t value)
{
    uint8_t bytes[4] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
                        (uint8_t)value};
    memcpy(to, bytes, sizeof bytes);
}

static void append32(struct buffer *to, uint32_t value)
{
    uint8_t bytes[4];
    put32(bytes, value);
    buffer_append(to, bytes, sizeof bytes);
}

// A chunk is a length, a type, data, and the CRC of type and data.
static void begin_chunk(struct stream *stream)
{
    stream->chunk = stream->to->size;
    buffer_append(stream->to, "\0\0\0\0IDAT", 8);
}

static void end_chunk(struct stream *stream)
{
    if (stream->to->failed)
        return;
    uint8_t *chunk = (uint8_t *)stream->to->data + stream->chunk;
    size_t size = stream->to->size - stream->chunk - 8;
    put32(chunk, (uint32_t)size);
    append32(stream->to, (uint32_t)crc32_z(0, chunk + 4, size + 4));
}

static bool reserve(struct stream *stream, size_t size)
{
    stream->out.at = (uint8_t *)buffer_reserve(stream->to, size);
    return stream->out.at != NULL;
}

static void commit(struct stream *stream)
{
    stream->to->size = (size_t)(stream->out.at - (uint8_t *)stream->to->data);
}

static void close_block(struct stream *stream)
{
    if (stream->open)
        deflate_end(&stream->out, stream->open);
    stream->open = NULL;
}

static void write_block(struct stream *stream)
{
    uint32_t histogram[DEFLATE_SYMBOLS] = {0};
    uint64_t beside = deflate_count(histogram, stream->strip, stream->used);
    struct deflate_code *code = &stream->made[stream->open == stream->made];
    deflate_code_make(code, histogram);
    uint64_t going_on = stream->open ? deflate_cost(stream->open, histogram) : UINT64_MAX;
    uint64_t fresh = deflate_cost(code, histogram) + code->header_bits;
    uint64_t stored = 8 * (uint64_t)(stream->used + 5);
    uint64_t least = fresh < going_on ? fresh : going_on;
    if (least + beside > stored) {
        close_block(stream);
        deflate_stored(&stream->out, stream->strip, stream->used, false);
        return;
    }
    if (fresh < going_on) {
        close_block(stream);
        stream->open = code;
        deflate_begin(&stream->out, code, false);
    }
    deflate_bytes(&stream->out, stream->open, stream->strip, stream->used);
}

// Writes the strip and empties it.
static bool write_strip(struct stream *stream)
{
    if (!reserve(stream, stream->used * DEFLATE_LIMIT / 8 + SLACK))
        return false;
    stream->adler = checksum_adler32(stream->adler, stream->strip, stream->used);
    write_block(stream);
    commit(stream);
    stream->used = 0;
    if (stream->to->size - stream->chunk >= CHUNK_LARGE) {
        end_chunk(stream);
        begin_chunk(stream);
    }
    return !stream->to->failed;
}

static void filter_row(struct stream *stream, const struct filter_row *row)
{
    uint8_t *to = stream->strip + stream->used;
    to[0] = FILTER_PAETH;
    if (filter_paeth(to + 1, row, 0, row->size) <= 0) {
        to[0] = FILTER_NONE;
        memcpy(to + 1, row->bytes, row->size);
    }
    stream->used += 1 + row->size;
}

// A row that no strip can hold, piece by piece.
static bool write_wide_row(struct stream *stream, const struct filter_row *row)
{
    stream->strip[stream->used++] = FILTER_PAETH;
    for (size_t from = 0; from < row->size;) {
        size_t room = STRIP - stream->used, left = row->size - from;
        size_t piece = left < room ? left : room;
        filter_paeth(stream->strip + stream->used, row, from, from + piece);
        stream->used += piece;
        from += piece;
        if (stream->used == STRIP && !write_strip(stream))
            return false;
    }
    return true;
}

static bool write_rows(struct stream *stream, const uint8_t *pixels, uint32_t height,
                       struct filter_row row)
{
    for (uint32_t y = 0; y < height; y++) {
        row.above = row.bytes;
        row.bytes = pixels + y * row.size;
        if (stream->used > 0 && row.size + 1 > STRIP - stream->used && !write_strip(stream))
            return false;
        if (row.size < STRIP)
            filter_row(stream, &row);
        else if (!write_wide_row(stream, &row))
            return false;
    }
    return true;
}

// The strip is the whole picture: one block under that code, or stored where that is shorter.
static bool write_small(struct stream *stream, const struct deflate_code *code)
{
    if (!reserve(stream, stream->used * DEFLATE_LIMIT / 8 + SLACK))
        return false;
    stream->adler = checksum_adler32(stream->adler, stream->strip, stream->used);
    uint8_t *from = stream->out.at;
    deflate_begin(&stream->out, code, true);
    deflate_bytes(&stream->out, code, stream->strip, stream->used);
    deflate_end(&stream->out, code);
    deflate_align(&stream->out);
    if ((size_t)(stream->out.at - from) > stream->used + 5) {
        stream->out = (struct deflate_out){.at = from, .bits = 0, .count = 0};
        deflate_stored(&stream->out, stream->strip, stream->used, true);
    }
    commit(stream);
    return true;
}

// Writes what is left in the strip and ends the deflate stream.
static bool finish(struct stream *stream, bool whole)
{
    if (whole && stream->used <= SMALL) {
        const struct deflate_code *code = png_codes_choose(stream->strip, stream->used);
        if (code)
            return write_small(stream, code);
    }
    if ((stream->used > 0 && !write_strip(stream)) || !reserve(stream, SLACK))
        return false;
    close_block(stream);
    deflate_finish(&stream->out);
    commit(stream);
    return true;
}

static void append_head(struct buffer *out, uint32_t width, uint32_t height, unsigned channels)
{
    static const uint8_t COLOUR_TYPE[] = {0, 0, 4, 2, 6};
    uint8_t head[8 + 8 + 13 + 4] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    put32(head + 16, width);
    put32(head + 20, height);
    head[24] = 8; // bits; compression, filter and interlace methods are 0
    head[25] = COLOUR_TYPE[channels];
    put32(head + 29, (uint32_t)crc32_z(0, head + 12, 17));
    buffer_append(out, head, sizeof head);
}

bool png_encode(struct buffer *out, const uint8_t *pixels, uint32_t width, uint32_t height,
                unsigned channels)
{
    uint64_t row_size = (uint64_t)width * channels;
    if (channels < 1 || channels > 4 || width < 1 || width > LARGEST_SIDE || height < 1 ||
        height > LARGEST_SIDE || (row_size + 1) > UINT32_MAX / height)
        return false;
    size_t before = out->size;
    append_head(out, width, height, channels);

    struct stream stream;
    stream.to = out;
    stream.out = (struct deflate_out){.at = NULL, .bits = 0, .count = 0};
    stream.adler = 1;
    stream.open = NULL;
    stream.used = 0;
    begin_chunk(&stream);
    buffer_append(out, "\x78\x01", 2); // zlib: deflate, 32 KiB window, fastest
    bool whole = (row_size + 1) * height <= STRIP;
    struct filter_row row = {.bytes = NULL, .above = NULL, .size = row_size, .channels = channels};
    if (write_rows(&stream, pixels, height, row) && finish(&stream, whole)) {
        append32(out, stream.adler);
        end_chunk(&stream);
        buffer_append(out, "\0\0\0\0IEND\xae\x42\x60\x82", 12);
    }
    if (out->failed)
        out->size = before;
    return !out->failed;
}
