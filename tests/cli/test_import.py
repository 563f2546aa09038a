# SPDX-License-Identifier: MIT
"""Whole datasets by their real files: every pixel, label and number equals an independent decoding,
whatever the files were wrapped in."""
import gzip
import shutil
import tarfile
import zipfile

import pytest
import sklearn.datasets

import decode
import whole
from library import arrays, check_arrays, leftovers, revision_folder


@pytest.mark.parametrize("name", whole.HERE)
def test_every_value(whole_data, name):
    check_arrays(whole_data, name, whole.HERE[name].truth())
    assert leftovers(whole_data) == []


def test_digits_are_scikit_learns(whole_data):
    truth = sklearn.datasets.load_digits()
    stored = arrays(whole_data, "digits")["all"]
    assert (stored["image"] == truth.images).all() and (stored["label"] == truth.target).all()


def wrappings(folder, files):
    """The same files as a folder, unpacked, and in archives."""
    plain = folder / "plain"
    plain.mkdir()
    for file in files:
        (plain / file.name.removesuffix(".gz")).write_bytes(decode.read(file))
    packed = folder / "packed"
    packed.mkdir()
    for file in files:
        shutil.copy(file, packed)
    with tarfile.open(folder / "set.tar", "w") as archive:
        archive.add(plain, "deep/inside")
    with tarfile.open(folder / "set.tar.gz", "w:gz", compresslevel=1) as archive:
        archive.add(packed, "set")
    with zipfile.ZipFile(folder / "set.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in sorted(plain.iterdir()):
            archive.write(path, path.name)
    return [plain, packed, folder / "set.tar", folder / "set.tar.gz", folder / "set.zip"]


@pytest.mark.parametrize("name", ["digits", "boston_housing", "fashion_mnist", "cifar100"])
def test_wrappings_do_not_matter(tmp_path, run, name):
    files = [path for path in decode.SAMPLES.joinpath(name).iterdir()
             if path.name not in ("README.md", "dataset.json")]
    revisions = set()
    for number, path in enumerate(wrappings(tmp_path, files)):
        data = tmp_path / f"data-{number}"
        run("add", name, path, "--data", data, "--quiet")
        check_arrays(data, name, decode.sample(name))
        revisions.add(revision_folder(data, name).name)
    assert len(revisions) == 1, "equal samples, different revisions"


def test_single_cifar_files(tmp_path, run):
    folder = decode.SAMPLES / "cifar100"
    for split in ("train", "test"):
        (tmp_path / f"{split}.bin").write_bytes(decode.read(folder / f"{split}.bin.gz"))
    run("add", "one", tmp_path / "train.bin", "--data", tmp_path / "one")
    check_arrays(tmp_path / "one", "one", {"train": decode.sample("cifar100")["train"]})
    run("add", "two", tmp_path / "train.bin", tmp_path / "test.bin", "--data", tmp_path / "two")
    check_arrays(tmp_path / "two", "two", decode.sample("cifar100"))


def test_cifar10_records(tmp_path, run):
    """CIFAR-10's layout, from CIFAR-100's pixels: five training batches and a test batch."""
    truth = decode.sample("cifar100")["train"]
    folder = tmp_path / "cifar-10-batches-bin"
    folder.mkdir()
    (folder / "batches.meta.txt").write_text("\n".join(f"name {i}" for i in range(10)) + "\n\n")
    planes = truth["image"].transpose(0, 3, 1, 2).reshape(-1, 3072)
    labels = truth["coarse_label"] % 10
    batches = [f"data_batch_{i}.bin" for i in range(1, 6)] + ["test_batch.bin"]
    for number, name in enumerate(batches):
        rows = range(number * 100, number * 100 + 100)
        (folder / name).write_bytes(b"".join(bytes([labels[i]]) + planes[i].tobytes() for i in rows))
    run("add", "cifar10", folder, "--data", tmp_path / "data")
    check_arrays(tmp_path / "data", "cifar10", {
        split: {"image": truth["image"][part], "label": labels[part]}
        for split, part in (("train", slice(0, 500)), ("test", slice(500, 600)))})


@pytest.mark.parametrize("code, dtype", [(8, ">u1"), (9, ">i1"), (11, ">i2"), (12, ">i4"), (13, ">f4"),
                                         (14, ">f8")])
@pytest.mark.parametrize("shape", [(7,), (5, 3), (4, 2, 3), (3, 2, 2, 2), (2, 1, 2, 1, 2, 1, 2, 3)])
def test_idx_of_every_type_and_rank(tmp_path, run, code, dtype, shape):
    chance = decode.np.random.default_rng(len(shape) * 16 + code)
    values = chance.integers(0, 120, shape).astype(dtype)
    if dtype[1] == "f":
        values = values / 8
    data = bytes([0, 0, code, len(shape)]) + decode.np.array(shape, ">u4").tobytes() + \
        values.astype(dtype).tobytes()
    assert decode.np.array_equal(decode.idx(data), values)
    path = tmp_path / f"some-idx{len(shape)}.gz"
    path.write_bytes(gzip.compress(data))
    run("add", "some", path, "--data", tmp_path / "data")
    ((_, features),) = arrays(tmp_path / "data", "some").items()
    ((_, stored),) = features.items()
    assert stored.shape == shape and decode.np.array_equal(stored, values)
