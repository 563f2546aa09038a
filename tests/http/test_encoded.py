# SPDX-License-Identifier: MIT
"""Images that are kept as files, or stay in the user's: shown as Pillow reads them, sent as they came."""
import io
import os
import re
import shutil
import struct
import warnings
import zlib

import numpy as np
import PIL.Image
import PIL.ImageOps
import pytest

from program import ROOT, Server, problem, runner

PICTURES = ROOT / "tests/pictures"
GOOD = {fields[0]: fields[1:] for fields in map(str.split, open(PICTURES / "expected.txt"))
        if len(fields) == 7 and fields[1].isdigit()}


def read(source):
    """Upright pixels by Pillow, height × width × channels of 8 bits, as the program shows them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Exif that is cut
        image = PIL.Image.open(source)
    with image, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        image = PIL.ImageOps.exif_transpose(image)
        clear = "transparency" in image.info or image.mode in ("LA", "PA")
        if image.mode == "I":  # 16 bits of grey
            pixels = np.floor(np.asarray(image) * 255 / 65535 + 0.5).astype(np.uint8)
        elif clear:
            pixels = np.asarray(image.convert("RGBA"))
        else:
            pixels = np.asarray(image.convert({"1": "L", "P": "RGB", "CMYK": "RGB"}.get(image.mode, image.mode)))
        return pixels.reshape(*pixels.shape[:2], -1)


def answered(answer):
    assert answer.status == 200, answer.body[:500]
    assert answer["Content-Type"] == "image/png"
    return read(io.BytesIO(answer.body))


def smooth(height, width, seed):
    """A photograph, as far as numbers can make one."""
    y, x = np.mgrid[0:height, 0:width] / max(height, width)
    chance = np.random.default_rng(seed)
    waves = [np.sin(chance.uniform(3, 30) * x + chance.uniform(3, 30) * y + c) for c in range(3)]
    return (127 + 90 * np.stack(waves, -1) + chance.normal(0, 2, (height, width, 3))).clip(0, 255).astype(np.uint8)


def flat_png(width, height):
    """One bit a pixel, all black."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    pack = zlib.compressobj(1)
    data = b"".join([*(pack.compress(bytes(1 + (width + 7) // 8)) for _ in range(height)), pack.flush()])
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Every good picture of tests/pictures, by kind, and larger ones."""
    folder = tmp_path_factory.mktemp("pictures")
    for name in GOOD:
        kind = folder / name.rsplit(".")[-1]
        kind.mkdir(exist_ok=True)
        shutil.copy(PICTURES / name, kind)
    (folder / "large").mkdir()
    fine = {"quality": 92, "subsampling": 0}
    for seed, (height, width) in enumerate([(384, 512), (375, 500), (500, 333), (97, 1030)]):
        image = PIL.Image.fromarray(smooth(height, width, seed))
        image.save(folder / f"large/{width}x{height}.jpg", **fine)
        image.save(folder / f"large/{width}x{height}.png")
    image.save(folder / "large/progressive.jpg", progressive=True, **fine)
    exif = PIL.Image.Exif()
    exif[0x0112] = 6
    image.save(folder / "large/turned.jpg", exif=exif, **fine)
    return folder


@pytest.fixture(scope="module")
def encoded_server(tmp_path_factory, session_reports, folder):
    data = tmp_path_factory.mktemp("encoded")
    run = runner(session_reports)
    run("add", "kept", folder, "--data", data, "--quiet")
    run("add", "placed", folder, "--in-place", "--data", data, "--quiet")
    with Server(session_reports, data) as server:
        yield server


@pytest.fixture(autouse=True)
def nothing_said(encoded_server):
    yield
    encoded_server.check()


@pytest.fixture(scope="module")
def files(folder):
    """{bytes: path}"""
    return {path.read_bytes(): path for path in folder.rglob("*.*")}


@pytest.fixture(scope="module", params=["kept", "placed"])
def samples(request, encoded_server, files):
    """(path of the file, the sample as a page describes it) for all samples of a dataset."""
    page = encoded_server.json(f"/datasets/{request.param}/samples?limit=1000")
    found = [(files[encoded_server.get(sample["image"]["raw_url"]).body], sample) for sample in page["samples"]]
    assert len(found) == page["total"] == len(set(path for path, _ in found)) == len(files)
    return found


@pytest.fixture(scope="module")
def kept(encoded_server, files):
    """{name: sample}"""
    page = encoded_server.json("/datasets/kept/samples?limit=1000")
    return {files[encoded_server.get(sample["image"]["raw_url"]).body].name: sample for sample in page["samples"]}


# One image

def test_a_page_describes_images(encoded_server, samples):
    for path, sample in samples:
        image = sample["image"]
        expected = read(path)
        assert (image["height"], image["width"]) == expected.shape[:2], path
        if path.name in GOOD:
            assert image["channels"] == int(GOOD[path.name][2]), path
        assert image["media_type"] == {".jpg": "image/jpeg", ".png": "image/png"}[path.suffix]
        assert re.fullmatch(r"/datasets/\w+/samples/\d+/image\.png\?split=all", image["url"])
        assert image["raw_url"] == image["url"].replace(".png", "")
        assert encoded_server.json(f"{image['raw_url'].split('?')[0].rsplit('/', 1)[0]}") == sample


def test_every_picture_is_as_pillow_reads_it(encoded_server, samples):
    compared = 0
    for path, sample in samples:
        if re.match(r"grey(1|2|4|16)_clear", path.name):
            continue  # Pillow takes another level for the transparent one, or none; test_raster.c has them
        got, expected = answered(encoded_server.get(sample["image"]["url"])), read(path)
        assert got.shape == expected.shape, path
        if "16" in path.name and not path.name.startswith("grey16"):
            # Pillow cuts 16 bits of colour to the upper 8; here they are rounded.
            assert np.abs(got[..., :3].astype(int) - expected[..., :3]).max() <= 1, path
        else:
            assert np.array_equal(got, expected), path
        compared += 1
    assert compared > 100


def test_a_plain_png_is_not_made_again(encoded_server, kept):
    for name in ("rgb8.png", "grey8.png", "rgba8.png", "512x384.png"):
        image = kept[name]["image"]
        assert encoded_server.get(image["url"]).body == encoded_server.get(image["raw_url"]).body
    for name in ("gamma.png", "turned6.png", "palette8.png", "rgb8_clear.png"):
        image = kept[name]["image"]
        assert encoded_server.get(image["url"]).body != encoded_server.get(image["raw_url"]).body


@pytest.mark.parametrize("name", ["turned5.jpg", "ycck.jpg", "grey16.png", "palette2_clear.png"])
@pytest.mark.parametrize("scale", [2, 5])
def test_scale(encoded_server, kept, name, scale):
    url = kept[name]["image"]["url"]
    whole = answered(encoded_server.get(url))
    assert np.array_equal(answered(encoded_server.get(f"{url}&scale={scale}")),
                          whole.repeat(scale, 0).repeat(scale, 1))


def fitted(height, width, size):
    longer = max(height, width)
    if size >= longer:
        return height, width
    return tuple(max(1, (side * size + longer // 2) // longer) for side in (height, width))


def mean(pixels, height, width):
    """The mean over areas, in floating point."""
    def shares(size, length):
        edges = np.linspace(0, length, size + 1)
        at = np.arange(length)
        both = np.minimum(edges[1:, None], at + 1) - np.maximum(edges[:-1, None], at)
        return np.clip(both, 0, None) * size / length
    rows = np.tensordot(shares(height, pixels.shape[0]), pixels.astype(float), (1, 0))
    return np.tensordot(shares(width, pixels.shape[1]), rows, (1, 1)).swapaxes(0, 1)


@pytest.mark.parametrize("size", [1, 30, 63, 64, 65, 128, 250, 500, 1029, 1030, 4000])
def test_thumbnails(encoded_server, folder, kept, size):
    """Bounded on the longer side, the mean of each area: exactly for PNG. A JPEG is decoded at a part
    of its size, which is no mean, but near one."""
    for path in (folder / "large").iterdir():
        whole = read(path)
        got = answered(encoded_server.get(f"{kept[path.name]['image']['url']}&size={size}"))
        height, width = fitted(*whole.shape[:2], size)
        assert got.shape == (height, width, 3), path
        difference = np.abs(got - mean(whole, height, width))
        assert difference.max() <= (1 if path.suffix == ".png" else 10), (path, difference.max(), difference.mean())
        assert difference.mean() <= 2, (path, difference.mean())


def test_an_eighth_of_a_jpeg_is_pillows(encoded_server, folder, kept):
    with PIL.Image.open(folder / "large/512x384.jpg") as image:
        image.draft("RGB", (64, 48))
        expected = np.asarray(image)
        means = np.asarray(PIL.Image.open(folder / "large/512x384.png").reduce(8)).astype(int)
    assert expected.shape == (48, 64, 3)
    got = answered(encoded_server.get(f"{kept['512x384.jpg']['image']['url']}&size=64"))
    assert np.array_equal(got, expected)
    got = answered(encoded_server.get(f"{kept['512x384.png']['image']['url']}&size=64"))
    assert np.abs(got - means).max() <= 1


# Files as they came

def test_files_come_whole_and_in_parts(encoded_server, samples):
    for path, sample in samples[::9]:
        content, url = path.read_bytes(), sample["image"]["raw_url"]
        answer = encoded_server.get(url)
        assert answer.body == content
        assert answer["Content-Type"] == sample["image"]["media_type"]
        assert answer["Accept-Ranges"] == "bytes" and answer["X-Content-Type-Options"] == "nosniff"
        head = encoded_server.request("HEAD", url)
        assert head.status == 200 and head.body == b"" and int(head["Content-Length"]) == len(content)
        assert head["ETag"] == answer["ETag"] and head["Content-Type"] == answer["Content-Type"]
        size = len(content)
        for asked, first, last in [("0-0", 0, 0), ("7-", 7, size - 1), ("-5", size - 5, size - 1),
                                   ("10-29", 10, 29), (f"{size - 1}-{size + 9}", size - 1, size - 1)]:
            part = encoded_server.get(url, Range=f"bytes={asked}")
            assert part.status == 206 and part.body == content[first:last + 1]
            assert part["Content-Range"] == f"bytes {first}-{last}/{size}"
            part = encoded_server.get(url, Range=f"bytes={asked}", If_Range=answer["ETag"])
            assert part.status == 206
            assert encoded_server.get(url, Range=f"bytes={asked}", If_Range='"other"').body == content
        refused = encoded_server.get(url, Range=f"bytes={size}-")
        problem(refused, 416, "out_of_range")
        assert refused["Content-Range"] == f"bytes */{size}"
        assert encoded_server.get(url, If_None_Match=answer["ETag"]).status == 304


def test_a_revision_is_for_ever(encoded_server):
    for name in ("kept", "placed"):
        revision = encoded_server.json(f"/datasets/{name}")["revision"]
        page = encoded_server.json(f"/datasets/{name}/samples?rev={revision}&limit=3")
        for sample in page["samples"]:
            for url in (sample["image"]["raw_url"], sample["image"]["url"]):
                assert url.endswith(f"&rev={revision}")
                answer = encoded_server.get(url)
                assert answer.status == 200 and "immutable" in answer["Cache-Control"]
        assert encoded_server.get(f"/datasets/{name}/samples/0/image?rev={revision[::-1]}").status == 410


def test_what_has_no_file_says_what_there_is(encoded_server, server):
    detail = problem(server.get("/datasets/digits/samples/3/image"), 404, "not_found", "feature")["detail"]
    assert server.get(re.search(r"/datasets\S+", detail)[0])["Content-Type"] == "image/png"
    detail = problem(encoded_server.get("/datasets/kept/samples/3/label"), 404, "not_found", "feature")["detail"]
    assert "label" in encoded_server.json(re.search(r"/datasets\S+", detail)[0])
    wrong = problem(encoded_server.get("/datasets/kept/samples/3/picture"), 404, "not_found", "feature")
    assert wrong["allowed"] == ["image"]
    problem(encoded_server.get("/datasets/kept/samples/3000/image"), 404, "out_of_range")
    problem(encoded_server.get("/datasets/kept/samples/3/image?split=test"), 404, "unknown_split")
    problem(encoded_server.get("/datasets/kept/samples/3/image?size=5"), 400, "unknown_parameter", "size")


# Contact sheets

def check_sheet(server, name, query, channels, size=64, columns=10, scale=1):
    """Cuts a sheet into tiles and compares each with the sample's thumbnail in the middle of nothing."""
    chosen = server.json(f"/datasets/{name}/samples?{query}")["samples"]
    options = "".join(f"&{key}={value}" for key, value, standard in
                      [("size", size, 64), ("columns", columns, 10), ("scale", scale, 1)] if value != standard)
    sheet = answered(server.get(f"/datasets/{name}/sheet.png?{query}{options}"))
    columns = min(columns, len(chosen))
    rows, tile = -(-len(chosen) // columns), size * scale
    assert sheet.shape == (rows * tile, columns * tile, channels)
    for place, sample in enumerate(chosen):
        small = answered(server.get(f"{sample['image']['url']}&size={size}"))
        if small.shape[2] == 1:
            small = small.repeat(3 if channels > 1 else 1, 2)
        if small.shape[2] < channels:
            small = np.concatenate([small, np.full((*small.shape[:2], 1), 255, np.uint8)], 2)
        expected = np.zeros((size, size, channels), np.uint8)
        y, x = (size - small.shape[0]) // 2, (size - small.shape[1]) // 2
        expected[y:y + small.shape[0], x:x + small.shape[1]] = small
        row, column = divmod(place, columns)
        got = sheet[row * tile:(row + 1) * tile, column * tile:(column + 1) * tile]
        assert np.array_equal(got, expected.repeat(scale, 0).repeat(scale, 1)), sample
    assert not sheet[(rows - 1) * tile:, (len(chosen) - 1) % columns * tile + tile:].any()


@pytest.mark.parametrize("name", ["kept", "placed"])
def test_sheets_of_mixed_sizes(encoded_server, name):
    check_sheet(encoded_server, name, "limit=1000", 4)
    check_sheet(encoded_server, name, "label=jpg&limit=50", 3, size=20, columns=7)
    check_sheet(encoded_server, name, "label=png&order=shuffle&seed=3&limit=30", 4, size=9, scale=3)
    check_sheet(encoded_server, name, "label=large&limit=20", 3, size=200, columns=3)


def test_a_sheet_of_grey_pictures_is_grey(encoded_server, kept):
    names = ["grey1.png", "grey16_interlaced.png", "grey.jpg", "wide.png"]
    indices = ",".join(str(kept[name]["index"]) for name in names)
    check_sheet(encoded_server, "kept", f"indices={indices}", 1)
    indices += f",{kept['cmyk.jpg']['index']}"
    check_sheet(encoded_server, "kept", f"indices={indices}", 3, columns=2)


def test_the_sheet_that_shows_a_dataset(encoded_server):
    for dataset in encoded_server.json("/datasets")["datasets"]:
        assert answered(encoded_server.get(dataset["thumbnail_url"])).shape == (384, 640, 4)


@pytest.fixture(scope="module")
def vast(tmp_path_factory, session_reports):
    """Two pictures, one of 120 million pixels."""
    folder, data = tmp_path_factory.mktemp("vast"), tmp_path_factory.mktemp("data")
    (folder / "a").mkdir()
    (folder / "a/vast.png").write_bytes(flat_png(16000, 7500))
    (folder / "a/small.png").write_bytes(flat_png(5, 3))
    runner(session_reports)("add", "vast", folder, "--data", data, "--quiet")
    with Server(session_reports, data) as server:
        yield server


def test_vast_pictures_have_thumbnails(vast):
    """What one answer may cost is bounded, and the dataset's own sheet keeps within it."""
    (index,) = [sample["index"] for sample in vast.json("/datasets/vast/samples")["samples"]
                if sample["image"]["width"] == 16000]
    url = f"/datasets/vast/samples/{index}/image.png"
    problem(vast.get(url), 400, "too_large", "size")
    assert answered(vast.get(f"{url}?size=64")).shape == (30, 64, 1)
    detail = problem(vast.get(f"/datasets/vast/sheet.png?indices={','.join([str(index)] * 40)}"),
                     400, "too_large", "indices")["detail"]
    assert re.search(r"\b35 of them are enough", detail), detail
    assert answered(vast.get(f"/datasets/vast/sheet.png?indices={index},{index}")).shape == (64, 128, 1)
    (dataset,) = vast.json("/datasets")["datasets"]
    assert answered(vast.get(dataset["thumbnail_url"])).shape == (128, 256, 1)


# Files in place that change

@pytest.fixture
def placed(tmp_path, run, serve):
    folder = tmp_path / "somewhere private" / "set"
    for number in range(4):
        kind = folder / "ab"[number % 2]
        kind.mkdir(parents=True, exist_ok=True)
        PIL.Image.fromarray(smooth(20 + number, 30, number)).save(kind / f"picture{number}.png")
    run("add", "placed", folder, "--in-place", "--data", tmp_path / "data")
    server = serve(tmp_path / "data")
    page = server.json("/datasets/placed/samples")
    by_name = {path.name: path for path in folder.rglob("*.png")}
    bodies = {path.read_bytes(): path.name for path in by_name.values()}
    samples = {bodies[server.get(sample["image"]["raw_url"]).body]: sample for sample in page["samples"]}
    return server, by_name, samples


def cut(path):
    os.truncate(path, 100)


def rewrite(path):
    content = bytearray(path.read_bytes())
    content[-20] ^= 1
    path.write_bytes(content)
    os.utime(path, (1, 1))


def unlink(path):
    path.unlink()


def link(path):
    path.rename(path.with_suffix(".old"))
    path.symlink_to(path.with_suffix(".old"))


@pytest.mark.parametrize("change", [cut, rewrite, unlink, link])
def test_a_file_that_is_not_as_it_was(placed, tmp_path, change):
    server, paths, samples = placed
    path, image = paths["picture2.png"], samples["picture2.png"]["image"]
    content, times = path.read_bytes(), path.stat()
    change(path)
    for url in (image["raw_url"], image["url"], f"{image['url']}&size=9", "/datasets/placed/sheet.png"):
        for headers in ({}, {"Range": "bytes=0-3"}):
            answer = server.get(url, **headers)
            detail = problem(answer, 503, "internal")["detail"]
            assert "picture2.png" in detail and f"sample {samples['picture2.png']['index']} " in detail
            assert "private" not in detail and str(tmp_path) not in detail
            assert answer["Cache-Control"] == "no-store" and answer["Retry-After"] is None
    page = server.json("/datasets/placed/samples")
    for sample in page["samples"]:
        changed = sample["index"] == samples["picture2.png"]["index"]
        assert sample["image"]["media_type"] == (None if changed else "image/png")
    for name, sample in samples.items():  # the others go on
        if name != "picture2.png":
            assert server.get(sample["image"]["raw_url"]).body == paths[name].read_bytes()
            assert np.array_equal(answered(server.get(sample["image"]["url"])), read(paths[name]))
    others = ",".join(str(sample["index"]) for name, sample in samples.items() if name != "picture2.png")
    assert answered(server.get(f"/datasets/placed/sheet.png?indices={others}")).shape == (64, 192, 3)

    path.unlink(missing_ok=True)  # as it was, it is shown again
    path.write_bytes(content)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert server.get(image["raw_url"]).body == content
    assert answered(server.get("/datasets/placed/sheet.png")).shape == (64, 256, 3)
