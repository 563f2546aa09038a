#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes the pictures beside this file and expected.txt: what they are and the hash of their pixels,
by Pillow for JPEG (and checked against it where it reads a PNG right), by numpy from the values that
were written for PNG. The results are committed; run it again after changing a case."""
import hashlib
import io
import struct
import subprocess
import tempfile
import zlib
from pathlib import Path

import numpy as np
import PIL.Image
import PIL.ImageOps

HERE = Path(__file__).resolve().parent
rng = np.random.default_rng(77)
lines = []


def photo(height, width, channels):
    y, x = np.mgrid[0:height, 0:width]
    waves = [127 + 100 * np.sin(x / (3 + c) + y / (5 + 2 * c) + c) for c in range(channels)]
    noise = rng.normal(0, 8, (height, width, channels))
    return np.clip(np.stack(waves, -1) + noise, 0, 255).astype(np.uint8)


def write(name, data, pixels, orientation=1):
    """One good picture. pixels: height, width, channels of uint8 or uint16, upright."""
    (HERE / name).write_bytes(data)
    height, width, channels = pixels.shape
    digest = hashlib.sha256(np.ascontiguousarray(pixels).tobytes()).hexdigest()
    lines.append(f"{name} {height} {width} {channels} {pixels.itemsize * 8} {orientation} {digest}")


def write_bad(name, data, kind, words):
    """One that cannot be decoded; kind: of error; words: in the error's text."""
    (HERE / name).write_bytes(data)
    lines.append(f"{name} {kind} {words}")


# --- PNG, written here, so that each kind is there and what it means is known

def chunk(kind, data, crc=0):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data) ^ crc)


def packed(rows, depth):
    """Rows of samples as PNG has them, each behind filter type 0."""
    out = b""
    for row in rows.reshape(rows.shape[0], -1):
        if depth == 16:
            out += b"\0" + row.astype(">u2").tobytes()
        else:
            bits = (row.astype(np.uint8)[:, None] >> np.arange(depth - 1, -1, -1)) & 1
            out += b"\0" + np.packbits(bits.ravel()).tobytes()
    return out


ADAM7 = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
COLORS = {"grey": 0, "rgb": 2, "palette": 3, "grey_alpha": 4, "rgba": 6}


def png(values, color, depth=8, interlaced=False, before=(), after=(), crc=0):
    """values: height, width[, channels]; before and after the pixels: (kind, data)."""
    height, width = values.shape[:2]
    header = struct.pack(">IIBBBBB", width, height, depth, COLORS[color], 0, 0, interlaced)
    if interlaced:
        parts = [values[y::down, x::across] for y, x, down, across in ADAM7]
        data = b"".join(packed(part, depth) for part in parts if part.size)
    else:
        data = packed(values, depth)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(chunk(*each) for each in before)
            + chunk(b"IDAT", zlib.compress(data, 9), crc) + b"".join(chunk(*each) for each in after)
            + chunk(b"IEND", b""))


def with_alpha(pixels, clear):
    """RGBA; `clear`: where it is transparent."""
    top = np.iinfo(pixels.dtype).max
    rgb = np.repeat(pixels, 3, 2) if pixels.shape[2] == 1 else pixels
    return np.concatenate([rgb, np.where(clear[:, :, None], 0, top).astype(pixels.dtype)], 2)


def orientation_block(value, order="<", kind=3):
    mark = b"II*\0" if order == "<" else b"MM\0*"
    code = {1: "B3x", 3: "H2x", 4: "I"}[kind]
    other = struct.pack(order + "HHII", 0x0100, 4, 1, 77)
    return (mark + struct.pack(order + "IH", 8, 2) + other
            + struct.pack(order + "HHI" + code, 0x0112, kind, 1, value) + struct.pack(order + "I", 0))


