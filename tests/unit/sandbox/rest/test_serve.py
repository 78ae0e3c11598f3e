"""``python -m sandbox serve``: with a command, and until somebody closes it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from sandbox.cloud.store import Cloud
from tests.project import REPOSITORY

SERVE = [sys.executable, "-m", "sandbox", "serve"]
SECONDS = 30
# What a command finds in its environment, and that somebody is there.
ASKS = """
import os, requests
url = os.environ["MLOPS_SERVICES"] + "/metadata/endpoints?api-version=2022-09-01"
names = ("AZURE_AUTHORITY_HOST", "AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "SSL_CERT_FILE")
print(requests.get(url).json()["name"], all(os.environ[name] for name in names))
print([name for name in os.environ if name in ("SYSTEM_ACCESSTOKEN", "AZURE_CLIENT_CERTIFICATE_PATH", "ARM_TENANT_ID")])
raise SystemExit(5)
"""


def serve(folder: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*SERVE, "--cloud", str(folder), "--", *command],
        cwd=REPOSITORY,
        env={"PATH": "/usr/bin:/bin", **variables},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def test_a_command_comes_in_and_its_exit_code_is_the_doors(cloud: Cloud) -> None:
    elsewhere = {
        "SYSTEM_ACCESSTOKEN": "of a job",
        "AZURE_CLIENT_CERTIFICATE_PATH": "/somewhere",
        "ARM_TENANT_ID": "theirs",
    }
    done = serve(cloud.folder, sys.executable, "-c", ASKS, **elsewhere)
    assert (done.stdout, done.stderr, done.returncode) == ("Sandbox True\n[]\n", "", 5)


def test_a_command_that_a_signal_ends(cloud: Cloud) -> None:
    assert serve(cloud.folder, "sh", "-c", "kill -TERM $$").returncode == 128 + signal.SIGTERM


@pytest.mark.parametrize(
    ("command", "variables", "says"),
    [
        (["no-such-command"], {}, "There is no command no-such-command"),
        (["/etc"], {}, "/etc cannot be run"),
        (["true"], {"SANDBOX_ANSWER": "418:1"}, "SANDBOX_ANSWER=418:1 means nothing"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    cloud: Cloud, command: list[str], variables: dict[str, str], says: str
) -> None:
    done = serve(cloud.folder, *command, **variables)
    assert done.returncode == 1
    assert says in done.stderr
    assert done.stderr.startswith("Error: ")
    assert "Traceback" not in done.stderr


def test_without_a_cloud_it_says_how_to_make_one(tmp_path: Path) -> None:
    done = serve(tmp_path / "nowhere", "true")
    assert done.returncode == 1
    assert "make sandbox KEEP=1" in done.stderr


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_without_a_command_it_stays_and_leaves_nothing(cloud: Cloud, ending: signal.Signals) -> None:
    with subprocess.Popen(
        [*SERVE, "--cloud", str(cloud.folder)], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        lines = [process.stdout.readline() for _ in range(8)]
        exports = dict(line.removeprefix("export ").strip().split("=", 1) for line in lines[:7])
        assert set(exports) == {
            *("MLOPS_SERVICES", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "AZURE_AUTHORITY_HOST"),
            *("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"),
        }
        url = f"{exports['MLOPS_SERVICES']}/metadata/endpoints?api-version=2022-09-01"
        certificate = exports["SSL_CERT_FILE"]
        assert requests.get(url, verify=certificate, timeout=SECONDS).json()["name"] == "Sandbox"
        process.send_signal(ending)
        assert process.wait(timeout=SECONDS) == 0
    assert not Path(certificate).parent.exists()
