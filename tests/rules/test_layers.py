# SPDX-License-Identifier: MIT
"""Who may include whom, and where each third-party header is at home."""
import fnmatch
import re

import pytest

from program import ROOT

# folder: what its files may include of the project
MAY_INCLUDE = {
    "base": ["base/*"],
    "encode": ["base/*", "encode/*"],
    "formats": ["base/*", "formats/*", "store/writer.h", "store/schema.h"],
    "store": ["base/*", "store/*", "encode/npy.h"],
    "server": ["base/*", "encode/*", "formats/*", "store/*", "server/*"],
}

# third-party header: the files that may include it
HOMES = {
    "microhttpd.h": ["server/http.c"],
    "sqlite3.h": ["store/catalog*"],
    "archive.h": ["formats/source*.c"],
    "archive_entry.h": ["formats/source*.c"],
    "jpeglib.h": ["formats/raster_jpeg.c"],
    "jerror.h": ["formats/raster_jpeg.c"],
    "png.h": ["formats/raster_png.c"],
    "zlib.h": ["formats/source*.c", "formats/mat_inflate.c", "encode/*.c", "server/compress.c"],
    "jansson.h": ["formats/card.c", "formats/images_wordnet.c", "formats/jsonl*", "formats/word_index.c", "server/json_query.c", "server/openapi.c",
                  "store/catalog*.c"],
    "nettle/*": ["base/digest.c"],
}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+(["<])([^">]+)[">]', re.MULTILINE)


def sources(folder):
    return sorted(path for path in (ROOT / folder).rglob("*.[ch]"))


def includes(path, quote):
    return [name for mark, name in INCLUDE.findall(path.read_text()) if mark == quote]


def matches(name, patterns):
    return any(fnmatch.fnmatch(name, pattern) for pattern in patterns)


@pytest.mark.parametrize("folder", MAY_INCLUDE)
def test_layers(folder):
    assert sources(folder)
    wrong = [f"{path.relative_to(ROOT)} includes {name}"
             for path in sources(folder) for name in includes(path, '"')
             if not matches(name, MAY_INCLUDE[folder])]
    assert not wrong


@pytest.mark.parametrize("header", HOMES)
def test_third_party_headers_stay_at_home(header):
    users = [str(path.relative_to(ROOT)) for folder in MAY_INCLUDE for path in sources(folder)
             if any(fnmatch.fnmatch(name, header) for name in includes(path, "<"))]
    assert users, "nobody uses it any more: take it out of the list"
    assert [user for user in users if not matches(user, HOMES[header])] == []


def test_no_other_libraries():
    """A new dependency is a decision: a header that is neither the C library's, nor POSIX's or
    Linux's, nor in the list above."""
    known = re.compile(r"(std\w+|string|strings|limits|math|errno|ctype|inttypes|assert|signal|time|"
                       r"unistd|fcntl|pthread|poll|dirent|dlfcn|float|locale|getopt|setjmp|malloc|sched|threads|"
                       r"(sys|arpa|net|netinet|linux)/\w+|netdb|ftw|fnmatch|glob|pwd|endian|immintrin|x86intrin)\.h")
    strange = {name for folder in MAY_INCLUDE for path in sources(folder)
               for name in includes(path, "<")
               if not known.fullmatch(name) and not matches(name, HOMES)}
    assert not strange
