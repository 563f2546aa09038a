# SPDX-License-Identifier: MIT
"""Reads safetensors as https://github.com/huggingface/safetensors describes it, strictly."""
import json

import numpy as np

DTYPES = {"BOOL": "?", "U8": "u1", "I8": "i1", "U16": "<u2", "I16": "<i2", "U32": "<u4",
          "I32": "<i4", "U64": "<u8", "I64": "<i8", "F32": "<f4", "F64": "<f8"}


def unique(pairs):
    assert len({name for name, _ in pairs}) == len(pairs), "a name stands there twice"
    return dict(pairs)


def load(data):
    """({name: array}, {key: text}) of a whole file."""
    length = int.from_bytes(data[:8], "little")
    head = data[8:8 + length]
    assert head[:1] == b"{" and length <= 100_000_000
    document = json.loads(head, object_pairs_hook=unique)
    notes = document.pop("__metadata__", {})
    assert all(isinstance(key, str) and isinstance(value, str) for key, value in notes.items())
    body, arrays, at = data[8 + length:], {}, 0
    for name, entry in sorted(document.items(), key=lambda item: item[1]["data_offsets"]):
        assert entry.keys() == {"dtype", "shape", "data_offsets"}
        start, end = entry["data_offsets"]
        assert start == at, "there is a hole, or two overlap"
        dtype = np.dtype(DTYPES[entry["dtype"]])
        assert end - start == dtype.itemsize * int(np.prod(entry["shape"], dtype=np.int64))
        assert (8 + length + start) % dtype.itemsize == 0
        arrays[name] = np.frombuffer(body[start:end], dtype).reshape(entry["shape"])
        at = end
    assert at == len(body), "there is something behind the last tensor"
    assert (8 + length) % 64 == 0
    return arrays, notes
