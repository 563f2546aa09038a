# SPDX-License-Identifier: MIT
"""Every picture, decoded by Pillow, is the array."""
import io
import random

import numpy as np
import PIL.Image
import pytest

import decode
from program import problem


def pixels(answer):
    assert answer.status == 200, answer.body[:300]
    assert answer["Content-Type"] == "image/png"
    with PIL.Image.open(io.BytesIO(answer.body)) as image:
        assert image.format == "PNG" and image.mode in ("L", "RGB")
        return np.asarray(image)


def shown(name, array):
    """The 8-bit picture of stored values: digits' go from 0 to 16."""
    if name != "digits":
        return array
    return np.floor(array * 255 / 16 + 0.5).astype(np.uint8)


def test_every_sample_of_digits(server):
    images = decode.sample("digits")["all"]["image"]
    for index, image in enumerate(images):
        answer = server.get(f"/datasets/digits/samples/{index}/image.png")
        assert np.array_equal(pixels(answer), shown("digits", image)), index


@pytest.mark.parametrize("name", ["fashion_mnist", "cifar100"])
def test_random_samples(server, name):
    chance, truth = random.Random(2), decode.sample(name)
    for _ in range(600):
        split = chance.choice(list(truth))
        index = chance.randrange(len(truth[split]["image"]))
        answer = server.get(f"/datasets/{name}/samples/{index}/image.png?split={split}")
        assert np.array_equal(pixels(answer), truth[split]["image"][index]), (split, index)


@pytest.mark.parametrize("name", ["digits", "fashion_mnist", "cifar100"])
@pytest.mark.parametrize("scale", [1, 2, 3, 7, 16])
def test_scale(server, name, scale):
    split, features = next(iter(decode.sample(name).items()))
    for index in (0, 13, 999):
        answer = server.get(f"/datasets/{name}/samples/{index}/image.png?split={split}&scale={scale}")
        image = shown(name, features["image"][index])
        assert np.array_equal(pixels(answer), image.repeat(scale, 0).repeat(scale, 1))


def overlap(size, length):
    """Which share of each of `length` pixels lies in each of `size` equal parts."""
    edges = np.linspace(0, length, size + 1)
    places = np.arange(length)
    shares = np.minimum(edges[1:, None], places + 1) - np.maximum(edges[:-1, None], places)
    return np.clip(shares, 0, None) * size / length


def test_size(server):
    """A thumbnail: bounded on the longer side, never enlarged, each pixel the mean of its area."""
    image = decode.sample("cifar100")["train"]["image"][5]
    for size in (1, 2, 7, 8, 10, 16, 31):
        got = pixels(server.get(f"/datasets/cifar100/samples/5/image.png?size={size}"))
        assert got.shape == (size, size, 3)
        shares = overlap(size, 32)
        mean = np.einsum("ia,jb,abc->ijc", shares, shares, image.astype(float))
        assert np.abs(got - mean).max() <= 1
    for size in (32, 33, 1000):
        assert np.array_equal(pixels(server.get(f"/datasets/cifar100/samples/5/image.png?size={size}")), image)


def test_size_then_scale(server):
    small = pixels(server.get("/datasets/cifar100/samples/5/image.png?size=8"))
    large = pixels(server.get("/datasets/cifar100/samples/5/image.png?size=8&scale=4"))
    assert np.array_equal(large, small.repeat(4, 0).repeat(4, 1))


# Contact sheets