def upright(pixels, orientation):
    turns = {1: pixels, 2: pixels[:, ::-1], 3: pixels[::-1, ::-1], 4: pixels[::-1],
             5: pixels.swapaxes(0, 1), 6: np.rot90(pixels, -1), 7: np.rot90(pixels.swapaxes(0, 1), 2),
             8: np.rot90(pixels)}
    return turns[orientation]


def make_png():
    for interlaced in (False, True):
        tail = "_interlaced.png" if interlaced else ".png"
        for depth in (1, 2, 4, 8, 16):
            values = rng.integers(0, 1 << depth, (13, 19))
            kind = np.uint16 if depth == 16 else np.uint8
            grey = (values * (1 if depth == 16 else 255 // ((1 << depth) - 1))).astype(kind)[:, :, None]
            write(f"grey{depth}{tail}", png(values, "grey", depth, interlaced), grey)
            clear = struct.pack(">H", values[3, 3])
            write(f"grey{depth}_clear{tail}", png(values, "grey", depth, interlaced, [(b"tRNS", clear)]),
                  with_alpha(grey, values == values[3, 3]))
            if depth == 16:
                continue
            count = 1 << depth
            colors = rng.integers(0, 256, (count, 3)).astype(np.uint8)
            write(f"palette{depth}{tail}",
                  png(values, "palette", depth, interlaced, [(b"PLTE", colors.tobytes())]), colors[values])
            alpha = rng.integers(0, 256, count // 2).astype(np.uint8)
            rgba = np.concatenate([colors, np.full((count, 1), 255, np.uint8)], 1)
            rgba[:len(alpha), 3] = alpha
            write(f"palette{depth}_clear{tail}",
                  png(values, "palette", depth, interlaced,
                      [(b"PLTE", colors.tobytes()), (b"tRNS", alpha.tobytes())]), rgba[values])
        for depth, kind in ((8, np.uint8), (16, np.uint16)):
            for color, channels in (("grey_alpha", 2), ("rgb", 3), ("rgba", 4)):
                values = rng.integers(0, 1 << depth, (11, 18, channels)).astype(kind)
                pixels = values[:, :, [0, 0, 0, 1]] if channels == 2 else values
                write(f"{color}{depth}{tail}", png(values, color, depth, interlaced), pixels)
            values = rng.integers(0, 1 << depth, (11, 18, 3)).astype(kind)
            values[2:5, 3:9] = values[0, 0]
            clear = struct.pack(">HHH", *values[0, 0])
            write(f"rgb{depth}_clear{tail}", png(values, "rgb", depth, interlaced, [(b"tRNS", clear)]),
                  with_alpha(values, (values == values[0, 0]).all(2)))
        values = photo(14, 9, 3)
        for orientation in range(2, 9):
            data = png(values, "rgb", 8, interlaced, [(b"eXIf", orientation_block(orientation, ">"))])
            write(f"turned{orientation}{tail}", data, upright(values, orientation), orientation)
    values = photo(6, 7, 1)
    write("one.png", png(values[:1, :1], "grey"), values[:1, :1])
    write("turned_late.png", png(values, "grey", after=[(b"eXIf", orientation_block(6))]),
          upright(values, 6), 6)
    write("turned9.png", png(values, "grey", before=[(b"eXIf", orientation_block(9))]), values)
    gamma = [(b"gAMA", struct.pack(">I", 100000)), (b"sBIT", b"\5"), (b"tEXt", b"a\0b"),
             (b"iCCP", b"p\0\0" + zlib.compress(b"no profile"))]
    write("gamma.png", png(values, "grey", before=gamma), values)
    large = photo(1, 16384, 1)
    write("wide.png", png(large, "grey"), large)

    good = png(values, "grey")
    write_bad("cut.png", good[:-30], "input", "cut short")
    write_bad("no_end.png", good[:-12], "input", "cut short")
    write_bad("crc.png", png(values, "grey", crc=1), "input", "IDAT: CRC error")
    write_bad("header_crc.png", good[:29] + b"\0" + good[30:], "input", "IHDR: CRC error")
    write_bad("text_crc.png", png(values, "grey", before=[(b"tEXt", b"a\0b", 1)]), "input", "CRC error")
    short = png(values, "grey").replace(struct.pack(">II", 7, 6), struct.pack(">II", 7, 8))
    write_bad("few_rows.png", short[:29] + struct.pack(">I", zlib.crc32(short[12:29])) + short[33:],
              "input", "Not enough image data")
    for name, width, height, words in (("huge", 120000, 120000, "120000"), ("long", 1, 16385, "16385"),
                                       ("many", 16000, 16000, "16000")):
        header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        data = good[:8] + header + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
        write_bad(f"{name}.png", data, "limit", words)


# --- JPEG, by Pillow and by the library through encode.c

def segment(kind, data):
    return b"\xff" + bytes([kind]) + struct.pack(">H", len(data) + 2) + data


def without(data, kind):
    """Without the segments of that marker."""
    out, at = data[:2], 2
    while data[at + 1] != 0xda:
        size = 2 + int.from_bytes(data[at + 2:at + 4], "big")
        out += b"" if data[at + 1] == kind else data[at:at + size]
        at += size
    return out + data[at:]


def save(pixels, mode, **options):
    out = io.BytesIO()
    PIL.Image.fromarray(pixels.squeeze(), mode).save(out, "JPEG", **options)
    return out.getvalue()


def write_jpeg(name, data, orientation=1):
    with PIL.Image.open(io.BytesIO(data)) as image:
        image = PIL.ImageOps.exif_transpose(image)
        pixels = np.asarray(image.convert("RGB") if image.mode == "CMYK" else image)
    write(name, data, pixels.reshape(*pixels.shape[:2], -1), orientation)


def make_jpeg(encode):
    def other(pixels, colors, sampling, restart, *options):
        height, width, channels = pixels.shape
        command = [encode, width, height, channels, colors, sampling, restart, *options]
        return subprocess.run([str(word) for word in command], input=pixels.tobytes(), check=True,
                              capture_output=True).stdout

    color, grey, four = photo(21, 35, 3), photo(21, 35, 1), photo(21, 35, 4)
    write_jpeg("grey.jpg", save(grey, "L"))
    write_jpeg("cmyk.jpg", save(four, "CMYK"))
    write_jpeg("ycck.jpg", other(four, 4, "22", 0, "huffman"))
    write_jpeg("cmyk_plain.jpg", without(save(four, "CMYK"), 0xee))
    write_jpeg("plain.jpg", without(save(color, "RGB"), 0xe0))
    adobe = without(save(color, "RGB", subsampling=0), 0xe0)
    write_jpeg("adobe_rgb.jpg", adobe[:2] + segment(0xee, b"Adobe\0\x64\0\0\0\0\0") + adobe[2:])
    for sampling in ("11", "21", "12", "22", "41", "14", "42", "24"):
        write_jpeg(f"sampling{sampling}.jpg", other(color, 2, sampling, 0, "huffman"))
    write_jpeg("restarts.jpg", other(color, 2, "22", 2, "huffman"))
    write_jpeg("progressive.jpg", other(color, 2, "22", 0, "huffman", "progressive"))
    write_jpeg("progressive_restarts.jpg", other(color, 2, "21", 1, "huffman", "progressive"))
    write_jpeg("arithmetic.jpg", other(color, 2, "22", 0, "arithmetic"))
    write_jpeg("arithmetic_progressive.jpg", other(color, 2, "22", 0, "arithmetic", "progressive"))
    write_jpeg("one.jpg", other(color[:1, :1], 2, "22", 0, "huffman"))
    write_jpeg("column.jpg", other(photo(40, 1, 3), 2, "22", 0, "huffman"))
    for orientation in range(2, 9):
        data = save(color, "RGB", exif=b"Exif\0\0" + orientation_block(orientation, "<>"[orientation % 2]))
        write_jpeg(f"turned{orientation}.jpg", data, orientation)
    for kind, orientation in ((1, 1), (4, 6)):
        data = save(grey, "L", exif=b"Exif\0\0" + orientation_block(6, "<", kind))
        write_jpeg(f"turned_type{kind}.jpg", data, orientation)
    turned = orientation_block(6)
    for name, block in (("cut", turned[:14]), ("nowhere", turned[:4] + b"\xff\xff\xff\x7f" + turned[8:]),
                        ("many", turned[:8] + b"\xff\xff" + turned[10:22])):
        write(f"exif_{name}.jpg", save(grey, "L", exif=b"Exif\0\0" + block),
              np.asarray(PIL.Image.open(io.BytesIO(save(grey, "L"))))[:, :, None])
    good = save(color, "RGB")
    scan = good.index(b"\xff\xda")
    extra = good[:-2] + b"\1\2\3" + good[-2:]
    write_jpeg("extra_bytes.jpg", extra)

    write_bad("cut.jpg", good[:-200], "input", "cut short")
    write_bad("no_end.jpg", good[:-2], "input", "cut short")
    progressive = other(color, 2, "22", 0, "huffman", "progressive")
    write_bad("progressive_cut.jpg", progressive[:len(progressive) // 2], "input", "cut short")
    write_bad("early_end.jpg", good[:-100] + good[-2:], "input", "premature end of data segment")
    write_bad("only_head.jpg", good[:scan], "input", "cut short")
    restarts = other(color, 2, "22", 1, "huffman")
    write_bad("lost_restart.jpg",
              restarts.replace(b"\xff\xd2", b"\xff\xd5", 1), "input", "instead of RST")
    frame = good.index(b"\xff\xc0")
    for name, height, width, words in (("huge", 65000, 65000, "65000"), ("many", 16000, 16000, "16000")):
        data = good[:frame + 5] + struct.pack(">HH", height, width) + good[frame + 9:]
        write_bad(f"{name}.jpg", data, "limit", words)
    frame = progressive.index(b"\xff\xc2")
    heavy = progressive[:frame + 5] + struct.pack(">HH", 11000, 11000) + progressive[frame + 9:]
    write_bad("heavy.jpg", heavy, "limit", "MiB")
    grey_scans = other(grey, 1, "11", 0, "huffman", "progressive")
    first = grey_scans.index(b"\xff\xda")
    second = grey_scans.index(b"\xff\xc4", first)
    scans = grey_scans[:first] + grey_scans[first:second] * 120 + grey_scans[second:]
    write_bad("scans.jpg", scans, "limit", "100 scans")
    write_bad("two.jpg", other(photo(8, 8, 2), 0, "11", 0, "huffman"), "input", "2 components")


def make_strange():
    image = PIL.Image.fromarray(photo(5, 6, 3))
    for kind in ("GIF", "BMP", "TIFF", "WEBP"):
        out = io.BytesIO()
        image.save(out, kind)
        write_bad(f"strange.{kind.lower()}", out.getvalue(), "input", "neither a JPEG nor a PNG")
    write_bad("empty.jpg", b"", "input", "neither")
    write_bad("start.jpg", b"\xff\xd8\xff", "input", "cut short")
    write_bad("start.png", b"\x89PNG\r\n\x1a\n", "input", "cut short")


def main():
    for old in HERE.iterdir():
        if old.suffix not in (".py", ".c"):
            old.unlink()
    make_png()
    with tempfile.TemporaryDirectory() as folder:
        encode = Path(folder) / "encode"
        subprocess.run(["cc", HERE / "encode.c", "-o", encode, "-ljpeg"], check=True)
        make_jpeg(encode)
    make_strange()
    (HERE / "expected.txt").write_text("\n".join(lines) + "\n")


main()
