"""What every test may ask for: reproducible Hypothesis, and a PostgreSQL of its own."""

import gc
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# The same examples on every machine, so that a red run can be seen again; `--hypothesis-profile=wide` looks further.
settings.register_profile("ci", derandomize=True, deadline=None, database=None, print_blob=True)
settings.register_profile(
    "wide", deadline=None, max_examples=5_000, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.load_profile("ci")


@pytest.fixture(autouse=True, scope="module")
def _what_was_before_rests() -> None:
    """What earlier files left is looked through no more: a sweep of it, a second each, would be half of a run.

    `gc.get_objects` then leaves it out as well; `tests.kiosk.ui.held.everything` does not.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """`postgres://...` of an empty cluster on loopback, made for this run and thrown away after it.

    PostgreSQL refuses to run as root, so as root it runs as the user its package made. Connect to create databases.
    """
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if not binaries:
        pytest.skip("PostgreSQL is not installed (package postgresql)")
    if os.geteuid() == 0 and "postgres" not in {entry.pw_name for entry in pwd.getpwall()}:
        pytest.skip("running as root, and there is no user postgres to run PostgreSQL as")
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    # Not pytest's tmp_path: its parents are closed to the other user, and a socket's path must be short.
    home = Path(tempfile.mkdtemp(prefix="sala-pg-"))
    try:
        if prefix:
            shutil.chown(home, "postgres")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        data, log = home / "data", home / "log"
        initdb = [binaries[-1] / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run([*prefix, *initdb, "--locale=C.UTF-8"], check=True, stdout=subprocess.DEVNULL, cwd=home)
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={home} -c fsync=off"
        pg_ctl = [*prefix, binaries[-1] / "pg_ctl", "-D", data]
        subprocess.run(
            [*pg_ctl, "-l", log, "-o", options, "-w", "start"], check=True, stdout=subprocess.DEVNULL, cwd=home
        )
        try:
            yield f"postgres://postgres@127.0.0.1:{port}/postgres"
        finally:
            subprocess.run([*pg_ctl, "-m", "immediate", "-w", "stop"], check=True, stdout=subprocess.DEVNULL, cwd=home)
    finally:
        shutil.rmtree(home)
