"""The kiosk's disk is full, really: nobody is thanked in vain, reading goes on, and so does recording once there is
room.
"""

import pytest

from kiosk.ui.sample import sample_kiosk
from kiosk.ui.strings import LANGUAGES
from tests.small_disk import fill, small_disk

SECRET = "ความลับของฉัน 7731"
#: What leads to the touch that records, and what is said to be lost.
WAYS = [
    ([("services",), ("choose", "sign_tax"), ("take",)], "ticket"),
    ([("rate",), ("rate", 4)], "rating"),
    ([("praise",), ("unknown",), ("send",)], "praise"),
    ([("problem",), ("general",), ("choose", "lamp"), ("village", "3"), ("next",), ("text", SECRET), ("next",),
      ("skip",), ("send",)], "case"),
]  # fmt: skip


@pytest.fixture
def disk(tmp_path):
    """A disk of 3 MiB."""
    with small_disk(tmp_path / "disk", 3 * 1024) as folder:
        yield folder


@pytest.fixture
def kiosk(disk):
    """The sample kiosk on it."""
    with sample_kiosk(disk) as made:
        made.flow.start()
        yield made


def visit(kiosk, language, way):
    """A whole visit up to its last touch."""
    kiosk.flow.reset()
    kiosk.do("begin")
    kiosk.do("speak", language)
    for verb, *arguments in way:
        kiosk.do(verb, *arguments)


def test_a_full_disk_is_said_and_gets_well_by_itself(kiosk, disk):
    """In every language the same: no number, no code, no thanks; the words are gone; services can be read; with room
    again the next number follows the last one that was given.
    """
    visit(kiosk, "th", WAYS[0][0])
    assert (kiosk.flow.step, kiosk.flow.view.label) == ("ticket", "A001")
    given = 1
    other = fill(disk)
    # The reserve and the last free page serve some touches more before everybody is sent away.
    for way, _ in (*WAYS, *WAYS):
        for _ in range(100):
            visit(kiosk, "th", way)
            given += kiosk.flow.step == "ticket"
            if kiosk.flow.step == "cannot":
                break
    before = kiosk.world.lobby.counts()
    for language in LANGUAGES:
        for way, lost in WAYS:
            visit(kiosk, language, way)
            assert kiosk.flow.step == "cannot", (language, lost)
            assert kiosk.flow.view.lost == kiosk.flow.say(f"cannot.lost_{lost}")
            assert "0-0000-0000" in kiosk.flow.view.phone
            assert kiosk.flow.visit.draft.text == ""
            kiosk.do("services")
            assert kiosk.flow.view.rows
    assert kiosk.world.lobby.counts() == before
    assert not any(SECRET.encode() in path.read_bytes() for path in disk.rglob("*") if path.is_file())

    kiosk.flow.staff()
    kiosk.settle()
    assert kiosk.flow.say("problem.cannot_record") in kiosk.flow.view.problems
    [storage] = [row for row in kiosk.flow.view.devices if row.icon == "hard-drives"]
    assert storage.level == "act"

    other.unlink()
    visit(kiosk, "en", WAYS[0][0])
    assert (kiosk.flow.step, kiosk.flow.view.label) == ("ticket", f"A{given + 1:03d}")
    kiosk.flow.staff()
    kiosk.settle()
    assert kiosk.flow.say("problem.cannot_record") not in kiosk.flow.view.problems
