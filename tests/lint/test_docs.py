"""The docs name what is there: files, functions, commands, settings, dependencies."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from tree import ROOT, files

PACKAGES = ("shared", "kiosk", "sync_server", "demo", "bench")
DOCS = sorted(files(".md"))
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
SPAN = re.compile(r"`([^`\n]+)`")
PATH = re.compile(r"(?:[\w.-]+/)+[\w.-]*")
DOTTED = re.compile(rf"(?<![\w./-])(?:{'|'.join(PACKAGES)})(?:\.(?!py\b|toml\b|json\b)\w+)+")
MADE_HERE = ("build/", "keys/")  # made by a run, or lying in a data folder


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _spans(doc: Path) -> Iterator[str]:
    """The inline code of a page, without what stands in fenced blocks."""
    prose = re.sub(r"^```.*?^```", "", doc.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    yield from SPAN.findall(prose)


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("doc", DOCS, ids=_name)
def test_links_resolve(doc: Path) -> None:
    """Every relative link leads to a file, and its anchor to a heading there."""
    broken = []
    for target in LINK.findall(doc.read_text("utf-8")):
        if "://" in target or target.startswith("mailto:"):
            continue
        place, _, anchor = target.partition("#")
        page = (doc.parent / place).resolve() if place else doc
        if not page.exists() or (anchor and anchor not in _anchors(page)):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("doc", DOCS, ids=_name)
def test_named_files_exist(doc: Path) -> None:
    """A page that names a file of ours by its path tells the truth. Star patterns must match something."""
    folders = {path.name for path in ROOT.iterdir() if path.is_dir()}
    missing = []
    for span in _spans(doc):
        if span.startswith(MADE_HERE) or not (PATH.fullmatch(span) or "*" in span):
            continue
        if "/" not in span or span.split("/")[0] not in folders:
            continue  # a label, an address, a path elsewhere, a name told apart by its context
        if not (any(ROOT.glob(span)) if "*" in span else (ROOT / span).exists()):
            missing.append(span)
    assert missing == []


@pytest.mark.parametrize("doc", DOCS, ids=_name)
def test_named_functions_exist(doc: Path) -> None:
    """`kiosk.desk.tickets.take` in a page is a module with that function, class, method or table in it."""
    wrong = [name for span in _spans(doc) for name in DOTTED.findall(span.split("(")[0]) if not _exists(name)]
    assert wrong == []


def _exists(dotted: str) -> bool:
    parts = dotted.split(".")
    for cut in range(len(parts), 0, -1):
        place = ROOT.joinpath(*parts[:cut])
        source = place.with_suffix(".py") if place.with_suffix(".py").exists() else place / "__init__.py"
        if source.exists():
            return _holds(ast.parse(source.read_bytes()), parts[cut:])
        if place.is_dir():
            return cut == len(parts)
    return False


def _holds(scope: ast.AST, names: list[str]) -> bool:
    if not names:
        return True
    for node in getattr(scope, "body", []):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if node.name == names[0] and _holds(node, names[1:]):
                return True
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(target, ast.Name) and target.id == names[0] for target in targets):
                return len(names) == 1
        elif isinstance(node, ast.ImportFrom) and any((alias.asname or alias.name) == names[0] for alias in node.names):
            return len(names) == 1
    return False


def test_the_walk_names_each_side() -> None:
    """The walk leads through real functions of the vocabulary, the kiosk and the server, not past them."""
    spans = set(_spans(ROOT / "docs" / "walk.md"))
    for package in ("shared", "kiosk", "sync_server"):
        assert sum(1 for span in spans if span.startswith(f"{package}.")) >= 3, package


def test_every_dependency_has_a_line() -> None:
    """docs/dependencies.md says of each Python and Debian package what it is for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = [
        *project["dependencies"],
        *(line for extra in project["optional-dependencies"].values() for line in extra),
    ]
    wanted = {re.split(r"[\[<>=~! ]", line)[0] for line in declared}
    wanted |= set(re.findall(r"\|\| echo ([\w.-]+)$", (ROOT / "sala").read_text("utf-8"), re.MULTILINE))
    page = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| ")]
    named = {name.strip() for row in rows for name in row.split(",")}
    assert wanted - named == set()
    assert {name for name in named - wanted if re.fullmatch(r"[\w.-]+", name)} <= {"package", "files"}


@pytest.mark.parametrize("doc", DOCS, ids=_name)
def test_commands_exist(doc: Path) -> None:
    """`./sala verb` and `make chore` in a page are verbs and chores there are."""
    content = doc.read_text("utf-8")
    verbs = set(re.findall(r"^([a-z]+)\)$", (ROOT / "sala").read_text("utf-8"), re.MULTILINE))
    chores = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"\./sala ([a-z]+)", content)) <= verbs
    assert set(re.findall(r"`make ([a-z]+)", content)) <= chores


def _sub_commands(source: Path) -> set[str]:
    """`sala-kiosk enrol` and the others, as the opening paragraph of the program lists them."""
    opening = ast.get_docstring(ast.parse(source.read_bytes())) or ""
    return set(re.findall(r"^\s*(sala-(?:kiosk|server) [a-z-]+)", opening, re.MULTILINE))


@pytest.mark.parametrize("program", ["kiosk", "sync_server"])
def test_every_sub_command_is_in_operations(program: str) -> None:
    """Whoever runs the programs finds each sub-command in docs/operations.md."""
    commands = _sub_commands(ROOT / program / "__main__.py")
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    assert commands
    assert {command for command in commands if command not in page} == set()


def test_every_setting_of_the_server_is_in_operations() -> None:
    """Whoever sets up the server finds each environment variable it reads in docs/operations.md."""
    settings = (ROOT / "sync_server" / "settings.py").read_text("utf-8")
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    read = set(re.findall(r"environ(?:\.get\(|\[)\"([A-Z_]+)\"", settings))
    assert read
    assert {name for name in read if f"`{name}" not in page} == set()


def test_every_setting_of_the_kiosk_is_in_operations() -> None:
    """Whoever sets up a kiosk finds each line of kiosk.toml in docs/operations.md."""
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    (config,) = (
        node
        for node in ast.parse((ROOT / "kiosk" / "config.py").read_bytes()).body
        if isinstance(node, ast.ClassDef) and node.name == "Config"
    )
    fields = {
        node.target.id for node in config.body if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    assert "server_url" in fields
    assert {name for name in fields - {"data"} if f"`{name}`" not in page} == set()


def test_decisions_are_numbered_once_and_bear_their_number() -> None:
    """A number names one decision, in its file's name and in its title."""
    files = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    numbers = [path.name[:4] for path in files]
    assert numbers == [f"{at:04d}" for at in range(1, len(files) + 1)]
    for number, path in zip(numbers, files, strict=True):
        assert path.read_text("utf-8").startswith(f"# {number}. "), path.name
