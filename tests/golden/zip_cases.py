# SPDX-License-Identifier: MIT
"""Golden cases of zip archives, for make.py: honest ones of several kinds, and ones that say one thing at
their end and another before an entry."""
import io
import struct
import zipfile

import numpy as np

DECEIT = "a.zip: the zip archive is damaged or made to deceive: "


class Stream(io.RawIOBase):
    """Cannot be sought: zipfile then writes sizes after the bytes."""

    def __init__(self):
        self.data = b""

    def writable(self):
        return True

    def write(self, data):
        self.data += bytes(data)
        return len(data)


def patch(data, at, new):
    return data[:at] + new + data[at + len(new):]


def write(make):
    values = np.array([1, 2, 0], np.uint8)
    idx = make.idx(values)
    note = b"some words\n" * 3
    feature = make.feature("label", "class", "uint8", target=True)
    whole = make.dataset([feature], {"all": {"label": values}})

    def good(name, data):
        make.case(f"source/zip-{name}", {"a.zip": data}, whole, paths=["a.zip"])

    def bad(name, data, error):
        make.case(f"source/error-zip-{name}", {"a.zip": data}, paths=["a.zip"], error=DECEIT + error)

    out = Stream()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, content in (("labels.idx", idx), ("README", note)):
            with z.open(zipfile.ZipInfo(name), "w") as member:
                member.write(content)
    good("streamed", out.data)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for name, content in (("labels.idx", idx), ("README", note)):
            with z.open(zipfile.ZipInfo(name), "w", force_zip64=True) as member:
                member.write(content)
        z.comment = b"honest words"
    good("zip64-entries", out.getvalue())

    plain = make.zip_of([("labels.idx", idx), ("README", note)], zipfile.ZIP_STORED)
    end = len(plain) - 22
    size, begin = struct.unpack("<II", plain[end + 12:end + 20])
    second = plain.index(b"PK\3\4", 4)
    listed = begin + 46 + len("labels.idx")  # the second entry of the list
    # All numbers of the end in a zip64 record.
    end64 = (b"PK\6\6" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, 2, 2, size, begin) +
             b"PK\6\7" + struct.pack("<IQI", 0, end, 1) +
             b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 0xffff, 0xffff, 0xffffffff, 0xffffffff, 0))
    large = plain[:end] + end64
    good("zip64-end", large)
    # As Info-ZIP writes it into a pipe: both, although the small numbers would do.
    both = large[:-22] + plain[end:]
    good("zip64-both", both)
    bad("zip64-differs", patch(both, len(both) - 12, b"\3\0"), "its zip64 record says something else than its end")
    bad("zip64-size", patch(large, end + 4, b"\x2d"), "its zip64 record is not where it should be")
    bad("zip64-place", patch(large, end + 56 + 8, struct.pack("<Q", end - 1)), "its zip64 record is not where it should be")
    bad("zip64-far", patch(large, end + 56 + 8, b"\xff" * 8), "its zip64 record is not where it should be")
    # The record lies in the comment of the end, behind what points to it; the size it states wraps around.
    locator = b"PK\6\7" + struct.pack("<IQI", 0, 46, 1)
    last = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 0, 0, 0, 46, 56)
    record = b"PK\6\6" + struct.pack("<QHHIIQQQQ", 2**64 - 54, 45, 45, 0, 0, 0, 0, 0, 46)
    bad("zip64-behind", b"PK\3\4" + locator + last + record, "its zip64 record is not where it should be")

    bad("trailing", plain + b"x", "bytes follow its end")
    bad("end-cut", plain[:-1], "its last record is cut short")
    bad("comment-claim", patch(plain, end + 20, b"\5\0"), "bytes follow its end")
    bad("two-ends", patch(plain, end + 20, b"\x16\0") + plain[end:], "its list of entries is not where its end says")
    bad("list-place", patch(plain, end + 16, struct.pack("<I", begin + 1)),
        "its list of entries is not where its end says")
    bad("prefix", plain[:second] + b"hidden bytes" + plain[second:], "its list of entries is not where its end says")
    bad("disks", patch(plain, end + 4, b"\1"), "it is a part of an archive in several files")
    bad("count-less", patch(plain, end + 8, b"\1\0\1\0"), "its list has more entries than its end says")
    bad("count-more", patch(plain, end + 8, b"\3\0\3\0"), "its list of entries is cut short")
    bad("count-immense", patch(plain, end + 8, b"\xfe\xff\xfe\xff"), "its list of entries is cut short")
    bad("name", patch(plain, second + 30, b"S"), 'the entry "README" has another name in the list')
    bad("name-length", patch(plain, second + 26, b"\5"), 'the entry "README" has another name in the list')
    bad("method", patch(plain, second + 8, b"\x08"), 'the entry "README" is packed in another way than the list says')
    bad("half-encrypted", patch(plain, second + 6, b"\1"), 'the entry "README" is packed in another way than the list says')
    bad("size", patch(plain, second + 22, b"\1"), 'the entry "README" has another size in the list')
    bad("packed-size", patch(plain, second + 18, b"\1"), 'the entry "README" has another size in the list')
    bad("checksum", patch(plain, second + 14, b"\0\0\0\0"), 'the entry "README" has another checksum in the list')
    bad("place", patch(plain, listed + 42, struct.pack("<I", second + 1)), "an entry is not where the list says")
    bad("place-far", patch(plain, listed + 42, struct.pack("<I", 1 << 30)), "an entry is not where the list says")
    bad("list-damaged", patch(plain, listed, b"x"), "its list of entries holds what is none")
    # Both entries of the list are the same bytes of the file.
    first = plain[begin:listed]
    twice = plain[:second] + first * 2
    twice += b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 2, 2, 2 * len(first), second, 0)
    bad("shared", twice, "two entries share the same bytes")
    # A second entry inside the first: what one reader takes for bytes is an entry to the other.
    inner = make.zip_of([("README", note)], zipfile.ZIP_STORED)
    outer = make.zip_of([("labels.idx", idx + inner[:30 + 6 + len(note)])], zipfile.ZIP_STORED)
    begin = outer.index(b"PK\1\2")
    entries = outer[begin:-22] + patch(inner[inner.index(b"PK\1\2"):-22], 42, struct.pack("<I", 30 + 10 + len(idx)))
    bad("within", outer[:begin] + entries + b"PK\5\6" +
        struct.pack("<HHHHIIH", 0, 0, 2, 2, len(entries), begin, 0), "two entries share the same bytes")
    large_claim = patch(patch(plain, second + 18, b"\xf0\xff\xff\x7f" * 2), listed + 20, b"\xf0\xff\xff\x7f" * 2)
    bad("reach", large_claim, 'the entry "README" reaches into the list')
