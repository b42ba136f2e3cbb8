"""Reading an office's folder from the disk; what its files mean and must hold is `shared.source`."""

from pathlib import Path

from shared import source
from shared.source import Problem, Source, SourceRefused

#: A service is some four kilobytes; a file over this is not one of ours.
FILE_BYTES_MAX = 256 * 1024


def read_source(folder: Path) -> Source:
    """The office, services and notices in `folder`. Raises `SourceRefused` naming every problem by file and field."""
    files: dict[str, str] = {}
    problems: list[Problem] = []
    for path in sorted(folder.rglob("*.toml")):
        name = path.relative_to(folder).as_posix()
        data = path.read_bytes()
        if len(data) > FILE_BYTES_MAX:
            problems.append(Problem(name, "", f"larger than {FILE_BYTES_MAX // 1024} KiB"))
            continue
        try:
            files[name] = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            problems.append(Problem(name, "", "not written in UTF-8"))
    if problems:
        raise SourceRefused(problems)
    return source.read(files)
