# SPDX-License-Identifier: MIT
"""Samplecase from Python: datasets that a server on the network has, as numpy arrays.

One file that needs numpy alone (Python 3.9 or newer); copy it, or fetch it from the server:

    curl -O http://localhost:8080/client/samplecase.py

Whole datasets, as Keras and scikit-learn give them:

    (x_train, y_train), (x_test, y_test) = samplecase.load_data("cifar10")
    (x_train, y_train), (x_test, y_test) = samplecase.load_data("imdb", num_words=10000)
    digits = samplecase.load_digits()

Batches for training, fetched ahead of the loop over one connection:

    data = samplecase.Dataset("http://server:8080", "cifar100", split="train")
    for epoch in range(10):
        for batch in data.batches(256, shuffle=True, seed=1, epoch=epoch):
            step(batch["image"], batch["fine_label"])       # numpy arrays

    loader = torch.utils.data.DataLoader(data, batch_size=256, shuffle=True)

Where the server is: the argument `url`, else the environment's SAMPLECASE_URL, else
http://localhost:8080. A token: the argument `token`, else SAMPLECASE_TOKEN.
"""
import collections.abc
import http.client
import json
import os
import queue
import socket
import ssl
import sys
import threading
import time
import urllib.parse

import numpy as np

__all__ = ["Dataset", "datasets", "load_data", "load_digits", "word_index", "Bunch",
           "SamplecaseError", "RequestError", "NotFound", "Unauthorized", "RevisionChanged",
           "Unavailable"]

STANDARD_URL = "http://localhost:8080"
LARGEST_BATCH = 65536  # samples in one answer; the server's limit
MOST_IN_URL = 200      # indices that go into a URL; more go into the body of a POST


# --- What can go wrong ----------------------------------------------------------------------------

class SamplecaseError(Exception):
    """Whatever goes wrong here."""


class RequestError(SamplecaseError):
    """The server refused a request: `status`, its stable `code`, `parameter` and `allowed` say why."""

    def __init__(self, status, problem):
        self.status = status
        self.code = problem.get("code")
        self.parameter = problem.get("parameter")
        self.allowed = problem.get("allowed")
        super().__init__(problem.get("detail") or problem.get("title") or f"HTTP status {status}")


class NotFound(RequestError, KeyError):
    """No such dataset, split, feature or sample."""

    def __str__(self):  # KeyError's would put quotes around it
        return Exception.__str__(self)


class Unauthorized(RequestError):
    """The server wants a token, or another one."""


class RevisionChanged(RequestError):
    """The dataset was replaced since it was opened; open it again to go on with what it is now."""


class Unavailable(SamplecaseError):
    """The server could not be reached, or did not answer, for all the retries."""


_CLASSES = {401: Unauthorized, 404: NotFound, 410: RevisionChanged}


# --- Talking to a server --------------------------------------------------------------------------

