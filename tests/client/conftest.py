# SPDX-License-Identifier: MIT
"""The Python client as a remote machine has it: fetched from the server."""
import importlib.util
import sys

import pytest

import keras
from program import SAMPLES, Server, runner


@pytest.fixture(scope="session")
def samplecase(server, tmp_path_factory):
    """The module that the server hands out."""
    path = tmp_path_factory.mktemp("client") / "samplecase.py"
    path.write_bytes(server.get("/client/samplecase.py").body)
    spec = importlib.util.spec_from_file_location("samplecase", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # so that its objects can be pickled
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def lists():
    return {"train": keras.small(137, 1), "test": keras.small(61, 2, largest=90), "pool": keras.small(193, 3)}


@pytest.fixture(scope="session")
def tokens_server(tmp_path_factory, session_reports, lists):
    """A server of small datasets with the shapes of imdb and reuters, and boston_housing."""
    folder, run = tmp_path_factory.mktemp("keras"), runner(session_reports)
    data = folder / "data"
    run("add", "imdb", *keras.write_imdb(folder, lists["train"], lists["test"])[0], "--data", data)
    run("add", "reuters", *keras.write_reuters(folder, lists["pool"])[0], "--data", data)
    run("add", "boston_housing", SAMPLES / "boston_housing", "--data", data)
    with Server(session_reports, data) as server:
        yield server
