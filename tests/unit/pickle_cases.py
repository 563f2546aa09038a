#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes pickle_cases.h beside this file: what Python's own pickle makes of some values, and these values
in the words of test_pickle.c."""
import pathlib
import pickle

import numpy as np

HEAD = """// SPDX-License-Identifier: MIT
// Written by pickle_cases.py: name, pickle, value.
"""


def units(data):
    """Bytes as what stands between quotes in C."""
    plain = True
    for c in data:
        plain = 32 <= c < 127 and chr(c) not in '"\\?'
        yield chr(c) if plain else f"\\{c:03o}"


def literal(data, width=84):
    lines, line = [], ""
    for unit in units(data):
        if len(line) + len(unit) > width:
            lines.append(line)
            line = ""
        line += unit
    return "\n     ".join(f'"{line}"' for line in lines + [line])


def show(v):
    if isinstance(v, float):
        return f"{v:.17g}"
    if isinstance(v, str):
        return f"'{v}'"
    if isinstance(v, (bytes, bytearray)):
        return "b" + v.hex()
    if isinstance(v, list):
        return "[" + ",".join(map(show, v)) + "]"
    if isinstance(v, tuple):
        return "(" + ",".join(map(show, v)) + ")"
    if isinstance(v, dict):
        return "{" + ",".join(show(key) + ":" + show(value) for key, value in v.items()) + "}"
    if isinstance(v, np.ndarray) and v.dtype == object:
        return f"objects{list(v.shape)}[" + ",".join(show(x) for x in v.ravel()) + "]"
    if isinstance(v, np.ndarray):
        order = "F" if v.flags.f_contiguous and not v.flags.c_contiguous else "C"
        swapped = ">" if v.dtype.byteorder == ">" else ""
        return f"{v.dtype.name}{list(v.shape)}{order}{swapped} {v.tobytes(order).hex()}"
    return str(v)


def case(name, data, value):
    return f'    {{"{name}",\n     BYTES({literal(data)}),\n     {literal(show(value).encode())}}},\n'


def main():
    shared = [7]
    objects = np.empty(2, object)
    objects[:] = [1, 2], [3]
    values = {
        "plain": {"a": [1, -1, 255, 256, 65536, -2**31, 2**31, 2**62, -2**63, 2**63 - 1],
                  "b": (None, True, False, 1.5, -0.0, 1e300), "c": "hä € 😀", "d": b"\x00\xff'\\\n",
                  "e": [], "f": (), "g": {}, "h": (1,), "i": (1, 2), "j": (1, 2, 3), "k": (1, 2, 3, 4)},
        "shared": [shared, shared, (shared,)],
        "array": np.arange(6, dtype="<i4").reshape(2, 3),
        "fortran": np.asfortranarray(np.arange(6, dtype="u1").reshape(2, 3)),
        "big-endian": np.arange(3, dtype=">f8"),
        "objects": objects,
    }
    out = [case(f"{name}, protocol {protocol}", pickle.dumps(value, protocol), value)
           for name, value in values.items() for protocol in range(6)]
    out.append(case("bytearray", pickle.dumps(bytearray(b"ab"), 5), b"ab"))
    array = np.arange(2, dtype="u1")
    moved = pickle.dumps(array, 2).replace(b"numpy.core.", b"numpy._core.")
    out.append(case("numpy 2", moved, array))
    # As Python 2 writes its str.
    out.append(case("Python 2", b"\x80\x02}q\x01(U\x03abcq\x02T\x01\0\0\0zu.", {b"abc": b"z"}))
    out.append(case("Python 2, protocol 0", b"(dp0\nS'a\\x00\\n\\'\\101'\np1\nL5L\ns.", {b"a\0\n'A": 5}))
    pathlib.Path(__file__).with_suffix(".h").write_text(HEAD + "".join(out))


if __name__ == "__main__":
    main()
