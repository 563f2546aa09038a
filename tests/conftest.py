# SPDX-License-Identifier: MIT
"""What the tests that drive the real program share. The program is $SAMPLECASE, else
build-test/server/samplecase; whatever a sanitizer says about it fails the test that ran it."""
import json
import subprocess
import time

import pytest

import whole
from program import SAMPLES, Reports, Server, runner


@pytest.fixture(scope="session")
def session_reports(tmp_path_factory):
    return Reports(tmp_path_factory.mktemp("sanitizer"))


@pytest.fixture
def reports(tmp_path_factory):
    """Where sanitizers write during this test; checked at its end."""
    reports = Reports(tmp_path_factory.mktemp("sanitizer"))
    yield reports
    reports.check()


@pytest.fixture
def run(reports):
    return runner(reports)


@pytest.fixture
def run_json(run):
    """The document that a command prints with --json."""
    return lambda *args, **more: json.loads(run(*args, "--json", **more).stdout)


@pytest.fixture
def serve(reports):
    """serve(data, *args): a server of its own, ended with the test."""
    servers = []

    def start(data, *args, **more):
        servers.append(Server(reports, data, *args, **more))
        return servers[-1]
    yield start
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A folder with cert.pem, that nobody but itself signed, and its key.pem."""
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-keyout", folder / "key.pem", "-out", folder / "cert.pem", "-days", "2", "-subj",
                    "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
                   check=True, capture_output=True)
    return folder


@pytest.fixture
def wait_until():
    """Waits for something that another thread or process is about to do; a bound, not a measure."""
    def wait(condition, seconds=20):
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "it never came true"
            time.sleep(0.02)
    return wait


@pytest.fixture(scope="session")
def data(tmp_path_factory, session_reports):
    """A data folder with the samples; nobody changes it."""
    folder = tmp_path_factory.mktemp("data")
    for sample in sorted(SAMPLES.glob("*/")):
        if sample.is_dir() and sample.name != "__pycache__":
            runner(session_reports)("add", sample.name, sample, "--data", folder, "--quiet")
    return folder


@pytest.fixture(scope="session")
def server(session_reports, data):
    """One server of the samples for all tests that only read."""
    with Server(session_reports, data) as server:
        yield server


@pytest.fixture(autouse=True)
def nothing_reported(request):
    """Servers that tests share are looked at after each test that used one."""
    yield
    for name in {"server", "whole_server"} & set(request.fixturenames):
        request.getfixturevalue(name).check()


@pytest.fixture(scope="session")
def whole_data(tmp_path_factory, session_reports):
    """A data folder with every whole dataset whose files are on this machine."""
    folder = tmp_path_factory.mktemp("whole")
    for dataset in whole.HERE.values():
        runner(session_reports)("add", dataset.name, *dataset.files, "--data", folder, "--quiet")
    return folder


@pytest.fixture(scope="session")
def whole_server(session_reports, whole_data):
    with Server(session_reports, whole_data) as server:
        yield server
