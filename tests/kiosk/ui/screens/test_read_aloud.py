"""A screen is read with a finger, in every language; a frame shows what is read; what is private is never spoken."""

from __future__ import annotations

import pytest

from kiosk.ui.harness import middle
from kiosk.ui.presenters.aloud import VOLUMES, Aloud
from kiosk.ui.sample import EveryWord, sample_kiosk
from kiosk.ui.screens.base import _areas_around, spoken
from kiosk.ui.screens.examples import TOLD, WAYS, picture, walk
from kiosk.ui.strings import LANGUAGES
from kiosk.ui.widgets import LOOK
from kiosk.words import sentence
from tests.kiosk.ui.screens.conftest import Shown


@pytest.fixture
def shown(stage, tmp_path):
    """A sample kiosk on the panel that can say everything."""
    stage.resize((540, 960))
    settings = {"window_width_px": 1080, "window_height_px": 1920}
    with sample_kiosk(tmp_path, settings=settings, voices=lambda _language: EveryWord()) as kiosk:
        yield Shown(stage, kiosk)
        stage.clear()


@pytest.fixture
def asked(monkeypatch):
    """Every text that was asked to be read."""
    texts = []
    prepare = Aloud.prepare

    def listen(self, wanted, language, gap_s=0.0):
        texts.extend(wanted)
        return prepare(self, wanted, language, gap_s)

    monkeypatch.setattr(Aloud, "prepare", listen)
    return texts


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_touch_reads_the_screen_from_the_top(shown, asked, language):
    """The foot's sign starts and stops it; meanwhile its neighbour is the volume; the frame goes from part to part."""
    shown.begin()
    shown.touch("language-" + language, "read")
    assert asked[0].startswith(shown.flow.view.office)
    assert any(sentence("home.services", language) in text for text in asked)
    assert len(shown.kiosk.sound.heard) == 1
    assert shown.key("read").text == sentence("foot.hush", language)
    places = []
    LOOK.motion = False
    for at in range(4):
        while shown.flow.chrome.reading < at:
            shown.kiosk.pass_s(1)
        shown.stage.frames(2)
        frame = shown.screen._frame
        places.append((round(frame.x), round(frame.y + frame.height)))
        assert frame.seen
        part = shown.screen._parts[shown.flow.chrome.reading]
        assert frame.x < part.to_window(part.x, part.y)[0] < frame.right
    assert places[0][1] > places[-1][1]
    assert len(set(places)) > 3
    shown.touch("louder")
    assert shown.kiosk.sound.heard[-1][1] == 1.0
    shown.touch("read")
    assert not shown.screen._frame.seen
    assert shown.kiosk.sound.over
    assert shown.key("read").text == sentence("foot.read", language)


def test_what_lies_further_down_is_brought_into_sight(shown):
    """Whoever only listens sees what is spoken of."""
    shown.begin()
    shown.touch("services", "service-land_tax_payment", "read")
    LOOK.motion = False
    while shown.flow.chrome.reading < len(shown.screen._parts) - 4:
        shown.kiosk.pass_s(1)
    shown.stage.frames(2)
    part = shown.screen._parts[shown.flow.chrome.reading]
    assert shown.screen.ids.area.offset > 0
    _, bottom = part.to_window(part.x, part.y)
    area = shown.screen.ids.area
    assert bottom >= area.to_window(area.x, area.y)[1] - 1


def test_without_sound_the_foot_says_so(shown):
    """No button that does nothing."""
    shown.kiosk.sound.says = "none"
    shown.begin()
    assert shown.key("read").text == sentence("foot.no_sound", "th")
    assert shown.key("read").disabled


#: What was typed in the examples, and codes told to one person alone.
SECRETS = (
    TOLD, "เสาไฟต้นที่ 4", "เจ้าหน้าที่ขอเงินสองร้อย", "ไฟติดสองวัน", "มะรอนิง", "0812345678", "4827", "3193", "0552", "6704",
    "ช่วยกรอกแบบให้แม่", "รอนานมากค่ะ", "เสียภาษีที่ดินได้ถึงวันไหน",
)  # fmt: skip


@pytest.mark.parametrize("name", [name for name in WAYS if WAYS[name]])
def test_what_is_private_is_never_read(stage, kiosk, name):
    """On no screen: typed words, names, numbers, codes, answers to a case."""
    stage.resize((1080, 1920))
    page = stage.show(picture(name, kiosk, "th"))
    told = "\n".join(text for _, text in spoken(page))
    assert [secret for secret in SECRETS if secret in told] == []
    if name.startswith(("recorded", "kept")):
        assert not any(group and group in told for group in kiosk.flow.view.groups)
    assert told or name == "warning"


def in_sight(shown, action):
    """Whether the target stands in the part of the page that is seen."""
    widget = shown.key(action)
    return all(area.y < middle(widget)[1] < area.top for area in _areas_around(widget))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["recorded-heard", "kept-heard"])
def test_a_code_is_heard_by_touch_alone_a_frame_round_its_group(shown, asked, name, language):
    """Silent until asked; then figure by figure at the visit's volume; a touch, and the end of the visit, stop it."""
    walk(shown.kiosk, name, language)
    shown.flow.on_change = shown.front.draw
    shown.flow.show()
    shown.settle()
    assert shown.kiosk.sound.heard == []
    groups = shown.flow.view.groups
    assert shown.key("hear").text == sentence("recorded.hear", language)
    while not in_sight(shown, "hear"):
        shown.touch("page-forth")
    shown.touch("hear")
    assert asked == [" ".join(group) for group in groups]
    [(_, volume)] = shown.kiosk.sound.heard
    assert volume == VOLUMES[shown.flow.visit.volume]
    assert shown.key("hear").text == sentence("foot.hush", language)
    assert [part.item for part in shown.screen._parts] == list(groups)
    shown.stage.frames(2)
    assert shown.screen._frame.seen
    shown.touch("hear")
    assert shown.kiosk.sound.over
    assert not shown.screen._frame.seen
    shown.touch("hear")
    shown.flow.reset()
    assert shown.kiosk.sound.over
    assert shown.flow.aloud._reading is None
