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
http://localhost:8080. A token: the argument `token`, else SAMPLECASE_TOKEN. A server whose
certificate no authority signed: the argument `cafile`, a file with that certificate.
"""
import collections.abc
import json
import os
import queue
import selectors
import socket
import ssl
import sys
import threading
import time
import urllib.parse

import numpy as np

__all__ = ["Dataset", "Ragged", "Texts", "EncodedImages", "datasets", "load_data", "load_digits",
           "word_index", "Bunch", "SamplecaseError", "RequestError", "NotFound", "Unauthorized",
           "RevisionChanged", "Unavailable"]

STANDARD_URL = "http://localhost:8080"
LARGEST_BATCH = 65536  # samples in one answer; the server's limit
MOST_IN_URL = 200      # indices that go into a URL; more go into the body of a POST
AT_ONCE = 32 << 20     # bytes, about, of one answer when a whole dataset is fetched
LONGEST_PAUSE = 60.0   # seconds before the next attempt, whatever the server asks for
LARGEST_HEAD = 65536   # bytes of an answer's head
MOST_IDLE = 4          # connections that wait for the next epoch
NAP_FROM = 65536       # bytes that are missing of an answer while the next one is on its way as well:
NAP = 20e-6            # seconds to let them come; who waits for them is woken for each few of them,
                       # which costs a server on the same machine more than to send them


# --- What can go wrong ----------------------------------------------------------------------------

class SamplecaseError(Exception):
    """Whatever goes wrong here."""


class RequestError(SamplecaseError):
    """The server refused a request: `status`, its stable `code`, `parameter` and `allowed` say why."""

    def __init__(self, status, problem):
        self.status, self.problem = status, problem
        self.code = problem.get("code")
        self.parameter = problem.get("parameter")
        self.allowed = problem.get("allowed")
        text = problem.get("detail") or problem.get("title") or f"HTTP status {status}"
        if self.allowed and text.endswith("see `allowed`"):
            text = f"{text[:-len('see `allowed`')]}it can be {', '.join(map(str, self.allowed))}"
        super().__init__(text)

    def __reduce__(self):  # out of a worker
        return type(self), (self.status, self.problem)


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
    """One keep-alive connection, for one thread, which is opened again when it drops, and in a process
    that was forked. Heads are written and read here: http.client takes as long for one as the network
    for 200 small pictures."""

    _socket = _tls = _owner = None
    _sent = 0         # requests whose answers are still to come on this socket
    _read = b""       # what was read behind the last answer
    _steady = False   # whether this socket has given an answer and stays open
    _stopped = False

    def __init__(self, url, token=None, timeout=30.0, retries=8, cafile=None, context=None):
        url = url or os.environ.get("SAMPLECASE_URL") or STANDARD_URL
        parts = urllib.parse.urlsplit(url if "://" in url else "http://" + url)
        if "@" in parts.netloc:  # said without what stands there
            raise ValueError("an address with a name or a password in it; a token is given as token=")
        self.url = url.rstrip("/")
        try:
            host = urllib.parse.unquote(parts.hostname or "").encode("idna").decode()
            self._address = host, parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError:
            host = ""
        if not host or parts.scheme not in ("http", "https") or parts.query or parts.fragment:
            raise ValueError(f"{url!r} is no address of a server; it looks like {STANDARD_URL}")
        self.token = (token if token is not None else os.environ.get("SAMPLECASE_TOKEN", "")).strip()
        if not self.token.isascii() or not self.token.isprintable():
            raise ValueError("the token has characters that no token of a server has")
        self.retries, self._timeout = retries, timeout
        self.remote = self.url, self.token, timeout, retries, cafile, context
        self.base = urllib.parse.quote(parts.path.rstrip("/"), safe="/%~")
        if parts.scheme == "https":
            if cafile:
                os.stat(cafile)  # whose error has its name
            self._tls = context or ssl.create_default_context(cafile=cafile)
        port = f":{parts.port}" if parts.port else ""
        host = host.partition("%")[0]  # which interface it is behind is this machine's affair
        self._fields = (f"Host: {f'[{host}]' if ':' in host else host}{port}\r\n"
                        "Accept-Encoding: identity\r\n")
        if self.token:
            self._fields += f"Authorization: Bearer {self.token}\r\n"
        self._alarm = queue.SimpleQueue()  # which, unlike a lock, may be used while it is in use

    def close(self):
        if self._socket:
            self._socket.close()
        self._socket, self._sent, self._read, self._steady = None, 0, b"", False

    def __del__(self):
        self.close()

    def is_idle(self):
        """Whether nothing is under way, on a socket of this process."""
        return self._sent == 0 and not self._stopped and self._owner == os.getpid()

    def stop(self):
        """From another thread: ends what is under way, and waits, with an Unavailable."""
        self._stopped = True
        self._alarm.put(None)
        _shut(self._socket)

    def _pause(self, seconds):
        """Waits; whether stop() was called."""
        try:
            self._alarm.get(timeout=seconds)
        except queue.Empty:
            pass
        return self._stopped

    def _open(self):
        self._owner, failure = os.getpid(), None
        for family, kind, protocol, _, address in socket.getaddrinfo(*self._address, type=socket.SOCK_STREAM):
            try:
                self._connect(socket.socket(family, kind, protocol), address)
                return
            except OSError as error:
                self.close()
                failure = error
                if isinstance(error, ssl.SSLCertVerificationError):
                    break  # not to be hidden by what another address of the same host does
        raise failure

    def _connect(self, sock, address):
        self._socket = sock  # before it takes time, for stop()
        sock.settimeout(self._timeout)
        if not self._stopped:
            sock.connect(address)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._tls:
            self._socket = self._tls.wrap_socket(sock, server_hostname=self._address[0],
                                                 do_handshake_on_connect=False)
            if not self._stopped:
                self._socket.do_handshake()
        if self._stopped:
            _shut(self._socket)

    def _send(self, path, body):
        head = f"{'GET' if body is None else 'POST'} {self.base}{path} HTTP/1.1\r\n{self._fields}"
        if body is not None:
            head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        try:
            self._socket.sendall(head.encode("ascii") + b"\r\n" + (body or b""))
        except ConnectionError:
            if body is None:
                raise  # else a refusal that did not wait for the body may have come
        self._sent += 1

    def _head(self):
        """Status, fields {name in small letters: value} and whether the connection ends with it, of
        the next answer."""
        while (end := self._read.find(b"\r\n\r\n")) < 0:
            part = self._socket.recv(4096) if len(self._read) < LARGEST_HEAD else b""
            if not part:
                raise _Cut("an answer's head was cut" if self._read else "the connection was closed")
            self._read += part
        line, *lines = self._read[:end].split(b"\r\n")
        self._read = self._read[end + 4:]
        version, _, status = line.partition(b" ")
        if not version.startswith(b"HTTP/1.") or not status[:3].isdigit():
            raise _Cut("no HTTP is spoken there")
        fields = {}
        for name, _, value in (line.partition(b":") for line in lines):
            name, value = name.strip().lower(), value.strip()
            fields[name] = fields[name] + b"," + value if name in fields else value
        habits = [habit.strip() for habit in fields.get(b"connection", b"").lower().split(b",")]
        return int(status[:3]), fields, (b"close" in habits or
                                         version == b"HTTP/1.0" and b"keep-alive" not in habits)

    def _body(self, buffer):
        """Fills a buffer with as many bytes."""
        view, at = memoryview(buffer), min(len(buffer), len(self._read))
        view[:at], self._read = self._read[:at], self._read[at:]
        while at < len(view):
            got = self._socket.recv_into(view[at:])
            if not got:
                raise _Cut(f"an answer ended {len(view) - at} bytes early")
            at += got
            if self._sent > 1 and len(view) - at > NAP_FROM and os.name == "posix":
                time.sleep(NAP)
        return buffer

    def _receive(self, room):
        """The next answer, read into room(length)."""
        status, fields, ends = self._head()
        while status < 200:  # a word in between, of a proxy
            status, fields, ends = self._head()
        text, length = b"", fields.get(b"content-length", b"")
        if not _is_plain(fields):
            if status == 200:
                raise _Cut("an answer without a length, or encoded")
            ends = True  # where an error's text ends, and what it is, does not matter
        else:
            text = self._body((room if status == 200 else bytearray)(int(length)))
            self._sent -= 1
        self._steady = True
        if ends or self._sent == 0 and self._read:  # or more than was asked for
            self.close()
        if status == 200:
            return text
        try:
            problem = json.loads(text)
        except ValueError:
            problem = None
        if not isinstance(problem, dict):
            problem = {}
        if status in _LATER and problem.get("code") != "internal":  # data that is damaged stays so
            raise _Busy(status, fields.get(b"retry-after", b""))
        if 300 <= status < 400 and b"location" in fields:
            problem = {"detail": f"{self.url} is somewhere else: {fields[b'location'].decode('latin-1')}"}
        raise _CLASSES.get(status, RequestError)(status, problem)

    def _answer(self, asked, room):
        """The answer to the first of the requests that are asked for, which leaves them. Tries again,
        later and later, when the connection drops or the server is busy: the answers are functions
        of their address."""
        if self._owner != os.getpid() or self._sent == 0 and _has_more(self._socket):
            self.close()  # another process goes on with it; what nobody asked for is no answer
        wait, attempt = 0.05, 0
        while True:
            was_open = self._socket is not None
            try:
                if not was_open:
                    self._open()
                # Who closes after an answer would drop a part of it because of a second request.
                for path, body in list(asked)[self._sent:None if self._steady else 1]:
                    self._send(path, body)
                answer = self._receive(room)
                asked.popleft()
                return answer
            except RequestError:
                if self._sent > 0:  # answers that nobody will read
                    self.close()
                raise
            except _Busy as busy:
                reason, pause = str(busy), busy.pause
                if self._sent > 0:
                    self.close()
            except (OSError, _Cut) as error:
                self.close()
                if isinstance(error, ssl.SSLCertVerificationError):
                    raise Unavailable(f"{self.url}: {error}") from error
                if was_open and not self._stopped and not isinstance(error, socket.timeout):
                    continue  # the server may have closed it while it lay idle
                reason, pause = str(error) or type(error).__name__, 0.0
            except BaseException:  # as of Ctrl-C: what is still to come answers nothing that is asked next
                self.close()
                raise
            attempt += 1
            if attempt > self.retries or self._stopped or self._pause(max(wait, pause)):
                raise Unavailable(f"{self.url}: {reason} (tried {attempt} times)")
            wait = min(2 * wait, 10.0)

    def fetch(self, path, body=None, room=bytearray):
        """The whole answer to a request, read into room(length)."""
        return self._answer(collections.deque([(path, body)]), room)

    def stream(self, next_path, room):
        """The answers to requests, one after the other. next_path(wait) is the next one's path: None
        when there is none, or, unless it may wait, none yet. One more is asked for before an answer
        is read, so that the server has no need to wait for the network."""
        asked = collections.deque()
        while True:
            while len(asked) < 2:
                path = next_path(not asked)
                if path is None:
                    break
                asked.append((path, None))
            if not asked:
                return
            yield self._answer(asked, room)

    def json(self, path):
        try:
            return json.loads(self.fetch(path))
        except ValueError as error:
            raise SamplecaseError(f"{self.url} answers something else than a Samplecase server") from error


_LATER = (408, 429, 502, 503, 504)  # of the server, or a proxy before it while it starts again


class _Busy(Exception):
    def __init__(self, status, after):
        super().__init__("the server is busy" if status == 503 else f"HTTP status {status}")
        self.pause = min(float(after), LONGEST_PAUSE) if after.isdigit() else 0.0


class _Cut(Exception):
    """What came is no whole answer."""


def _shut(sock):
    """Ends what a thread reads from a socket, or writes, if there is one."""
    try:
        if sock:
            socket.socket.shutdown(sock, socket.SHUT_RDWR)  # leaves a TLS state alone
    except OSError:
        pass


def _has_more(sock):
    """Whether something came on a socket, if there is one: bytes, or its end."""
    if not sock:
        return False
    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_READ)
        return bool(selector.select(0))


def _is_plain(fields):
    """Whether an answer's body is as many bytes as its head says, as they are."""
    length = fields.get(b"content-length", b"")
    return (length.isdigit() and len(length) < 16 and b"transfer-encoding" not in fields and
            fields.get(b"content-encoding", b"identity") == b"identity")