class _Connection:
    """One keep-alive connection, for one thread, which is opened again when it drops."""

    _http = None

    def __init__(self, url, token=None, timeout=30.0, retries=8, context=None):
        url = url or os.environ.get("SAMPLECASE_URL") or STANDARD_URL
        parts = urllib.parse.urlsplit(url if "//" in url else "http://" + url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{url!r} is no address of a server; it looks like {STANDARD_URL}")
        self.url = url.rstrip("/")
        self.token = token if token is not None else os.environ.get("SAMPLECASE_TOKEN")
        self.timeout, self.retries, self.context = timeout, retries, context
        self._parts = parts
        self._base = parts.path.rstrip("/")

    def again(self):
        """A further connection to the same server."""
        return _Connection(self.url, self.token, self.timeout, self.retries, self.context)

    def close(self):
        if self._http:
            self._http.close()
            self._http = None

    def __del__(self):
        self.close()

    def _open(self):
        if self._parts.scheme == "https":
            context = self.context or ssl.create_default_context()
            self._http = http.client.HTTPSConnection(
                self._parts.hostname, self._parts.port, timeout=self.timeout, context=context)
        else:
            self._http = http.client.HTTPConnection(
                self._parts.hostname, self._parts.port, timeout=self.timeout)
        self._http.connect()
        self._http.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _ask(self, path, body):
        """Sends one request; the answer's head."""
        if not self._http:
            self._open()
        headers = {"Accept-Encoding": "identity"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if body is not None:
            headers["Content-Type"] = "application/json"
        self._http.request("GET" if body is None else "POST", self._base + path, body, headers)
        return self._http.getresponse()

    def _fetch(self, path, body, room):
        answer = self._ask(path, body)
        if answer.status == 200:
            # Without a length http.client could not tell a whole answer from one that was cut.
            if answer.length is None:
                raise http.client.HTTPException("an answer without a length")
            return _read(answer, room(answer.length))
        text = answer.read()
        try:
            problem = json.loads(text)
        except ValueError:
            problem = {}
        if answer.status == 503 and problem.get("code") != "damaged":
            raise _Busy(answer.getheader("Retry-After"))
        if not isinstance(problem, dict):
            problem = {}
        raise _CLASSES.get(answer.status, RequestError)(answer.status, problem)

    def fetch(self, path, body=None, room=bytearray):
        """The whole answer, read into room(length). Tries again, later and later, when the
        connection drops or the server is busy: the answers are functions of their address."""
        wait = 0.05
        for attempt in range(self.retries + 1):
            try:
                return self._fetch(path, body, room)
            except _Busy as busy:
                reason, pause = "the server is busy", busy.pause
            except (OSError, http.client.HTTPException) as error:
                if isinstance(error, ssl.SSLCertVerificationError):
                    raise Unavailable(f"{self.url}: {error}") from error
                self.close()
                reason, pause = str(error) or type(error).__name__, 0.0
            if attempt < self.retries:
                time.sleep(max(wait, pause))
                wait = min(2 * wait, 10.0)
        raise Unavailable(f"{self.url}: {reason} (tried {self.retries + 1} times)")

    def json(self, path):
        return json.loads(self.fetch(path))


class _Busy(Exception):
    def __init__(self, after):
        super().__init__()
        self.pause = float(after) if after and after.isdigit() else 0.0


def _read(answer, buffer):
    """Fills a buffer from an answer that has exactly as many bytes."""
    view, at = memoryview(buffer), 0
    while at < len(view):
        got = answer.readinto(view[at:])
        if not got:
            raise http.client.IncompleteRead(b"", len(view) - at)
        at += got
    answer.read()  # its end, so that the connection can be used again
    return buffer


def _query(parameters):
    """A query of what is not None; a list becomes a parameter for each item, None in it "none"."""
    pairs = []
    for name, value in parameters.items():
        for one in value if isinstance(value, (list, tuple)) else (value,):
            if one is not None:
                pairs.append((name, "true" if one is True else "false" if one is False else str(one)))
    return urllib.parse.urlencode(pairs)


# --- Batches --------------------------------------------------------------------------------------

_DTYPES = {"BOOL": "?", "U8": "u1", "I8": "i1", "U16": "<u2", "I16": "<i2", "U32": "<u4",
           "I32": "<i4", "U64": "<u8", "I64": "<i8", "F32": "<f4", "F64": "<f8"}


class _Buffers:
    """Buffers that are used again once no array looks into them any more."""

    def __init__(self):
        self._buffers = []

    def __call__(self, size):
        # CPython counts references: one here, one in the list, one as getrefcount's argument.
        if sys.implementation.name == "cpython":
            for buffer in self._buffers:
                if len(buffer) >= size and sys.getrefcount(buffer) == 3:
                    return memoryview(buffer)[:size]
        buffer = bytearray(size)
        self._buffers.append(buffer)
        del self._buffers[:-8]
        return memoryview(buffer)


def _tensors(data):
    """{name: array} and the notes of a safetensors file in memory; the arrays look into it."""
    data = memoryview(data)
    length = int.from_bytes(data[:8], "little")
    head = json.loads(bytes(data[8:8 + length]))
    notes = head.pop("__metadata__", {})
    arrays = {}
    for name, entry in head.items():
        start, end = entry["data_offsets"]
        raw = data[8 + length + start:8 + length + end]
        arrays[name] = np.frombuffer(raw, _DTYPES[entry["dtype"]]).reshape(entry["shape"])
    return arrays, notes


class _Ragged(collections.abc.Sequence):
    """The samples of a ragged feature: each an array of its own length."""

    def __init__(self, values, offsets):
        self.values, self.offsets = values, offsets

    def __len__(self):
        return len(self.offsets) - 1

    def __getitem__(self, i):
        if isinstance(i, slice):
            return [self[j] for j in range(*i.indices(len(self)))]
        if i < -len(self) or i >= len(self):
            raise IndexError(f"{i} of {len(self)} samples")
        i %= len(self)
        return self.values[self.offsets[i]:self.offsets[i + 1]]


def _columns(arrays):
    """Joins name.values and name.offsets to one column each."""
    columns = {}
    for name, array in arrays.items():
        stem, dot, part = name.rpartition(".")
        if dot and part == "values" and f"{stem}.offsets" in arrays:
            columns[stem] = _Ragged(array, arrays[f"{stem}.offsets"])
        elif not (dot and part == "offsets" and f"{stem}.values" in arrays):
            columns[name] = array
    return columns


# What does not choose samples, but says what of them is wanted.
_OF_SAMPLES = {"split", "features", "num_words", "skip_top", "maxlen", "start_char", "oov_char",
               "index_from", "padding", "truncating", "max_tokens"}
_OF_BATCHES = {"padding", "truncating", "max_tokens"}


class Dataset:
    """One split of a dataset, as a sequence of samples and a stream of batches.

    A sample is a dict of what its features are: numpy arrays for images and arrays, numpy numbers
    for scalars and class ids, str for texts, int arrays for token ids, bytes for images that are
    kept encoded (JPEG, PNG); and "index", its place in the split.

    `features` names the features that are wanted (default: all). Further keyword arguments choose
    samples as the server's parameters do: label="cat" or label=["cat", "dog"], num_words=10000,
    compat="keras" and so on. The dataset stays at the revision that it had when it was opened: when
    it is replaced, the next request raises RevisionChanged rather than mixing old and new.

    `token`, `timeout` (seconds of silence), `retries` and `context` (an ssl.SSLContext) are about the
    connection. An object may be handed to forked or spawned workers: each opens its own connection.
    """

    def __init__(self, url, name, split=None, features=None, token=None, timeout=30.0, retries=8,
                 context=None, **selection):
        self._connection = _Connection(url, token, timeout, retries, context)
        self._pid = os.getpid()
        self.name = name
        self._root = f"/datasets/{urllib.parse.quote(name, safe='')}"
        self.info = self._connection.json(self._root)
        self.revision = self.info["revision"]
        if features is not None:
            features = [features] if isinstance(features, str) else list(features)
        self._choice = {"split": split, "features": ",".join(features) if features else None,
                        **selection}
        self.features = {key: value for key, value in self.info["features"].items()
                         if features is None or key in features}
        page = self._connection.json(self._path(
            "samples", limit=1, max_chars=1, **dict.fromkeys(_OF_BATCHES)))
        self.split, self._total = page["split"], page["total"]

    def _path(self, what, **more):
        parameters = {**self._choice, "rev": self.revision, **more}
        return f"{self._root}/{what}?{_query(parameters)}"

    def _own_connection(self):
        """A connection cannot be shared with the process that this one was forked from."""
        if self._pid != os.getpid():
            self._connection, self._pid = self._connection.again(), os.getpid()
        return self._connection

    def __getstate__(self):
        state = self.__dict__.copy()
        state["_connection"] = None
        state["_remote"] = (self._connection.url, self._connection.token,
                            self._connection.timeout, self._connection.retries)
        return state

    def __setstate__(self, state):
        remote = state.pop("_remote")
        self.__dict__.update(state)
        self._connection, self._pid = _Connection(*remote), os.getpid()

    def close(self):
        """Closes the connection; it is opened again when it is needed."""
        self._connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __repr__(self):
        return f"<samplecase.Dataset {self.name} {self.split}: {len(self)} samples>"

    def __len__(self):
        return self._total

    def class_names(self, feature="label"):
        """The names of a class feature's classes, by id."""
        answer = self._own_connection().json(
            f"{self._root}/classes?{_query({'feature': feature, 'rev': self.revision})}")
        return [one["name"] for one in answer["classes"]]

    # Samples

    def __getitem__(self, key):
        """data[7] is a sample; data[:100] and data[[1, 5, 9]] are batches."""
        if isinstance(key, slice):
            start, stop, step = key.indices(len(self))
            if step == 1 and stop > start:
                return self._window(start, stop - start)
            return self.batch(range(start, stop, step))
        if isinstance(key, (int, np.integer)):
            place = int(key)
            if place < -len(self) or place >= len(self):
                raise IndexError(f"{place} of {len(self)} samples")
            return _sample(self._window(place % len(self), 1), 0)
        return self.batch(key)

    def __getitems__(self, places):
        """What PyTorch's DataLoader calls: the samples of a whole batch by one request."""
        batch = self.batch(places)
        return [_sample(batch, i) for i in range(len(batch["index"]))]

    def batch(self, places):
        """The samples at these places of the selection, in this order: a dict of arrays."""
        places = np.asarray(places)
        if places.dtype == bool:
            places = np.flatnonzero(places)
        if places.size == 0:
            places = places.astype(np.int64)
        if places.ndim != 1 or places.dtype.kind not in "iu":
            raise TypeError("a list of places is wanted, or a mask of as many bools as samples")
        wrong = places[(places < -len(self)) | (places >= len(self))]
        if wrong.size:
            raise IndexError(f"{wrong[0]} of {len(self)} samples")
        places = places.astype(np.int64) % len(self)
        if not places.size:
            return self._window(0, 1, empty=True)
        if "compat" in self._choice:
            raise TypeError("with compat= there are slices, single samples and batches(), no lists")
        if not self._is_plain():
            places = self._order()[places]
        parts = [self._picked(places[at:at + LARGEST_BATCH])
                 for at in range(0, len(places), LARGEST_BATCH)]
        return parts[0] if len(parts) == 1 else _joined(parts)

    def _is_plain(self):
        """Whether the place of a sample in the selection is its index in the split."""
        return all(value is None or key in _OF_SAMPLES for key, value in self._choice.items())

    def _order(self):
        """The index in the split of each sample of the selection."""
        if not hasattr(self, "_indices"):
            parts = []
            for at in range(0, len(self), LARGEST_BATCH):
                parts.append(self._window(at, LARGEST_BATCH, features=self._smallest())["index"].copy())
            self._indices = np.concatenate(parts) if parts else np.zeros(0, np.int64)
        return self._indices

    def _smallest(self):
        """The feature that takes the fewest bytes, as far as its kind tells."""
        kinds = ["class", "scalar", "array", "tokens", "text", "image"]
        return min(self.info["features"],
                   key=lambda name: kinds.index(self.info["features"][name]["type"]))

    def _picked(self, indices):
        """The samples of the split with these indices."""
        choice = {key: value for key, value in self._choice.items()
                  if value is not None and key in _OF_SAMPLES}
        if len(indices) <= MOST_IN_URL:
            choice.update(rev=self.revision, indices=",".join(map(str, indices.tolist())))
            return self._decode(self._own_connection().fetch(f"{self._root}/batch?{_query(choice)}"))
        choice.update(rev=self.revision, indices=indices.tolist())
        body = json.dumps(choice).encode()
        return self._decode(self._own_connection().fetch(f"{self._root}/batch", body))

    def _window(self, offset, limit, connection=None, buffers=None, empty=False, **more):
        path = self._path("batch", offset=offset, limit=limit, **more)
        connection = connection or self._own_connection()
        batch = self._decode(connection.fetch(path, room=buffers or bytearray))
        return {name: column[:0] for name, column in batch.items()} if empty else batch

    def _decode(self, data):
        arrays, _ = _tensors(data)
        columns = _columns(arrays)
        for name, column in columns.items():
            kind = self.features.get(name, {}).get("type")
            if isinstance(column, _Ragged) and kind in ("text", "image"):
                columns[name] = (_Texts if kind == "text" else _Encoded)(column.values, column.offsets)
        return columns

    def to_frame(self):
        """All samples as a pandas DataFrame: a column for each scalar, class (by name), text and
        list of token ids; the index is the sample's place in its split. Needs pandas."""
        import pandas
        wanted = {key: feature for key, feature in self.features.items()
                  if feature["type"] in ("scalar", "class", "text", "tokens")}
        if not wanted:
            raise SamplecaseError(f"{self.name} has no features that fit into a table")
        batch, columns = _everything(self, list(wanted)), {}
        for key, feature in wanted.items():
            column = batch[key]
            if feature["type"] == "class":
                column = pandas.Categorical.from_codes(column, self.class_names(key))
            columns[key] = list(column) if isinstance(column, _Ragged) else column
        return pandas.DataFrame(columns, index=pandas.Index(batch["index"], name="index"))

    # Training

    def batches(self, batch_size=256, shuffle=False, seed=0, epoch=0, shard=None, shards=None,
                drop_last=False, prefetch=2, start=0, **more):
        """Yields dicts of arrays, `batch_size` samples each, in the same order for the same seed and
        epoch on every machine. `prefetch` batches are fetched ahead, by a thread with a connection
        of its own (0: fetch when asked). With `shards` workers each takes its `shard` of the order.
        `start` is the number of samples (of this shard) to pass over: a run that stopped after k
        batches goes on with start=k*batch_size. Dropped connections and a busy server are waited
        for, and the loop goes on with the same batch. Arrays stay as they are as long as they are
        kept; their memory is used again once they are dropped."""
        if batch_size < 1 or batch_size > LARGEST_BATCH:
            raise ValueError(f"batch_size is {batch_size}; it must be 1 to {LARGEST_BATCH}")
        if start < 0:
            raise ValueError(f"start is {start}; it must be 0 or more")
        if (shard is None) != (shards is None):
            raise ValueError("shard and shards belong together: shard=0, shards=4")
        choice = dict(more, shard=shard, shards=shards)
        if shuffle:
            choice.update(order="shuffle", seed=seed, epoch=epoch)
        total = len(self)
        if shards is not None:
            if not 0 <= shard < shards:
                raise ValueError(f"shard is {shard}; it must be 0 to {shards - 1}")
            total = (len(self) - shard + shards - 1) // shards
        end = total - total % batch_size if drop_last else total
        places = range(start, end, batch_size)
        return self._stream(places, batch_size, choice, prefetch)

    def _stream(self, places, batch_size, choice, prefetch):
        connection, buffers = self._own_connection().again(), _Buffers()

        def fetch(offset):
            return self._window(offset, batch_size, connection, buffers, **choice)
        try:
            yield from map(fetch, places) if prefetch < 1 else _ahead(fetch, places, prefetch)
        finally:
            connection.close()


class _Texts(_Ragged):
    """The samples of a text feature: each a str."""

    def __getitem__(self, i):
        one = super().__getitem__(i)
        return one if isinstance(i, slice) else one.tobytes().decode()


class _Encoded(_Ragged):
    """The samples of an image feature that is kept encoded: each the bytes of a JPEG or PNG file."""

    def __getitem__(self, i):
        one = super().__getitem__(i)
        return one if isinstance(i, slice) else one.tobytes()


def _sample(batch, i):
    return {name: column[i] for name, column in batch.items()}


def _joined(parts):
    """Batches, one after the other, as one."""
    whole = {}
    for name, first in parts[0].items():
        columns = [part[name] for part in parts]
        if isinstance(first, _Ragged):
            ends = np.cumsum([0] + [len(column.values) for column in columns])
            offsets = [column.offsets[:-1] + end for column, end in zip(columns, ends)]
            whole[name] = type(first)(np.concatenate([column.values for column in columns]),
                                      np.concatenate(offsets + [ends[-1:]]))
        else:
            whole[name] = np.concatenate(columns)
    return whole


def _ahead(fetch, places, depth):
    """fetch(place) for each place in order, some of them ahead of the caller in a thread."""
    ready, stopped = queue.Queue(depth), threading.Event()

    def put(item):
        while not stopped.is_set():
            try:
                ready.put(item, timeout=0.1)
                return True
            except queue.Full:
                pass
        return False

    def run():
        try:
            for place in places:
                if not put((fetch(place), None)):
                    return
            put((None, StopIteration()))
        except BaseException as error:  # goes to the caller, who waits for something
            put((None, error))

    thread = threading.Thread(target=run, name="samplecase", daemon=True)
    thread.start()
    try:
        while True:
            batch, error = ready.get()
            if isinstance(error, StopIteration):
                return
            if error:
                raise error
            yield batch
            batch = None  # so that its memory can be used again
    finally:
        stopped.set()
        thread.join()


# --- Whole datasets -------------------------------------------------------------------------------

_STANDARD_KERAS = {
    "imdb": {"num_words": None, "skip_top": 0, "maxlen": None, "seed": 113, "start_char": 1,
             "oov_char": 2, "index_from": 3},
    "reuters": {"num_words": None, "skip_top": 0, "maxlen": None, "test_split": 0.2, "seed": 113,
                "start_char": 1, "oov_char": 2, "index_from": 3},
    "boston_housing": {"test_split": 0.2, "seed": 113},
    "cifar100": {"label_mode": "fine"},
}
_NONE_IS_A_VALUE = ("start_char", "oov_char")  # None: no such id; of the others: not given


def load_data(name, url=None, token=None, **arguments):
    """A whole dataset as keras.datasets' load_data() gives it: ((x_train, y_train), (x_test,
    y_test)), of the same shapes, types and order, with the arguments that Keras's function of the
    same dataset takes (imdb: num_words, skip_top, maxlen, seed, start_char, oov_char, index_from;
    reuters: these and test_split; boston_housing: test_split, seed; cifar100: label_mode). Any other
    dataset of images or arrays with a train and a test split works as well."""
    known = _STANDARD_KERAS.get(name, {})
    unknown = set(arguments) - set(known)
    if unknown:
        raise TypeError(f"{name} takes no {sorted(unknown)[0]}; it takes: "
                        f"{', '.join(known) if known else 'nothing'}")
    arguments = {**known, **arguments}
    label_mode = arguments.pop("label_mode", None)
    if label_mode not in (None, "fine", "coarse"):
        raise ValueError(f"label_mode is {label_mode!r}; it must be fine or coarse")
    choice = {key: "none" if value is None and key in _NONE_IS_A_VALUE else value
              for key, value in arguments.items()}
    if isinstance(choice.get("test_split"), float):
        choice["test_split"] = np.format_float_positional(choice["test_split"], trim="0")
    if known and not label_mode:
        choice["compat"] = "keras"
    return tuple(_whole(url, token, name, split, label_mode, choice) for split in ("train", "test"))


def _whole(url, token, name, split, label_mode, choice):
    """(x, y) of one split."""
    with Dataset(url, name, split, token=token, **choice) as data:
        target = f"{label_mode}_label" if label_mode else _target(data)
        inputs = [key for key in data.features if key != target]
        if label_mode or any(data.features[key]["type"] == "image" for key in inputs):
            inputs = [key for key in inputs if data.features[key]["type"] == "image"][:1]
        batch = _everything(data, [*inputs, target])
    y = batch[target]
    if isinstance(batch[inputs[0]], _Ragged):
        x = np.empty(len(y), dtype=object)
        x[:] = [one.tolist() if isinstance(one, np.ndarray) else one for one in batch[inputs[0]]]
        return x, y.astype(np.int64)
    if all(data.features[key]["type"] == "scalar" for key in inputs):
        return np.column_stack([batch[key] for key in inputs]), y
    if name in ("cifar10", "cifar100"):  # Keras keeps an axis here, and cifar100's type
        y = y.reshape(-1, 1).astype(np.uint8 if name == "cifar10" else np.int64)
    return batch[inputs[0]], y


def _target(data):
    """The feature that is to be predicted."""
    for key, feature in data.features.items():
        if feature["target"]:
            return key
    for key, feature in data.features.items():
        if feature["type"] == "class":
            return key
    raise SamplecaseError(f"{data.name} has no feature that is to be predicted")


def _everything(data, features):
    """All samples of the selection, as few requests as the server's limits allow."""
    sample = data._window(0, 1, features=",".join(features))
    bytes_each = sum((one.values if isinstance(one, _Ragged) else one).nbytes
                     for one in sample.values()) or 1
    size = max(1, min(LARGEST_BATCH, (32 << 20) // bytes_each))
    parts = []
    for at in range(0, len(data), size):
        parts.append(data._window(at, size, features=",".join(features)))
    return _joined(parts) if len(parts) > 1 else parts[0]


class Bunch(dict):
    """A dict whose items are attributes as well, as scikit-learn's."""

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __dir__(self):
        return list(self)


def load_digits(url=None, token=None):
    """scikit-learn's digits: data float64[1797, 64], images float64[1797, 8, 8], target int64,
    feature_names, target_names, DESCR."""
    with Dataset(url, "digits", token=token) as data:
        batch = _everything(data, ["image", "label"])
        images = batch["image"].astype(np.float64)
        return Bunch(data=images.reshape(len(images), -1), images=images,
                     target=batch["label"].astype(np.int64), frame=None,
                     feature_names=[f"pixel_{i}_{j}" for i in range(8) for j in range(8)],
                     target_names=np.arange(10), DESCR=data.info["description"])


def word_index(name, url=None, token=None):
    """{word: rank}, as Keras's get_word_index()."""
    return _Connection(url, token).json(f"/datasets/{urllib.parse.quote(name, safe='')}/word_index.json")


def datasets(url=None, token=None):
    """The names of the datasets that the server has."""
    connection, names, address = _Connection(url, token), [], "/datasets?limit=1000"
    while address:
        page = connection.json(address)
        names += [one["name"] for one in page["datasets"]]
        address = page["next"] and page["next"][len(connection._base):]
    connection.close()
    return names
