"""The long soak still runs: a few simulated minutes of it, without trouble and without a word left behind."""

import logging

import pytest

from tests.soak.__main__ import CANARY, Day, Trouble


@pytest.fixture
def day(tmp_path):
    """A kiosk in the smallest window."""
    made = Day(tmp_path, seed=5, size=(360, 640))
    yield made
    made.close()


def test_some_minutes_leave_no_trouble(day):
    """Random hands open several screens, raise nothing, and what they type is in no file."""
    day.run(240)
    assert day.touches > 5
    assert len(day.steps) > 2
    assert day.left_behind() == []


def test_what_is_left_behind_would_be_seen(day, tmp_path):
    """The look for words finds one that was written."""
    (tmp_path / "crash.txt").write_text(f"...{CANARY}...", "utf-8")
    assert day.left_behind() == ["crash.txt"]


def test_trouble_in_the_diary_is_heard():
    """A line at ERROR counts, one at WARNING does not."""
    heard = Trouble()
    logger = logging.getLogger("tests.soak.heard")
    logger.addHandler(heard)
    logger.error("failed")
    logger.warning("only looked at")
    assert heard.lines == ["tests.soak.heard: failed"]