def _query(parameters):
    """A query of what is not None; a list becomes a parameter for each item."""
    return urllib.parse.urlencode(
        [(name, one) for name, value in parameters.items() if value is not None
         for one in (value if isinstance(value, (list, tuple)) else (value,))])


def _wanted(key, value):
    """The value of a parameter as _query takes it: a list of what was an array, no exponents."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, (str, list, tuple)) and not value:
        raise ValueError(f"{key} is empty; leave it out, or give it a value")
    return np.format_float_positional(value, trim="0") if isinstance(value, float) else value


# --- Batches --------------------------------------------------------------------------------------

_DTYPES = {"BOOL": "?", "U8": "u1", "I8": "i1", "U16": "<u2", "I16": "<i2", "U32": "<u4",
           "I32": "<i4", "U64": "<u8", "I64": "<i8", "F32": "<f4", "F64": "<f8"}


class _Buffers:
    """Buffers, `most` of them, that are used again once no array looks into them any more."""

    most = 4

    def __init__(self):
        self._buffers = []

    def __call__(self, size):
        for buffer in self._buffers:
            if len(buffer) >= size and _is_unseen(buffer):
                return memoryview(buffer)[:size]
        buffer = bytearray(size)
        self._buffers.append(buffer)
        del self._buffers[:-self.most]
        return memoryview(buffer)


def _is_unseen(buffer):
    """Whether nobody looks into a bytearray: only then does Python let its size change."""
    try:
        buffer.append(buffer.pop())
    except (BufferError, IndexError):  # IndexError: it is empty
        return False
    return True


def _tensors(data):
    """{name: array} of a safetensors file in memory; the arrays look into it."""
    data = memoryview(data)
    length = int.from_bytes(data[:8], "little")
    head = json.loads(bytes(data[8:8 + length]))
    head.pop("__metadata__", None)
    arrays = {}
    for name, entry in head.items():
        start, end = entry["data_offsets"]
        raw = data[8 + length + start:8 + length + end]
        arrays[name] = np.frombuffer(raw, _DTYPES[entry["dtype"]]).reshape(entry["shape"])
    return arrays


class Ragged(collections.abc.Sequence):
    """The samples of a feature whose samples differ in length, such as token ids: each an array of
    its own length. `values` has all of them one after the other, `offsets` where each begins (and,
    last, where the last one ends)."""

    def __init__(self, values, offsets):
        self.values, self.offsets = values, offsets

    def __len__(self):
        return len(self.offsets) - 1

    def __repr__(self):
        return f"<samplecase.{type(self).__name__} of {len(self)} samples>"

    def __getitem__(self, key):
        if isinstance(key, slice):
            places = range(*key.indices(len(self)))
            if places.step == 1:
                ends = self.offsets[places.start:max(places.start, places.stop) + 1]
                return type(self)(self.values[ends[0]:ends[-1]], ends - ends[0])
            pieces = [self.values[self.offsets[i]:self.offsets[i + 1]] for i in places]
            return type(self)(np.concatenate([self.values[:0], *pieces]),
                              np.cumsum([0, *map(len, pieces)]))
        if key < -len(self) or key >= len(self):
            raise IndexError(f"{key} of {len(self)} samples")
        key %= len(self)
        return self._one(self.values[self.offsets[key]:self.offsets[key + 1]])

    def _one(self, values):
        return values


class Texts(Ragged):
    """The samples of a text feature: each a str. `values` are bytes of UTF-8."""

    def _one(self, values):
        return values.tobytes().decode()


class EncodedImages(Ragged):
    """The samples of an image feature that is kept encoded: each the bytes of a JPEG or PNG file."""

    def _one(self, values):
        return values.tobytes()


def _columns(arrays, features):
    """Joins name.values and name.offsets of features to one column each."""
    columns = {}
    for name, array in arrays.items():
        stem, _, part = name.rpartition(".")
        if name == "index" or name in features:
            columns[name] = array
        elif part == "values":
            kind = {"text": Texts, "image": EncodedImages}.get(features[stem]["type"], Ragged)
            columns[stem] = kind(array, arrays[f"{stem}.offsets"])
    return columns


# Parameters of the server that do not choose samples, but say what of them is wanted.
_OF_SAMPLES = {"split", "features", "num_words", "skip_top", "maxlen", "start_char", "oov_char",
               "index_from", "padding", "truncating", "max_tokens"}
_OF_BATCHES = ("padding", "truncating", "max_tokens")
# And those that a Dataset sees to itself.
_NOT_ASKED = {"offset": "data[100:200]", "limit": "data[:100]", "indices": "data[[5, 7]]",
              "rev": "revision=", "format": "arrays are what there is"}


class Dataset:
    """One split of a dataset, as a sequence of samples and a stream of batches.

    A sample is a dict of what its features are: numpy arrays for images and arrays, numpy numbers
    for scalars and class ids, str for texts, int arrays for token ids, bytes for images that are
    kept encoded (JPEG, PNG); and "index", its place in the split. A batch is a dict of the same
    keys: arrays with the samples first, and a sequence (Ragged, Texts, EncodedImages) where samples
    differ in length. With padding=, truncating= ("pre" or "post") or max_tokens= token ids are a
    matrix instead, as of Keras's pad_sequences().

    `features` names the features that are wanted (default: all). Further keyword arguments choose
    samples as the server's parameters do: label="cat" or label=["cat", "dog"], num_words=10000,
    compat="keras" and so on. The dataset stays at the revision that it had when it was opened: when
    it is replaced, the next request raises RevisionChanged rather than mixing old and new. A run that
    goes on another day passes that `revision`, to be sure that it finds the same.

    `token`, `timeout` (seconds of silence), `retries`, `cafile` (a file with the certificates to
    trust) and `context` (an ssl.SSLContext) are about the connection. An object may be used by
    several threads, and handed to forked or spawned workers: each has a connection of its own.
    """

    def __init__(self, url, name, split=None, features=None, revision=None, token=None, timeout=30.0,
                 retries=8, cafile=None, context=None, **selection):
        for key in _NOT_ASKED.keys() & selection.keys():
            raise TypeError(f"a Dataset takes no {key}: {_NOT_ASKED[key]}")
        self._set_remote(_Connection(url, token, timeout, retries, cafile, context))
        self.name = name
        self._root = f"/datasets/{urllib.parse.quote(name, safe='')}"
        self.info = self._connection().json(self._root)
        self.revision = revision or self.info["revision"]
        self._choice = {key: _wanted(key, value) for key, value in
                        {"split": split, "features": _names(features), **selection}.items()}
        page = self._connection().json(self._path(
            "samples", limit=1, max_chars=1, **dict.fromkeys(_OF_BATCHES)))
        self.split, self._total = page["split"], page["total"]
        self.features = self.info["features"]
        if features is not None:
            names = self._choice["features"].split(",")
            self.features = {key: value for key, value in self.features.items() if key in names}

    def _path(self, what, **more):
        parameters = {**self._choice, "rev": self.revision, **more}
        return f"{self._root}/{what}?{_query(parameters)}"

    def _set_remote(self, connection):
        self._remote, self._local, self._idle = connection.remote, threading.local(), []
        self._local.connection = connection

    def _connection(self):
        """This thread's connection."""
        if not hasattr(self._local, "connection"):
            self._local.connection = _Connection(*self._remote)
        return self._local.connection

    def __getstate__(self):
        if self._remote[-1] is not None:
            raise TypeError("a Dataset with a context= cannot be handed to another process; with "
                            "cafile= it can")
        return {key: value for key, value in self.__dict__.items() if key not in ("_local", "_idle")}

    def __setstate__(self, state):
        self.__dict__.update(state)
        self._set_remote(_Connection(*self._remote))

    def close(self):
        """Closes this thread's connection, and those that no batches() uses now; they are opened again
        when they are needed."""
        self._connection().close()
        for _ in range(len(self._idle)):
            self._idle.pop()[0].close()

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
        answer = self._connection().json(
            f"{self._root}/classes?{_query({'feature': feature, 'rev': self.revision})}")
        return [one["name"] for one in answer["classes"]]

    # Samples

    def __getitem__(self, key):
        """data[7] is a sample; data[:100] and data[[1, 5, 9]] are batches."""
        if isinstance(key, slice):
            places = range(*key.indices(len(self)))
            return self._run(places) if places.step == 1 else self.batch(places)
        if isinstance(key, (int, np.integer)):
            place = int(key)
            if place < -len(self) or place >= len(self):
                raise IndexError(f"{place} of {len(self)} samples")
            return _sample(self._window(place % len(self), 1), 0)
        return self.batch(key)

    def __iter__(self):
        """All samples, one by one, fetched in batches."""
        for batch in self.batches():
            for i in range(len(batch["index"])):
                yield _sample(batch, i)

    def __getitems__(self, places):
        """What PyTorch's DataLoader calls: the samples of a whole batch by one request."""
        batch = self.batch(places)
        return [_sample(batch, i) for i in range(len(batch["index"]))]

    def batch(self, places):
        """The samples at these places of the selection, in this order: a dict of arrays. Or at
        those where a mask, a bool for each sample, is true."""
        places = np.asarray(places)
        if places.dtype == bool and places.shape == (len(self),):
            places = np.flatnonzero(places)
        if places.size == 0:
            places = places.astype(np.int64)
        if places.ndim != 1 or places.dtype.kind not in "iu":
            raise TypeError("a list of places is wanted, or a mask of as many bools as samples")
        wrong = places[(places < -len(self)) | (places >= len(self))]
        if wrong.size:
            raise IndexError(f"{wrong[0]} of {len(self)} samples")
        if not places.size:
            return self._run(range(0))
        if "compat" in self._choice:
            raise TypeError("with compat= there are single samples, slices without a step and "
                            "batches(), but no lists of places")
        places = places.astype(np.int64) % len(self)
        if not self._is_plain():
            places = self._order()[places]
        return _in_parts(self._picked, places)

    def _is_plain(self):
        """Whether the place of a sample in the selection is its index in the split."""
        return all(value is None or key in _OF_SAMPLES for key, value in self._choice.items())

    def _order(self):
        """The index in the split of each sample of the selection."""
        if not hasattr(self, "_indices"):
            self._indices = self._run(range(len(self)), features=self._smallest())["index"]
        return self._indices

    def _smallest(self):
        """The feature that takes the fewest bytes, as far as its kind tells."""
        kinds = ["class", "scalar", "array", "tokens", "text", "image"]
        return min(self.info["features"],
                   key=lambda name: kinds.index(self.info["features"][name]["type"]))

    def _picked(self, indices):
        """The samples of the split with these indices."""
        choice = {key: value if isinstance(value, str) else str(value)
                  for key, value in self._choice.items() if value is not None and key in _OF_SAMPLES}
        choice["rev"] = self.revision
        if len(indices) <= MOST_IN_URL:
            choice["indices"] = ",".join(map(str, indices.tolist()))
            return self._decode(self._connection().fetch(f"{self._root}/batch?{_query(choice)}"))
        body = json.dumps({**choice, "indices": indices.tolist()}).encode()
        return self._decode(self._connection().fetch(f"{self._root}/batch", body))

    def _window(self, offset, limit, connection=None, buffers=bytearray, **more):
        """The samples at places from offset on, not more than the server gives at a time."""
        path = self._path("batch", offset=offset, limit=limit, **more)
        return self._decode((connection or self._connection()).fetch(path, room=buffers))

    def _run(self, places, most=LARGEST_BATCH, **more):
        """The samples at a range of places, of any number."""
        if not places:
            return {name: column[:0] for name, column in self._window(0, 1, **more).items()}
        return _in_parts(lambda part: self._window(part.start, len(part), **more), places, most)

    def _decode(self, data):
        return _columns(_tensors(data), self.info["features"])

    def everything(self, features=None):
        """All samples as one batch, in as many requests as are good for it."""
        choice = {"features": _names(features)} if features is not None else {}
        sample = self._window(0, 1, **choice)
        size = sum(getattr(column, "values", column).nbytes for column in sample.values())
        return self._run(range(len(self)), min(LARGEST_BATCH, AT_ONCE // max(size, 1) + 1), **choice)

    def to_frame(self):
        """All samples as a pandas DataFrame: a column for each scalar, class (by name), text and
        list of token ids; the index is the sample's place in its split. Needs pandas."""
        import pandas
        wanted = {key: feature for key, feature in self.features.items()
                  if feature["type"] in ("scalar", "class", "text", "tokens")}
        if not wanted:
            raise SamplecaseError(f"{self.name} has no features that fit into a table")
        batch, columns = self.everything(list(wanted)), {}
        for key, feature in wanted.items():
            column = batch[key]
            if feature["type"] == "class":
                column = pandas.Categorical.from_codes(column, self.class_names(key))
            columns[key] = column if isinstance(column, pandas.Categorical) or (
                isinstance(column, np.ndarray) and column.ndim == 1) else list(column)
        return pandas.DataFrame(columns, index=pandas.Index(batch["index"], name="index"))

    # Training

    def batches(self, batch_size=256, shuffle=False, seed=None, epoch=None, shard=None, shards=None,
                drop_last=False, prefetch=4, start=0, features=None, padding=None, truncating=None,
                max_tokens=None):
        """Yields dicts of arrays, `batch_size` samples each, with `shuffle` in an order that is the
        same for the same seed and epoch (of each 0, or the Dataset's) on every machine. `prefetch` batches are fetched
        ahead, by a thread over a connection of its own, which stays for the next epoch (0: fetch
        when asked). With `shards` workers
        each takes its `shard` of the order. `start` is the number of samples (of this shard) to pass
        over: a run that stopped after k batches goes on with start=k*batch_size. Dropped
        connections and a busy server are waited for, and the loop goes on with the same batch.
        Arrays stay as they are as long as they are kept, and may be written to; their memory is used
        again once they are dropped. `features`, `padding`, `truncating` and `max_tokens` are as those
        of the Dataset, for these batches alone.

        With compat="keras" the seed that Keras shuffles and splits with is the server's for both, so
        that it belongs to the Dataset (seed=113); epoch tells orders apart."""
        if batch_size < 1 or batch_size > LARGEST_BATCH:
            raise ValueError(f"batch_size is {batch_size}; it must be 1 to {LARGEST_BATCH}")
        if start < 0:
            raise ValueError(f"start is {start}; it must be 0 or more")
        if (shard is None) != (shards is None):
            raise ValueError("shard and shards belong together: shard=0, shards=4")
        given = {"features": _names(features), "padding": padding, "truncating": truncating,
                 "max_tokens": max_tokens, "shard": shard, "shards": shards}
        choice = {key: value for key, value in given.items() if value is not None}
        if shuffle or self._choice.get("order") == "shuffle":
            choice["order"] = "shuffle"
            choice["epoch"] = self._choice.get("epoch", 0) if epoch is None else epoch
            if "compat" not in self._choice:
                choice["seed"] = self._choice.get("seed", 0) if seed is None else seed
            elif seed is not None:
                raise ValueError("with compat= the seed is an argument of the Dataset")
        total = len(self)
        if shards is not None:
            if not 0 <= shard < shards:
                raise ValueError(f"shard is {shard} of {shards}; there must be one at least, and they "
                                 "count from 0")
            if "shards" in self._choice:
                raise ValueError("the Dataset is a shard already")
            total = (len(self) - shard + shards - 1) // shards
        end = total - (total - start) % batch_size if drop_last else total
        return self._stream(range(start, end, batch_size), batch_size, choice, prefetch)

    def _stream(self, places, batch_size, choice, prefetch):
        try:  # what the last one left: it is up to speed
            connection, buffers = self._idle.pop()
        except IndexError:
            connection, buffers = _Connection(*self._remote), _Buffers()
        buffers.most = max(prefetch, 0) + 4
        path = self._path("batch", limit=batch_size, **choice)
        paths = (f"{path}&offset={place}" for place in places)
        answers = (connection.fetch(path, room=buffers) for path in paths) if prefetch < 1 else \
            _ahead(connection, paths, prefetch, buffers)
        ended = False
        try:
            for answer in answers:
                batch, answer = self._decode(answer), None
                yield batch
                batch = None  # so that its memory can be used again
            ended = True
        finally:
            answers.close()
            if ended and connection.is_idle() and len(self._idle) < MOST_IDLE:
                self._idle.append((connection, buffers))
            else:
                connection.close()


def _names(features):
    """Names of features as the server takes them."""
    return features if features is None or isinstance(features, str) else ",".join(features)


def _sample(batch, i):
    return {name: column[i] for name, column in batch.items()}


def _in_parts(fetch, places, most=LARGEST_BATCH):
    """fetch(places) as one batch, in parts of at most `most` samples, fewer where the server says
    that their bytes are too many for one answer."""
    parts, at = [], 0
    while at < len(places):
        some = places[at:at + most]
        try:
            parts.append(fetch(some))
        except RequestError as error:
            if error.code != "too_large" or len(some) == 1:
                raise
            most = (len(some) + 1) // 2
        else:
            at += len(some)
    return parts[0] if len(parts) == 1 else _joined(parts)


def _joined(parts):
    """Batches, one after the other, as one."""
    whole = {}
    for name, first in parts[0].items():
        columns = [part[name] for part in parts]
        if isinstance(first, Ragged):
            ends = np.cumsum([0] + [len(column.values) for column in columns])
            offsets = [column.offsets[:-1] + end for column, end in zip(columns, ends)]
            whole[name] = type(first)(np.concatenate([column.values for column in columns]),
                                      np.concatenate(offsets + [ends[-1:]]))
        else:
            whole[name] = np.concatenate(columns)
    return whole


def _ahead(connection, paths, depth, room):
    """The answers to paths in order, fetched by a thread, `depth` of them ahead of the caller. Queues
    are all that both share: the garbage collector may end this in the middle of the other's work."""
    ready, free, process = queue.SimpleQueue(), queue.SimpleQueue(), os.getpid()

    def next_path(wait):
        try:
            return next(paths, None) if free.get(block=wait) else None
        except queue.Empty:
            return None

    def run():
        try:
            for answer in connection.stream(next_path, room):
                ready.put((answer, None))
                answer = None  # so that its memory can be used again
            ready.put((None, None))
        except BaseException as error:  # goes to the caller, who waits for something
            ready.put((None, error))

    for _ in range(depth):
        free.put(True)
    thread = threading.Thread(target=run, name="samplecase", daemon=True)
    answer = ready  # anything but None, which is the last that the thread says
    try:
        thread.start()
        while True:
            if os.getpid() != process:
                raise SamplecaseError("a loop over batches goes on in the process that began it; "
                                      "another one begins its own, with start=")
            answer, error = ready.get()
            if error:
                raise error
            if answer is None:
                return
            free.put(True)
            yield answer
            answer = ready
    finally:
        if os.getpid() == process:
            if answer is not None:
                connection.stop()
                free.put(False)
            if thread.ident and thread is not threading.current_thread() and not sys.is_finalizing():
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


def load_data(name, url=None, token=None, cafile=None, **arguments):
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
    if known and not label_mode:
        choice["compat"] = "keras"
    choice.update(token=token, cafile=cafile)
    with Dataset(url, name, "train", **choice) as train:
        with Dataset(url, name, "test", revision=train.revision, **choice) as test:
            return _inputs_and_targets(train, label_mode), _inputs_and_targets(test, label_mode)


def _inputs_and_targets(data, label_mode):
    """(x, y) of one split."""
    target = f"{label_mode}_label" if label_mode else _target(data)
    inputs = [key for key in data.features if key != target]
    images = [key for key in inputs if data.features[key]["type"] == "image"]
    inputs = images[:1] or inputs
    if not inputs:
        raise SamplecaseError(f"{data.name} has nothing beside {target} to predict it from")
    batch = data.everything([*inputs, target])
    x, y = batch[inputs[0]], batch[target]
    if isinstance(x, Ragged):
        lists = np.empty(len(x), dtype=object)
        lists[:] = [one.tolist() if isinstance(one, np.ndarray) else one for one in x]
        return lists, y.astype(np.int64)
    if all(data.features[key]["type"] == "scalar" for key in inputs):
        return np.column_stack([batch[key] for key in inputs]), y
    if data.name in ("cifar10", "cifar100"):  # Keras keeps an axis here, and cifar100's type
        y = y.reshape(-1, 1).astype(np.uint8 if data.name == "cifar10" else np.int64)
    return x, y


def _target(data):
    """The feature that is to be predicted."""
    for key, feature in data.features.items():
        if feature["target"]:
            return key
    for key, feature in data.features.items():
        if feature["type"] == "class":
            return key
    raise SamplecaseError(f"{data.name} has no feature that is to be predicted")


class Bunch(dict):
    """A dict whose items are attributes as well, as scikit-learn's."""

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __dir__(self):
        return list(self)


def load_digits(url=None, token=None, cafile=None, *, n_class=10, return_X_y=False):
    """scikit-learn's digits: data float64[1797, 64], images float64[1797, 8, 8], target int64,
    feature_names, target_names, DESCR; of the first n_class digits, or (data, target) alone."""
    with Dataset(url, "digits", token=token, cafile=cafile) as data:
        batch, description = data.everything(["image", "label"]), data.info["description"]
    wanted = batch["label"] < n_class
    images = batch["image"][wanted].astype(np.float64)
    flat, target = images.reshape(len(images), -1), batch["label"][wanted].astype(np.int64)
    if return_X_y:
        return flat, target
    return Bunch(data=flat, images=images, target=target, frame=None,
                 feature_names=[f"pixel_{i}_{j}" for i in range(8) for j in range(8)],
                 target_names=np.arange(10), DESCR=description)


def word_index(name, url=None, token=None, cafile=None):
    """{word: rank}, as Keras's get_word_index()."""
    connection = _Connection(url, token, cafile=cafile)
    return connection.json(f"/datasets/{urllib.parse.quote(name, safe='')}/word_index.json")


def datasets(url=None, token=None, cafile=None):
    """The names of the datasets that the server has."""
    connection = _Connection(url, token, cafile=cafile)
    names, address = [], "/datasets?limit=1000"
    while address:
        page = connection.json(address)
        names += [one["name"] for one in page["datasets"]]
        address = page["next"] and "/datasets?" + page["next"].partition("?")[2]
    return names
