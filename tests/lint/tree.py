"""The files of the project as a newcomer's clone holds them, for the tests beside this file."""

import fnmatch
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def files(*suffixes: str) -> Iterator[Path]:
    """Every file below the root that .gitignore does not leave out, of these suffixes (all, when none is given)."""
    return (path for path in _all_files() if not suffixes or path.suffix in suffixes)


@lru_cache(maxsize=1)
def _all_files() -> tuple[Path, ...]:
    # Walks by itself, for an unpacked archive or a bare system has no git. The patterns of .gitignore are names, each.
    ignored = [
        line.rstrip("/") for line in (ROOT / ".gitignore").read_text("utf-8").split() if not line.startswith("#")
    ]

    def walk(folder: Path) -> Iterator[Path]:
        for entry in sorted(folder.iterdir()):
            if entry.name == ".git" or any(fnmatch.fnmatch(entry.name, pattern) for pattern in ignored):
                continue
            if entry.is_dir():
                yield from walk(entry)
            else:
                yield entry

    return tuple(walk(ROOT))


def text(path: Path) -> str | None:
    """What the file says; None for pictures, fonts and other bytes."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return None
