"""Nothing of one machine, nothing unfinished and nothing unlocked is left in the tree."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from tree import ROOT, files, text

# None of these patterns matches its own line.
MACHINE_PATH = re.compile(r"(?<![\w.$}/])/(?:work|root|tmp|home)/[A-Za-z]")
REGISTRY = re.compile(r"(?:pypi|pythonhosted|npmjs|debian)\.(?:org|com)\b")
UNFINISHED = re.compile(r"\bTO[D]O\b|\bFIX[M]E\b|\bXX[X]\b|\bNot[I]mplementedError\b|pragma: no[ ]cover")


def _found(pattern: re.Pattern[str], *suffixes: str) -> list[str]:
    rows = []
    for path in files(*suffixes):
        for number, line in enumerate((text(path) or "").splitlines(), 1):
            if pattern.search(line):
                rows.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    return rows


def test_no_path_of_a_machine() -> None:
    """A file that names a folder of somebody's machine works on no other."""
    assert _found(MACHINE_PATH) == []


def test_no_address_of_a_registry() -> None:
    """Where packages come from is the installing machine's affair: a mirror or an offline folder must do as well."""
    assert _found(REGISTRY) == []


def test_nothing_unfinished() -> None:
    """What is not done is an open issue, not a mark in the code."""
    assert _found(UNFINISHED, ".py", ".kv", ".html", ".js", ".css", ".toml", ".md", ".yaml", "") == []


@pytest.mark.parametrize("lock", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda path: path.name)
def test_locks_hold_hashes_and_no_address(lock: Path) -> None:
    """Every requirement of a lock is pinned to one version with a hash, and none says where to fetch it."""
    content = lock.read_text("utf-8")
    requirements = [line for line in content.splitlines() if re.match(r"\w", line)]
    assert requirements
    assert all(re.match(r"[\w.\[\]-]+==\S+.*\\$", line) for line in requirements)
    assert content.count("--hash=sha256:") >= len(requirements)
    assert "://" not in content


def test_npm_locks_hold_no_address() -> None:
    """A lock of npm is written with omit-lockfile-registry-resolved."""
    assert [
        path for path in files(".json") if path.name == "package-lock.json" and '"resolved"' in path.read_text("utf-8")
    ] == []


def _declared(extra: str) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = [*project["dependencies"], *project["optional-dependencies"].get(extra, [])]
    return {_canonical(re.split(r"[\[<>=~! ]", line)[0]) for line in lines}


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _third_party(package: str) -> dict[str, str]:
    """Top-level module -> the file that imports it, of what is neither the standard library's nor ours."""
    ours = {"shared", "kiosk", "sync_server", "demo", "bench"}
    found = {}
    for path in files(".py"):
        if path.relative_to(ROOT).parts[0] != package:
            continue
        for node in ast.walk(ast.parse(path.read_bytes())):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            for name in names:
                top = name.partition(".")[0]
                if top not in sys.stdlib_module_names and top not in ours:
                    found[top] = str(path.relative_to(ROOT))
    return found


@pytest.mark.parametrize(("package", "extra"), [("shared", ""), ("kiosk", "kiosk"), ("sync_server", "server")])
def test_every_import_is_declared(package: str, extra: str) -> None:
    """A package imports what its own lock installs: a kiosk without the server's libraries must start."""
    providers = packages_distributions()
    declared = _declared(extra)
    undeclared = {
        module: place
        for module, place in _third_party(package).items()
        if not {_canonical(name) for name in providers.get(module, [])} & declared
    }
    assert undeclared == {}
