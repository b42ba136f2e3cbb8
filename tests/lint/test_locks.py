"""What an office installs is enough: `./sala setup kiosk` and `./sala setup server` bring one lock each."""

import ast
import re
import sys
import tomllib
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


def plain(name):
    """A package's name as the index writes it."""
    return re.sub("[-_.]+", "-", name).lower()


def declared(extra):
    """The packages that one program asks for by name; its lock is made of these."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = [*project["dependencies"], *project["optional-dependencies"][extra]]
    return {plain(re.split(r"[\[<>=~! ]", line)[0]) for line in lines}


@pytest.mark.parametrize(("extra", "folder"), [("kiosk", "kiosk"), ("server", "sync_server")])
def test_a_program_asks_for_all_that_it_imports(extra, folder):
    """By name: what another package happens to bring, it may stop bringing."""
    names = {*imported(folder), *imported("shared")} - OURS - set(sys.stdlib_module_names)
    assert len(names) > 5
    wanted = {name: {plain(each) for each in PRESENT.get(name, [name])} for name in names}
    assert {name for name, packages in wanted.items() if not packages & declared(extra)} == set()


def test_locks_agree():
    """One version of a package for everybody: what was tested is what an office runs."""
    found = {}
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        for name, version in re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", path.read_text("utf-8"), re.MULTILINE):
            found.setdefault(name, {}).setdefault(version, []).append(path.name)
    assert {name: versions for name, versions in found.items() if len(versions) > 1} == {}
