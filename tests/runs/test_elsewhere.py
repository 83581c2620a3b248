"""Runs that lie elsewhere: in memory, and in an object store that speaks S3, on the loopback."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from command import LONG_ENOUGH, foedus_process, python, wait_until
from faults import ended, kill, start, wait_for, whole

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("elsewhere")]

type Environment = dict[str, Any]

ASKED = ("run", "baseline", "--trials", 800, "--no-figures")
KEYS: Environment = {
    "AWS_ACCESS_KEY_ID": "nobody",
    "AWS_SECRET_ACCESS_KEY": "nothing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}

PORT = re.compile(r"^port (\d+)$", re.MULTILINE)

UNREACHABLE = {**KEYS, "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}


@pytest.fixture(scope="module")
def reference() -> dict[str, bytes]:
    """All files of the run on this machine."""
    return whole(*ASKED)


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    """Environment in which s3fs finds a server with a bucket."""
    log = tmp_path_factory.mktemp("moto") / "log"
    code = (
        "import logging, time; from moto.server import ThreadedMotoServer\n"
        "server = ThreadedMotoServer('127.0.0.1', 0); server.start()\n"
        "print('port', server.get_host_and_port()[1], flush=True)\n"
        "time.sleep(86_400)"
    )
    with log.open("w") as told:
        server = subprocess.Popen(
            [sys.executable, "-c", code],
            stdout=told,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **KEYS},
        )
    try:
        # The server itself may print lines of its own before or after ours.
        assert wait_until(lambda: PORT.search(log.read_text()), server), "no server"
        found = PORT.search(log.read_text())
        assert found is not None
        url = f"http://127.0.0.1:{found[1]}"
        urllib.request.urlopen(urllib.request.Request(f"{url}/bucket", method="PUT")).close()
        yield {**KEYS, "AWS_ENDPOINT_URL": url}
    finally:
        server.kill()
        server.wait(timeout=LONG_ENOUGH)


def _objects(s3: Environment, place: str) -> dict[str, bytes]:
    """All objects below a place, by name, read by somebody who knows fsspec only."""
    code = (
        "import sys, fsspec, json, base64\n"
        "system, root = fsspec.core.url_to_fs(sys.argv[1])\n"
        "found = {name[len(root) + 1:]: base64.b64encode(system.cat_file(name)).decode()\n"
        "         for name in system.find(root)}\n"
        "print(json.dumps(found))"
    )
    done = python("-c", code, place, **s3)
    assert done.returncode == 0, done.stderr
    return {name: base64.b64decode(text) for name, text in json.loads(done.stdout).items()}


@pytest.mark.slow
def test_a_run_in_an_object_store_is_killed_and_resumed(
    s3: Environment, reference: dict[str, bytes]
) -> None:
    out = "s3://bucket/runs"
    running = start(*ASKED, "--chunk", 100, "--out", out, env=s3)
    listing = f"{s3['AWS_ENDPOINT_URL']}/bucket?list-type=2&prefix=runs/"
    assert wait_for(
        lambda: urllib.request.urlopen(listing).read().count(b"/pieces/") >= 2, running
    ), ended(running)
    kill(running)
    assert not any(name.endswith("manifest.json") for name in _objects(s3, out))
    listed = foedus_process("runs", "list", "--out", out, **s3)
    assert "unfinished" in listed.stdout, listed.stderr
    done = foedus_process("run", "--resume", "--out", out, **s3)
    assert done.returncode == 0, done.stderr
    found = _objects(s3, out)
    (name,) = {each.partition("/")[0] for each in found}
    assert f"Run: {out}/{name}" in done.stdout
    files = {each.removeprefix(f"{name}/"): content for each, content in found.items()}
    assert files.pop("manifest.json")
    assert files == reference
    steps = re.findall(r"Next: .*?foedus ([a-z][^(]*)", done.stdout)
    assert f"rerun {out}/{name}" in [step.strip() for step in steps]
    assert not any(step.startswith(("report", "explain")) for step in steps)
    again = foedus_process("rerun", f"{out}/{name}", **s3)
    assert again.returncode == 0, again.stderr
    assert "to the bit" in again.stdout


def test_a_run_in_memory(reference: dict[str, bytes]) -> None:
    code = (
        "import sys, json, hashlib, fsspec; from foedus.cli import main\n"
        "status = main([*sys.argv[1:], '--chunk', '100', '--out', 'memory://runs'])\n"
        "system = fsspec.filesystem('memory')\n"
        "found = {name.split('/', 3)[3]: system.cat_file(name) for name in system.find('/runs')}\n"
        "print(json.dumps({name: hashlib.sha256(found[name]).hexdigest() for name in found}))\n"
        "sys.exit(status)"
    )
    done = python("-c", code, *ASKED)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found.pop("manifest.json")
    assert found == {
        name: hashlib.sha256(content).hexdigest() for name, content in reference.items()
    }


def test_a_place_that_cannot_be_reached_is_one_clear_line() -> None:
    for place in ("nowhere://x/runs", "s3://"):
        done = foedus_process(*ASKED, "--out", place, **UNREACHABLE)
        assert done.returncode == 2, done.stderr
        assert place.partition("/")[0] in done.stderr
        assert "Traceback" not in done.stderr
