#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes files as one C table of `struct embedded`, ended by a row without a name.

usage: embed.py OUT.c SYMBOL FILE...
"""
import gzip
import hashlib
import os
import sys


def array(name, data):
    rows = []
    for at in range(0, len(data), 32):
        rows.append("    " + "".join(f"{byte}," for byte in data[at:at + 32]))
    return f"static const unsigned char {name}[] = {{\n" + "\n".join(rows) + "\n    0};\n"


def main():
    out, symbol, files = sys.argv[1], sys.argv[2], sorted(sys.argv[3:], key=os.path.basename)
    text = ['#include "base/embedded.h"\n', f"extern const struct embedded {symbol}[];\n"]
    table = []
    for i, path in enumerate(files):
        with open(path, "rb") as file:
            data = file.read()
        packed = gzip.compress(data, 9, mtime=0)
        text.append(array(f"file_{i}", data))
        gzip_name, gzip_size = "NULL", 0
        if len(packed) < len(data):
            text.append(array(f"gzip_{i}", packed))
            gzip_name, gzip_size = f"gzip_{i}", len(packed)
        digest = hashlib.sha256(data).hexdigest()
        table.append(f'    {{"{os.path.basename(path)}", file_{i}, {len(data)}, {gzip_name}, '
                     f'{gzip_size}, "{digest}"}},\n')
    text.append(f"const struct embedded {symbol}[] = {{\n{''.join(table)}"
                '    {NULL, NULL, 0, NULL, 0, ""},\n};\n')
    with open(out, "w") as file:
        file.write("".join(text))


main()
