# SPDX-License-Identifier: MIT
"""MAT files that SciPy writes, of every class, shape and way of packing: what comes out is what went in."""
import numpy as np
import pytest
import scipy.io

from library import arrays, check_arrays, revision_folder

CLASSES = ["float64", "float32", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]


@pytest.mark.parametrize("packed", [False, True])
def test_every_class_and_shape(tmp_path, run, packed):
    rng = np.random.default_rng(3)
    variables, truth = {}, {}
    for number, dtype in enumerate(CLASSES):
        values = (rng.standard_normal((11, 3, 2, 5)) * 40).astype(dtype)
        variables |= {f"a{number}": values.transpose(1, 2, 3, 0), f"b{number}": values[:, :, 0, 0],
                      f"c{number}": values[:, 0, 0, :1], f"d{number}": values[None, :, 0, 0, 1]}
        truth |= {f"a{number}": values, f"b{number}": values[:, :, 0, 0], f"c{number}": values[:, 0, 0, 0],
                  f"d{number}": values[:, 0, 0, 1]}
    scipy.io.savemat(tmp_path / "some.mat", variables, do_compression=packed)
    run("add", "some", tmp_path / "some.mat", "--data", tmp_path / "data")
    check_arrays(tmp_path / "data", "some", {"all": truth})


def test_images_of_every_form(tmp_path, run):
    rng = np.random.default_rng(4)
    pixels = rng.integers(0, 256, (40, 6, 7, 3), dtype=np.uint8)
    labels = np.arange(40) % 4
    for number, (name, packed, dtype, base) in enumerate([
            ("X", True, "uint8", 1), ("data", False, "float64", 0), ("images", True, "int32", 1)]):
        scipy.io.savemat(tmp_path / f"{number}.mat", {name: pixels.transpose(1, 2, 3, 0),
                                                     "y": (labels + base).astype(dtype)}, do_compression=packed)
        data = tmp_path / f"data{number}"
        run("add", "some", tmp_path / f"{number}.mat", "--data", data)
        check_arrays(data, "some", {"all": {"image": pixels, "label": labels}})


def test_revision_does_not_depend_on_packing(tmp_path, run):
    rng = np.random.default_rng(5)
    variables = {"X": rng.integers(0, 256, (32, 32, 3, 9), dtype=np.uint8), "y": np.arange(1, 10)[:, None]}
    revisions = set()
    for number, (order, packed) in enumerate([(["X", "y"], True), (["y", "X"], False)]):
        scipy.io.savemat(tmp_path / "train_32x32.mat", {name: variables[name] for name in order},
                         do_compression=packed)
        run("add", "svhn", tmp_path / "train_32x32.mat", "--data", tmp_path / f"data{number}")
        assert arrays(tmp_path / f"data{number}", "svhn")["train"]["label"].tolist() == list(range(1, 10))
        revisions.add(revision_folder(tmp_path / f"data{number}", "svhn").name)
    assert len(revisions) == 1


def test_wide_table_is_turned_in_bounded_memory(tmp_path, run):
    """512 MiB along the first axis is refused, not loaded."""
    with open(tmp_path / "wide.mat", "wb") as file:
        scipy.io.savemat(file, {"v": np.zeros((9000, 9000), "float32")}, do_compression=False)
    done = run("add", "wide", tmp_path / "wide.mat", "--data", tmp_path / "data", code=1)
    assert "256 MiB" in done.stderr and "last axis" in done.stderr
