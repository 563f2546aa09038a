// SPDX-License-Identifier: MIT
// An .npz file: a zip archive of stored .npy members (numpy/lib/npyio.py, savez; PKWARE's APPNOTE,
// 4.3), less than 4 GiB in all. An extra field pads each member's data to a 64-byte boundary, so
// that it may be mapped.
//
//     npz_begin, then for each tensor npz_member and its bytes, then npz_end
#ifndef SAMPLECASE_ENCODE_NPZ_H
#define SAMPLECASE_ENCODE_NPZ_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "encode/tensor.h"

struct npz {
    struct buffer directory; // of the members so far
    uint64_t size;           // bytes of the file so far, with those of the tensors
    unsigned num_members;
};

void npz_begin(struct npz *npz);
void npz_clear(struct npz *npz);

// The CRC-32 of a tensor's bytes: begin with 0, go on with what came out.
uint32_t npz_crc(uint32_t crc, const void *bytes, size_t size);

// Appends what stands before the bytes of a tensor whose CRC-32 is that: the member's header and
// the .npy header. False when the tensor cannot be described or the file would be too large.
bool npz_member(struct npz *npz, struct buffer *out, const struct tensor *tensor, uint32_t crc);

// Appends what stands at the end of the file.
void npz_end(struct npz *npz, struct buffer *out);

#endif