def cut(sheet, count, columns, height, width):
    """The tiles of a sheet, and whether what is left over is empty."""
    rows = -(-count // columns)
    assert sheet.shape[:2] == (rows * height, min(columns, count) * width)
    tiles = sheet.reshape(rows, height, min(columns, count), width, -1).swapaxes(1, 2)
    tiles = tiles.reshape(-1, height, width, tiles.shape[-1])
    assert not tiles[count:].any()
    return tiles[:count]


@pytest.mark.parametrize("name", ["digits", "fashion_mnist", "cifar100"])
@pytest.mark.parametrize("query, chosen, columns, scale", [
    ("", range(100), 10, 1),
    ("limit=7", range(7), 10, 1),
    ("limit=25&columns=4", range(25), 4, 1),
    ("offset=900&limit=1000&columns=1", range(900, 1000), 1, 1),
    ("limit=11&columns=5&scale=3", range(11), 5, 3),
    ("indices=5,3,3,700", [5, 3, 3, 700], 10, 1)])
def test_sheet(server, name, query, chosen, columns, scale):
    images = next(iter(decode.sample(name).values()))["image"]
    if "offset" in query:
        chosen = range(900, min(1900, len(images)))
    answer = server.get(f"/datasets/{name}/sheet.png?{query}")
    expected = np.stack([shown(name, images[index]) for index in chosen])
    expected = expected.repeat(scale, 1).repeat(scale, 2)
    height, width = expected.shape[1:3]
    tiles = cut(pixels(answer), len(chosen), columns, height, width)
    assert np.array_equal(tiles, expected.reshape(tiles.shape))


@pytest.mark.parametrize("query", ["label=apple&label=bear", "coarse_label=3&offset=5&limit=20", "split=test&limit=1000",
                                   "order=shuffle&seed=9&limit=30", "order=shuffle&coarse_label=0&limit=9",
                                   "shards=10&shard=3"])
def test_a_sheet_shows_what_a_page_lists(server, query):
    page = server.json(f"/datasets/cifar100/samples?{query}")
    images = decode.sample("cifar100")[page["split"]]["image"]
    chosen = [sample["index"] for sample in page["samples"]]
    tiles = cut(pixels(server.get(f"/datasets/cifar100/sheet.png?{query}")), len(chosen), 10, 32, 32)
    assert np.array_equal(tiles, images[chosen])


def test_sheet_of_thumbnails(server):
    small = [pixels(server.get(f"/datasets/cifar100/samples/{i}/image.png?size=16")) for i in range(12)]
    tiles = cut(pixels(server.get("/datasets/cifar100/sheet.png?limit=12&size=16")), 12, 10, 16, 16)
    assert np.array_equal(tiles, np.stack(small))


def test_no_picture_where_there_is_none(server):
    assert server.get("/datasets/boston_housing/sheet.png").status == 404
    assert server.get("/datasets/boston_housing/samples/0/CRIM.png").status == 404
    assert server.get("/datasets/cifar100/sheet.png?offset=1000").status == 404
    assert server.get("/datasets/cifar100/sheet.png?feature=fine_label").status == 404


def test_too_large_a_sheet(server):
    answer = server.get("/datasets/cifar100/sheet.png?limit=1000&scale=16&columns=30")
    problem(answer, 400, "too_large")


# Stored values other than bytes

@pytest.mark.parametrize("code, dtype", [(9, ">i1"), (11, ">i2"), (12, ">i4"), (13, ">f4"), (14, ">f8")])
def test_odd_pixels_have_a_picture_or_none(tmp_path, run, serve, code, dtype):
    """Arrays of other element types import exactly; a picture is offered only for an image."""
    values = np.arange(4 * 5 * 6).reshape(4, 5, 6).astype(dtype)
    path = tmp_path / "odd-idx3"
    path.write_bytes(bytes([0, 0, code, 3]) + np.array(values.shape, ">u4").tobytes() + values.tobytes())
    run("add", "odd", path, "--data", tmp_path / "data")
    server = serve(tmp_path / "data")
    ((feature, described),) = server.json("/datasets/odd")["features"].items()
    stored = np.load(io.BytesIO(server.get(f"/datasets/odd/arrays/all/{feature}.npy").body))
    assert np.array_equal(stored, values)
    status = server.get(f"/datasets/odd/samples/0/{feature}.png").status
    assert status == (200 if described["type"] == "image" else 404)


def test_a_picture_is_a_function_of_its_address(server):
    """The same bytes each time, whichever thread makes them and whatever it made before."""
    chance, first = random.Random(8), {}
    targets = [f"/datasets/{name}/{what}" for name in ("cifar100", "digits", "fashion_mnist")
               for what in ["sheet.png", "sheet.png?limit=1000", "sheet.png?size=5&scale=3",
                            *(f"samples/{chance.randrange(1000)}/image.png" for _ in range(15))]]
    for _ in range(6):
        chance.shuffle(targets)
        for target in targets:
            body = server.get(target).body
            assert first.setdefault(target, body) == body, target
        server.close()  # the next connection goes to another thread
