"""Reading an office's folder from the disk; what its files mean and must hold is `shared.source`."""

from pathlib import Path

from shared import source
from shared.content import PICTURE_BYTES_MAX
from shared.source import Problem, Source, SourceRefused

#: A service is some four kilobytes; a file over this is not one of ours.
FILE_BYTES_MAX = 256 * 1024


def read_source(folder: Path) -> Source:
    """The office, services, notices and pictures of forms in `folder`. Raises `SourceRefused` naming every problem by
    file and field.
    """
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
    # Too large ones are refused by name in there; one byte more than allowed is enough to know.
    drawn = {path.relative_to(folder).as_posix(): _head(path) for path in sorted(folder.rglob("*.png"))}
    return source.read(files, drawn)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(PICTURE_BYTES_MAX + 1)
