# SPDX-License-Identifier: MIT
"""Arrays of numpy and Python's pickles: every sample equals what numpy and pickle themselves read, and
equal data in another form gives an equal revision."""
import json
import pickle
import tarfile

import numpy as np
import pytest

import decode
from decode import SAMPLES, SHARED
from library import arrays, check_arrays, leftovers, revision_folder

TOPICS = ("cocoa grain veg-oil earn acq wheat copper housing money-supply coffee sugar trade reserves ship cotton "
          "carcass crude nat-gas cpi money-fx interest gnp meal-feed alum oilseed gold tin strategic-metal livestock "
          "retail ipi iron-steel rubber heat jobs lei bop zinc orange pet-chem dlr gas silver wpi hog lead").split()


def add(run, data, name, *paths):
    """Imports and returns the revision and what `info --json` says."""
    run("add", name, *paths, "--data", data, "--quiet")
    info = json.loads(run("info", name, "--data", data, "--json").stdout)
    assert leftovers(data) == []
    assert info["revision"] == revision_folder(data, name).name
    return info["revision"], info


def lists(rng, count):
    out = np.empty(count, object)
    for i in range(count):
        out[i] = rng.integers(1, 60, rng.integers(0, 90)).tolist()
    return out


@pytest.fixture(scope="module")
def token_files(tmp_path_factory):
    """Keras's files of reviews and newswires; small ones of the same form where there are none."""
    if (SHARED / "imdb.npz").exists():
        return SHARED
    folder = tmp_path_factory.mktemp("tokens")
    rng = np.random.default_rng(5)
    np.savez_compressed(folder / "imdb.npz", x_train=lists(rng, 300), y_train=rng.integers(0, 2, 300),
                        x_test=lists(rng, 200), y_test=rng.integers(0, 2, 200))
    np.savez(folder / "reuters.npz", x=lists(rng, 500), y=np.arange(500) % 46)
    for name in "imdb", "reuters":
        index = {f"wörd{rank}": rank for rank in rng.permutation(np.arange(1, 60)).tolist()}
        (folder / f"{name}_word_index.json").write_text(json.dumps(index))
    return folder


def check_tokens(data, name, split, runs, labels):
    stored = arrays(data, name)[split]
    assert np.array_equal(stored["label"], labels)
    assert stored["tokens.values"].dtype == np.int32 and stored["tokens.offsets"].dtype == np.int64
    assert np.array_equal(stored["tokens.offsets"], np.cumsum([0] + [len(run) for run in runs]))
    assert np.array_equal(stored["tokens.values"], np.concatenate([np.array(run, np.int64) for run in runs]))


def check_words(data, name, index):
    folder = revision_folder(data, name)
    values = np.load(folder / "tokens.words.values.npy").tobytes()
    offsets = np.load(folder / "tokens.words.offsets.npy")
    words = [values[a:b].decode() for a, b in zip(offsets[:-1], offsets[1:])]
    assert words == sorted(index, key=index.get)


def test_imdb(tmp_path, run, token_files):
    files = [token_files / "imdb.npz", token_files / "imdb_word_index.json"]
    revision, info = add(run, tmp_path / "one", "imdb", *files)
    truth = np.load(files[0], allow_pickle=True)
    for split in "train", "test":
        check_tokens(tmp_path / "one", "imdb", split, truth[f"x_{split}"], truth[f"y_{split}"])
    check_words(tmp_path / "one", "imdb", json.loads(files[1].read_text()))
    assert info["title"] == "IMDB reviews"
    # The order of the paths says nothing; without the words it is another dataset.
    assert add(run, tmp_path / "two", "imdb", *files[::-1])[0] == revision
    assert add(run, tmp_path / "three", "imdb", files[0])[0] != revision


def test_reuters(tmp_path, run, token_files):
    files = [token_files / "reuters.npz", token_files / "reuters_word_index.json"]
    _, info = add(run, tmp_path, "reuters", *files)
    truth = np.load(files[0], allow_pickle=True)
    check_tokens(tmp_path, "reuters", "all", truth["x"], truth["y"])
    check_words(tmp_path, "reuters", json.loads(files[1].read_text()))
    assert info["title"] == "Reuters newswire" and info["splits"].keys() == {"all"}


