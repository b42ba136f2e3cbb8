"""What an office installs is enough: `./sala setup kiosk` and `./sala setup server` bring one lock each."""

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = {"kiosk", "shared", "sync_server"}
PRESENT = packages_distributions()


def imported(folder):
    """The packages that the modules of a folder import, by the name they are imported under."""
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                yield from (each.name.split(".")[0] for each in node.names)
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                yield node.module.split(".")[0]


def locked(name):
    """The packages of a lock, as the index writes them."""
    lines = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")
    return {each.lower() for each in re.findall(r"^([A-Za-z0-9._-]+)==", lines, re.MULTILINE)}


@pytest.mark.parametrize(("lock", "folders"), [("kiosk", ("kiosk", "shared")), ("server", ("sync_server", "shared"))])
def test_a_lock_has_all_that_its_program_imports(lock, folders):
    """Also what another package happens to bring: it may stop doing so."""
    names = {name for folder in folders for name in imported(folder)} - OURS - set(sys.stdlib_module_names)
    assert len(names) > 5
    wanted = {name: {re.sub("[-_.]+", "-", each).lower() for each in PRESENT.get(name, [name])} for name in names}
    assert {name for name, packages in wanted.items() if not packages & locked(lock)} == set()


def test_locks_agree():
    """One version of a package for everybody: what was tested is what an office runs."""
    found = {}
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        for name, version in re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", path.read_text("utf-8"), re.MULTILINE):
            found.setdefault(name, {}).setdefault(version, []).append(path.name)
    assert {name: versions for name, versions in found.items() if len(versions) > 1} == {}
