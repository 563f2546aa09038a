# SPDX-License-Identifier: MIT
"""Images of mixed sizes that are kept as they came."""
import shutil
import urllib.parse

import numpy as np
from PIL import Image, ImageOps
import pytest
from selenium.webdriver.common.keys import Keys

import test_reach
from program import runner

# Name: width, height, and the way in which the file is kept.
FILES = {
    "cat/0.jpg": (400, 200, "JPEG"),
    "cat/1.png": (60, 90, "PNG"),
    "cat/2.jpg": (700, 1200, "JPEG"),
    "dog/0.jpg": (2000, 300, "JPEG"),
    "dog/1.png": (300, 300, "PNG"),
    "dog/2.jpg": (300, 150, "TURNED"),
    "dog/3.png": (11, 7, "PNG"),
}


def draw(width, height, number):
    """Four fields of different colours, so that one sees how a picture lies."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:height // 2, :width // 2] = 230, 30, 30 + number
    pixels[:height // 2, width // 2:] = 30, 200, 30 + number
    pixels[height // 2:, :width // 2] = 30, 30 + number, 230
    pixels[height // 2:, width // 2:] = 220, 220, 200 + number
    return Image.fromarray(pixels)


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("photos")
    for number, (name, (width, height, kind)) in enumerate(FILES.items()):
        path = root / name
        path.parent.mkdir(exist_ok=True)
        image = draw(width, height, number)
        if kind == "PNG":
            image.save(path)
        elif kind == "JPEG":
            image.save(path, quality=95, subsampling=0)
        else:
            exif = Image.Exif()
            exif[0x0112] = 6  # to be turned to the right by a quarter
            image.save(path, quality=95, subsampling=0, exif=exif)
    (root / "cat" / "<b>broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 this is no picture")
    return root


@pytest.fixture(scope="session")
def photos_data(tmp_path_factory, session_reports, folder):
    data = tmp_path_factory.mktemp("photos-data")
    runner(session_reports)("add", "photos", folder, "--data", data, "--quiet")
    return data


@pytest.fixture
def photos(look, serve, folder, photos_data):
    """A window on a server of these files; `truth` is what each sample must be, by its index."""
    server = serve(photos_data)
    window = look(server)
    samples = server.json("/datasets/photos/samples")["samples"]
    by_bytes = {(folder / name).read_bytes(): name for name in FILES}
    window.names = [by_bytes[server.get(sample["image"]["raw_url"]).body] for sample in samples]
    window.truth = [np.asarray(ImageOps.exif_transpose(Image.open(folder / name)).convert("RGB"))
                    for name in window.names]
    window.server = server
    return window


def tiles(window):
    """[(width, height, pixels in the middles of the four fields), …] of all tiles."""
    return window.script("""
        return [...document.querySelectorAll(".tile:not(.lost) canvas")].map(one => {
            const at = (x, y) => [...one.getContext("2d").getImageData(
                Math.floor(one.width * x), Math.floor(one.height * y), 1, 1).data].slice(0, 3);
            return [one.width, one.height,
                    [at(.25, .25), at(.75, .25), at(.25, .75), at(.75, .75)]];
        })""")


def test_the_grid_shows_each_in_its_proportions(photos):
    photos.open("/gallery/photos")
    assert photos.indices() == list(range(len(FILES)))
    shown = tiles(photos)
    for (width, height, fields), truth in zip(shown, photos.truth):
        side = max(truth.shape[:2])
        shrink = min(1, 160 / side)
        assert abs(width - truth.shape[1] * shrink) <= 1
        assert abs(height - truth.shape[0] * shrink) <= 1
        expected = [truth[int(truth.shape[0] * y), int(truth.shape[1] * x)]
                    for y in (.25, .75) for x in (.25, .75)]
        assert np.abs(np.array(fields, int) - np.array(expected, int)).max() <= 12
    assert photos.captions() == [name.partition("/")[0] for name in photos.names]
    assert photos.texts(".grid .size") == [f"{truth.shape[1]} × {truth.shape[0]}"
                                           for truth in photos.truth]
    boxes = photos.script("return [...document.querySelectorAll('.grid canvas')]"
                          ".map(one => [one.clientWidth, one.clientHeight])")
    assert boxes == [[160, 160]] * len(FILES)


def test_a_page_is_one_sheet(photos):
    photos.open("/gallery/photos")
    asked = photos.script("return performance.getEntriesByType('resource').map(one => one.name)")
    (sheet,) = [url for url in asked if ".png" in url]
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(sheet).query))
    assert "/sheet.png?" in sheet and query["size"] == "160" and query["limit"] == "50"


def test_larger_tiles_are_fetched_larger(photos):
    photos.open("/gallery/photos")
    big = photos.names.index("cat/2.jpg")
    assert tiles(photos)[big][1] == 160
    photos.one(".zoom").send_keys(Keys.END)
    photos.wait(lambda: tiles(photos)[big][1] == 320, "the tiles stayed small")
    assert photos.path.endswith("#zoom=320")
    assert photos.one(".zoom-text").text == "320 px"
    photos.one(".zoom").send_keys(Keys.HOME)
    photos.wait(lambda: photos.one(".grid canvas").rect["width"] == 64)
    assert photos.all(".grid .size")[0].is_displayed() is False


def test_sharp_on_dense_screens(photos):
    photos.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True})
    photos.open("/gallery/photos")
    width = photos.one(".grid canvas").rect["width"]
    assert max(height for _, height, _ in tiles(photos)) >= 2 * width


def test_large_as_it_came(photos, folder):
    photos.open("/gallery/photos")
    for index, name in enumerate(photos.names):
        height, width = photos.truth[index].shape[:2]
        if max(width, height) <= 128:
            continue
        photos.open(f"/gallery/photos#sample={index}")
        heading, values = photos.sample()
        kind = "PNG" if name.endswith("png") else "JPEG"
        assert values["image"] == f"{width} × {height} pixels, RGB, {kind}"
        image = photos.one("dialog img")
        photos.wait(lambda: image.get_property("complete"))
        assert [image.get_property("naturalWidth"), image.get_property("naturalHeight")] \
            == [width, height]
        link = photos.one("dialog .links a")
        for address in (image.get_attribute("src"), link.get_attribute("href")):
            answer = photos.server.get(address.removeprefix(photos.url))
            assert answer.body == (folder / name).read_bytes()
        assert photos.text("dialog .links a") == f"Original {kind}"
        box, stage = image.rect, photos.one("dialog .stage").rect
        assert box["width"] <= stage["width"] + 1 and box["height"] <= stage["height"] + 1
        assert box["width"] / box["height"] == pytest.approx(width / height, rel=0.02)
        assert box["width"] <= width + 1


def test_small_ones_show_their_pixels(photos):
    index = photos.names.index("dog/3.png")
    photos.open(f"/gallery/photos#sample={index}")
    photos.sample()
    shown = photos.pixels("dialog canvas")[0]
    assert np.array_equal(shown[..., :3], photos.truth[index])
    canvas = photos.one("dialog canvas")
    pixel = canvas.rect["width"] / 11
    assert pixel == int(pixel) > 8
    photos.hover(canvas, (2 - 5) * pixel, (5 - 3) * pixel)
    values = ", ".join(str(value) for value in photos.truth[index][5, 2])
    photos.wait(lambda: photos.text("dialog figcaption") == f"row 5, column 2: {values}")


def test_the_dialog_keeps_its_place(photos):
    photos.open("/gallery/photos#sample=0")
    places = set()
    for index in range(len(FILES)):
        photos.wait_sample(f"Sample {index} of all")
        box = photos.one('dialog [aria-label="Next sample"]').rect
        places.add((box["x"], box["y"]))
        photos.press(Keys.ARROW_RIGHT)
    assert len(places) == 1


def test_files_set_aside(photos):
    photos.open("/gallery/photos")
    assert photos.text(".set-aside summary") == "1 file was set aside at the import"
    assert not photos.one(".aside-files").is_displayed()
    photos.click(".set-aside summary")
    (line,) = photos.wait(lambda: photos.texts(".aside-files li"))
    assert "<b>broken.jpg" in line and len(line) > len("<b>broken.jpg") + 5
    assert photos.all(".set-aside b") == []


def test_a_file_that_was_changed_since(look, serve, run, folder, tmp_path):
    shutil.copytree(folder, tmp_path / "photos")
    run("add", "photos", tmp_path / "photos", "--in-place", "--data", tmp_path / "data", "--quiet")
    server = serve(tmp_path / "data")
    names = {sample["index"]: sample["label"]["name"]
             for sample in server.json("/datasets/photos/samples")["samples"]}
    (tmp_path / "photos/cat/0.jpg").write_bytes(b"something else")
    window = look(server)
    window.expected_failures.append("status of 503")
    window.open("/gallery/photos")
    assert window.captions() == [names[index] for index in window.indices()]
    lost = window.all(".tile.lost")
    assert len(lost) == 1 and "0.jpg" in lost[0].get_attribute("title")
    shown = tiles(window)
    assert len(shown) == len(FILES) - 1 and all(np.any(fields) for _, _, fields in shown)
    lost[0].click()
    window.wait(lambda: window.all("dialog [role=alert]"), "nothing says what is wrong")
    assert "0.jpg" in window.text("dialog [role=alert]")


def test_the_start_page_shows_them(photos):
    photos.open()
    image = photos.one('[data-dataset="photos"] img')
    photos.wait(lambda: image.get_property("naturalWidth") == 5 * 128, "the sheet never came")


def test_about(photos):
    photos.open("/gallery/photos")
    assert "images of mixed sizes" in photos.text(".facts-line")
    photos.click_text(".panel summary", "About")
    photos.wait(lambda: "kept as they came" in photos.text(".panel[open]"))


@pytest.mark.parametrize("width", [320, 390, 768, 1600])
def test_nothing_sticks_out(photos, width):
    photos.size(width, 844, mobile=width < 500)
    for page in ("/", "/gallery/photos", "/gallery/photos#sample=3", "/gallery/photos#sample=2"):
        photos.open(page)
        inner = photos.script("return [document.documentElement.scrollWidth, innerWidth]")
        assert inner[0] <= inner[1], (page, inner)


def test_nothing_moves_while_pages_load(photos):
    for page in ("/", "/gallery/photos", "/gallery/photos#sample=0"):
        photos.driver.get("about:blank")  # not from one view of a page to the next
        photos.open(page)
        assert sum(test_reach.shifts(photos)) < 0.02, page


@pytest.mark.parametrize("page", ["/gallery/photos", "/gallery/photos#sample=0"])
def test_every_control_has_a_name(photos, page):
    test_reach.test_every_control_has_a_name(photos, page)