def test_boston_is_the_same_from_table_and_arrays(tmp_path, run):
    table = SAMPLES / "boston_housing/boston_housing.csv"
    houses = np.stack(list(decode.boston(table).values()), 1)
    file = tmp_path / "boston_housing.npz"
    np.savez(file, x=houses[:, :13], y=houses[:, 13])
    revisions = {add(run, tmp_path / "csv", "boston_housing", table)[0]}
    for number, path in enumerate([file, SHARED / "boston_housing.npz"]):
        if path.exists():
            revision, info = add(run, tmp_path / str(number), "anything", path)
            check_arrays(tmp_path / str(number), "anything", {"all": decode.boston(table)})
            assert info["title"] == "Boston housing" and len(info["warnings"]) == 1
            revisions.add(revision)
    assert len(revisions) == 1


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_mnist_is_the_same_from_idx_and_arrays(tmp_path, run, save):
    """As Keras has it: mnist.npz with the test set of MNIST, else with Fashion-MNIST's sample."""
    here = (SHARED / "t10k-images-idx3-ubyte.gz").exists()
    folder, name = (SHARED, "mnist") if here else (SAMPLES / "fashion_mnist", "fashion_mnist")
    truth = decode.idx_split(folder, "t10k")
    file = tmp_path / "mnist.npz"
    save(file, x_test=truth["image"], y_test=truth["label"])
    idx = sorted(folder.glob("t10k-*.gz"))
    revision, _ = add(run, tmp_path / "idx", name, *idx)
    assert add(run, tmp_path / "npz", name, file)[0] == revision
    check_arrays(tmp_path / "npz", name, {"test": truth})
    wide = tmp_path / "wide.npz"
    save(wide, test_labels=truth["label"].astype(">i8")[:, None], test_images=np.asfortranarray(truth["image"]))
    assert add(run, tmp_path / "wide", name, wide)[0] == revision


def test_fashion_is_known_by_its_pictures(tmp_path, run):
    """Whatever the file is called: the pictures tell Fashion-MNIST from MNIST."""
    if not decode.FASHION.exists():
        return
    truth = {split: decode.idx_split(decode.FASHION, prefix) for split, prefix in (("train", "train"), ("test", "t10k"))}
    file = tmp_path / "mnist.npz"
    np.savez_compressed(file, **{f"{axis}_{split}": truth[split][feature] for split in truth
                                 for axis, feature in (("x", "image"), ("y", "label"))})
    revision, info = add(run, tmp_path / "npz", "some", file)
    check_arrays(tmp_path / "npz", "some", truth)
    assert info["title"] == "Fashion-MNIST"
    assert add(run, tmp_path / "idx", "some", decode.FASHION)[0] == revision


def write_binary(folder, batches):
    folder.mkdir()
    for name, batch in batches.items():
        labels = [batch[key] for key in ("coarse_labels", "fine_labels", "labels") if key in batch]
        (folder / f"{name}.bin").write_bytes(np.concatenate(
            [np.array(labels, np.uint8).T, batch["data"]], 1).tobytes())
    return folder


def batches_of(path):
    with tarfile.open(path) as archive:
        members = {member.name.split("/")[-1]: archive.extractfile(member).read()
                   for member in archive if member.isfile()}
    read = {name: {key.decode(): value for key, value in pickle.loads(data, encoding="bytes").items()}
            for name, data in members.items() if "." not in name and name != "meta"}
    return dict(sorted(read.items()))


def made_batches(names, keys, per_batch=20):
    truth = decode.sample("cifar100")["train"]
    planes = truth["image"].transpose(0, 3, 1, 2).reshape(-1, 3072)
    out = {}
    for number, name in enumerate(names):
        rows = slice(number * per_batch, (number + 1) * per_batch)
        out[name] = {key: (truth[feature][rows] % classes).tolist() for key, feature, classes in keys}
        out[name]["data"] = planes[rows]
    return out


def pixels(batch):
    return batch["data"].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)


TEN = ["data_batch_%d" % i for i in range(1, 6)] + ["test_batch"]


