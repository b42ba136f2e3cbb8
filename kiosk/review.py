"""Reviewing the Malay words: what is missing or not yet approved, and writing down who approved it.

    sala-kiosk words                                        list what still falls back on this kiosk
    sala-kiosk words FOLDER                                 ... with this office's content
    sala-kiosk words FOLDER --approve-by POSITION           ... and approve every sentence listed
    sala-kiosk words FOLDER --approve-by POSITION --only foot slip      only tables of the kiosk's own sentences

FOLDER is the office's content as people edit it (such as assets/office-sample); its `words.toml` keeps who approved
what, by fingerprint (`shared.content.fingerprint`). Importing and publishing the folder carries it to the kiosks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec

from kiosk import words
from kiosk.words import JAWI
from shared import content, source
from shared.content import Bundle, Review, Words
from shared.errors import ContentRefused, SalaError
from shared.source import Malay, Source

_HEAD = """\
# Who approved which Jawi sentences. Written by `sala-kiosk words FOLDER --approve-by POSITION`; a line is the
# fingerprint of a Thai sentence and its Jawi. Whoever changes either of them takes the approval away.
"""


class FolderUnreadable(SalaError):
    """The office's folder cannot be read or written."""

    remedy = "Name the folder that holds office.toml, and look whether you may read and write there."


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence that is said in Malay. `key` is "table.key" for the kiosk's own, empty for the office's content."""

    key: str
    th: str
    ms: str
    jawi: str

    @property
    def mark(self) -> str:
        """What an approval of its Jawi names."""
        return content.fingerprint(self.th, self.jawi)

    @property
    def name(self) -> str:
        """How a person finds it."""
        return self.key or f"“{' '.join(self.th.split())}”"


@dataclass(frozen=True, slots=True)
class Left:
    """What a citizen cannot read in their own writing yet."""

    without_rumi: list[Sentence]
    without_jawi: list[Sentence]
    not_approved: list[Sentence]
    of_nothing: tuple[str, ...]
    """Thai sentences that a language file still renders and nobody says any more."""

    def __bool__(self) -> bool:
        return bool(self.without_rumi or self.without_jawi or self.not_approved or self.of_nothing)


def read_folder(folder: Path) -> Source:
    """The office's content in `folder`. Raises `FolderUnreadable`, or `SourceRefused` with everything to mend."""
    try:
        return source.read(
            {each.relative_to(folder).as_posix(): each.read_text("utf-8") for each in sorted(folder.rglob("*.toml"))},
            {each.relative_to(folder).as_posix(): each.read_bytes() for each in sorted(folder.rglob("*.png"))},
        )
    except (OSError, UnicodeDecodeError) as error:
        raise FolderUnreadable(f"{folder} cannot be read: {error}") from error


def sentences(malay: Iterable[Malay]) -> Iterator[Sentence]:
    """Everything said in Malay: the kiosk's own sentences, then the office's."""
    for key, each in words.table().items():
        yield Sentence(key, each["th"], each.get("ms", ""), each.get(JAWI, ""))
    for text in malay:
        yield Sentence("", text.th, text.ms, text.jawi)


def left(office: Source) -> Left:
    """What is missing in an office's folder, and what waits for a reviewer."""
    return _left(office.words, office.malay, office.of_nothing)


def left_in(bundle: Bundle) -> Left:
    """What is missing in an edition as kiosks show it, and what waits for a reviewer."""
    return _left(bundle.words, source.malay_of(bundle), ())


def _left(approved: Words, malay: Iterable[Malay], of_nothing: tuple[str, ...]) -> Left:
    marks = content.approved(approved)
    every = list(sentences(malay))
    return Left(
        [each for each in every if not each.ms],
        [each for each in every if not each.jawi],
        [each for each in every if each.jawi and each.mark not in marks],
        of_nothing,
    )


def approve(folder: Path, by: str, on: date, tables: Collection[str] = ()) -> int:
    """Write down in `folder` that the position `by` approved what waits, limited to the kiosk's `tables` where some are
    named; returns how many sentences that were. Approvals of sentences that nobody says any more are dropped.
    """
    if not by.strip():
        raise ContentRefused("an approval names a position")
    office = read_folder(folder)
    said = {each.mark: each for each in sentences(office.malay) if each.jawi}
    fresh = [each.mark for each in left(office).not_approved if not tables or each.key.partition(".")[0] in tables]
    by_review = {(each.by, each.on): list(each.approved) for each in office.words.reviews}
    by_review.setdefault((by.strip(), on), []).extend(fresh)
    kept = [
        Review(by=position, on=day, approved=[mark for mark in marks if mark in said])
        for (position, day), marks in by_review.items()
    ]
    written = _written(Words(reviews=[each for each in kept if each.approved]), said)
    try:
        (folder / source.WORDS_FILE).write_text(written, "utf-8")
    except OSError as error:
        raise FolderUnreadable(f"{folder / source.WORDS_FILE} cannot be written: {error}") from error
    return len(fresh)


def _written(approved: Words, said: dict[str, Sentence]) -> str:
    lines = [_HEAD]
    for review in approved.reviews:
        lines += ["[[reviews]]", f"by = {msgspec.json.encode(review.by).decode()}", f"on = {review.on}", "approved = ["]
        lines += [f'    "{mark}",  # {said[mark].name}' for mark in dict.fromkeys(review.approved)]
        lines += ["]", ""]
    return "\n".join(lines)


def told(found: Left) -> str:
    """The list as a person reads it, one sentence a paragraph."""
    lines = [f"{each.name}: no Malay (Rumi); shown in Thai\n    {each.th}" for each in found.without_rumi]
    lines += [f"{each.name}: no Jawi; shown in Rumi\n    {each.ms or each.th}" for each in found.without_jawi]
    lines += [
        f"{each.name}: not approved; shown in Rumi\n    {each.th}\n    {each.ms}\n    {each.jawi}"
        for each in found.not_approved
    ]
    lines += [f"“{th}”: translated, but nobody says it any more" for th in found.of_nothing]
    counts = {
        "without Rumi": found.without_rumi, "without Jawi": found.without_jawi, "not approved": found.not_approved,
        "said no more": found.of_nothing,
    }  # fmt: skip
    return "\n".join([*lines, ", ".join(f"{len(each)} {name}" for name, each in counts.items())])