@pytest.mark.parametrize("protocol", [None, 0, 2, 3, 4, 5])
def test_cifar10_is_the_same_from_records_and_pickles(tmp_path, run, protocol):
    archive = SHARED / "cifar-10-python.tar.gz"
    if protocol is None and archive.exists():
        batches, source = batches_of(archive), archive
    else:
        batches, source = made_batches(TEN, [("labels", "coarse_label", 10)]), tmp_path / "python"
        source.mkdir()
        for name, batch in batches.items():
            (source / name).write_bytes(pickle.dumps(batch, 2 if protocol is None else protocol))
    assert list(batches) == TEN
    revision, info = add(run, tmp_path / "one", "cifar10", source)
    train = [batches[name] for name in TEN[:5]]
    check_arrays(tmp_path / "one", "cifar10", {
        "train": {"image": np.concatenate([pixels(batch) for batch in train]),
                  "label": np.concatenate([batch["labels"] for batch in train])},
        "test": {"image": pixels(batches["test_batch"]), "label": np.array(batches["test_batch"]["labels"])}})
    assert info["title"] == "CIFAR-10"
    assert add(run, tmp_path / "two", "cifar10", write_binary(tmp_path / "binary", batches))[0] == revision
    if protocol is None and archive.exists():
        published = SHARED / "cifar-10-binary.tar.gz"
        assert add(run, tmp_path / "three", "cifar10", published)[0] == revision


def test_cifar100_is_the_same_from_records_and_pickles(tmp_path, run):
    archive = SHARED / "cifar-100-python.tar.gz"
    if archive.exists():
        batches, source = batches_of(archive), archive
    else:
        keys = [("coarse_labels", "coarse_label", 20), ("fine_labels", "fine_label", 100)]
        batches, source = made_batches(["test", "train"], keys), tmp_path / "python"
        source.mkdir()
        for name, batch in batches.items():
            (source / name).write_bytes(pickle.dumps(batch, 2))
    revision, info = add(run, tmp_path / "one", "cifar100", source)
    check_arrays(tmp_path / "one", "cifar100", {split: {
        "image": pixels(batch), "fine_label": np.array(batch["fine_labels"]),
        "coarse_label": np.array(batch["coarse_labels"])} for split, batch in batches.items()})
    records = write_binary(tmp_path / "binary", batches)
    if archive.exists():
        # The pickles hold the first samples of the published records, and the same names.
        members = decode.tar_members(SHARED / "cifar-100-binary.tar.gz")
        for split, batch in batches.items():
            assert members[f"{split}.bin"].startswith((records / f"{split}.bin").read_bytes())
        for names in "fine_label_names.txt", "coarse_label_names.txt":
            (records / names).write_bytes(members[names])
    assert add(run, tmp_path / "two", "cifar100", records)[0] == revision


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["?", "<u1", "<i1", ">u2", "<i2", "<u4", ">i4", "<u8", ">i8", "<f2", ">f4", "<f8"])
def test_arrays_of_every_type(tmp_path, run, order, dtype):
    rng = np.random.default_rng(3)
    dtype = np.dtype(dtype)
    low = -100 if dtype.kind in "if" else 0
    values = rng.integers(low, 120, (1000, 3, 2, 5)).astype(dtype)
    np.save(tmp_path / "values.npy", np.asarray(values, order=order))
    add(run, tmp_path / "data", "some", tmp_path / "values.npy")
    stored = arrays(tmp_path / "data", "some")["all"]["values"]
    assert np.array_equal(stored, values)
    assert stored.dtype == (np.dtype("<f4") if dtype.name == "float16" else dtype.newbyteorder("<"))


def test_a_large_array_in_fortran_order(tmp_path, run):
    """Larger than what is turned at once: it is read several times."""
    values = np.arange(3 * 12_000_000, dtype=np.float64).reshape(3, -1).T
    np.save(tmp_path / "values.npy", values)
    assert values.flags.f_contiguous and values.nbytes > 2 * (128 << 20)
    add(run, tmp_path / "data", "some", tmp_path / "values.npy")
    assert np.array_equal(arrays(tmp_path / "data", "some")["all"]["values"], values)


class Runs:
    """What a pickle runs when Python loads it."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


@pytest.mark.parametrize("protocol", range(6))
def test_nothing_is_run(tmp_path, run, protocol):
    mark = tmp_path / "mark"
    hostile = np.empty(1, object)
    hostile[0] = Runs(mark)
    with open(tmp_path / "x.npy", "wb") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": "|O", "fortran_order": False, "shape": (1,)})
        pickle.dump(hostile, file, protocol)
    (tmp_path / "data_batch_1").write_bytes(pickle.dumps({"labels": Runs(mark)}, protocol))
    for path in tmp_path / "x.npy", tmp_path / "data_batch_1":
        done = run("add", "bad", path, "--data", tmp_path / "data", code=1)
        assert "this pickle would run io.open" in done.stderr or "would run __builtin__.open" in done.stderr
    assert not mark.exists() and leftovers(tmp_path / "data") == []
    pickle.loads((tmp_path / "data_batch_1").read_bytes())["labels"].close()
    assert mark.exists(), "the test tests nothing"
