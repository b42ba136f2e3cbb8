"""Reading aloud follows the citizen: it begins when asked, ends with the next act, and leaves nothing behind."""

from __future__ import annotations

import logging
import socket

import pytest

from kiosk.devices.printer import FolderPrinter
from kiosk.devices.voices import Voices
from kiosk.speech import BYTES_A_SECOND, digit_words
from kiosk.ui.presenters.aloud import DICTATION_GAP_S, VOLUMES
from kiosk.ui.sample import sample_kiosk
from kiosk.ui.screens.examples import WAYS
from tests.kiosk.tones import Said, pack, tone

PARTS = ("บริการทั้งหมด", "แตะเพื่อเลือก", "ไม่มีใครอัด")


@pytest.fixture
def kiosk(tmp_path):
    """A kiosk that can say the first two parts, at its start page."""
    said = Said(*PARTS[:2])
    with sample_kiosk(tmp_path, voices={"th": said}.get) as made:
        made.flow.start()
        made.do("begin")
        made.hands.pass_s(1)
        yield made


class Call:
    """A call that sounds until it is `over`."""

    over = False


def read(kiosk, texts=PARTS):
    """Ask for these parts."""
    kiosk.flow.read(texts)
    kiosk.settle()
    kiosk.flow.tick()
    kiosk.hands.pass_s(0.5)


def test_it_is_one_sound_with_every_part_in_its_order(kiosk):
    """Joined beforehand, a breath between the parts, silence for what nobody recorded."""
    read(kiosk)
    [(sound, volume)] = kiosk.sound.heard
    assert volume == VOLUMES[1]
    assert sound.startswith(tone(0.1))
    assert sound[len(tone(0.1)) :].lstrip(b"\0").startswith(tone(0.1).lstrip(b"\0")[:100])
    assert len(sound) / BYTES_A_SECOND == pytest.approx(0.1 + 0.35 + 0.1 + 0.35 + 1.2 + 0.35, abs=0.01)
    assert kiosk.flow.chrome.silent == {2}


def test_a_call_goes_first_and_the_reading_goes_on(kiosk):
    """What is read waits at its part, also for who wants it louder, and is heard from there when the call is over."""
    read(kiosk)
    while kiosk.flow.chrome.reading < 1:
        kiosk.hands.pass_s(0.1)
        kiosk.flow.tick()
    call = Call()
    kiosk.world.floor.call = call
    kiosk.flow.tick()
    assert kiosk.sound.over
    kiosk.hands.pass_s(9)
    kiosk.flow.tick()
    assert kiosk.flow.chrome.reading == 1
    kiosk.flow.louder()
    assert len(kiosk.sound.heard) == 1, "two voices at once"
    call.over = True
    kiosk.flow.tick()
    whole, rest = (sound for sound, _ in kiosk.sound.heard)
    assert whole.endswith(rest)
    assert len(rest) / BYTES_A_SECOND == pytest.approx(0.1 + 0.35 + 1.2 + 0.35, abs=0.01)
    assert kiosk.sound.heard[1][1] == VOLUMES[2]
    kiosk.hands.pass_s(0.5)
    kiosk.flow.tick()
    assert kiosk.flow.chrome.reading == 2


def test_a_call_that_nobody_heard_keeps_no_reading_silent(kiosk):
    """Its player may fail at once, between two looks."""
    read(kiosk)
    kiosk.world.floor.hush()
    kiosk.flow.tick()
    assert len(kiosk.sound.heard) == 2
    assert kiosk.flow.chrome.reading == 1


def test_who_asks_while_somebody_is_called_is_read_to_afterwards(kiosk):
    """Not a sound before, all of it then; and nothing after the next act."""
    kiosk.world.floor.call = call = Call()
    read(kiosk)
    assert (kiosk.sound.heard, kiosk.flow.chrome.reading) == ([], 0)
    call.over = True
    kiosk.flow.tick()
    assert len(kiosk.sound.heard) == 1
    kiosk.world.floor.call = call = Call()
    kiosk.flow.tick()
    kiosk.do("services")
    call.over = True
    kiosk.flow.tick()
    assert len(kiosk.sound.heard) == 1


def test_the_screen_knows_which_part_sounds(kiosk):
    """Part by part with the time, and none after the end."""
    kiosk.flow.read(PARTS)
    kiosk.settle()
    seen = []
    for _ in range(12):
        kiosk.flow.tick()
        seen.append(kiosk.flow.chrome.reading)
        kiosk.hands.pass_s(0.25)
    assert list(dict.fromkeys(seen)) == [0, 1, 2, -1]
    assert kiosk.sound.over


@pytest.mark.parametrize("act", ["hush", "home", "larger", "contrast", "finish"])
def test_the_next_act_ends_it(kiosk, act):
    """Whoever touches something has heard enough."""
    read(kiosk)
    assert not kiosk.sound.over
    getattr(kiosk.flow, act)()
    assert kiosk.sound.over
    assert kiosk.flow.chrome.reading == -1


def test_so_does_another_step(kiosk):
    """A verb of the screen as well."""
    read(kiosk)
    kiosk.do("services")
    assert kiosk.sound.over


def test_a_reading_that_comes_too_late_is_not_heard(kiosk):
    """The clips were found when the citizen had already gone on."""
    kiosk.flow.read(PARTS)
    kiosk.hands.pass_s(1)
    kiosk.presenter.services()
    kiosk.settle()
    assert kiosk.sound.heard == []


def test_louder_goes_on_from_the_part_that_sounds(kiosk):
    """Three steps, round and round; the part begins anew so that no word is lost."""
    read(kiosk)
    kiosk.flow.tick()
    assert kiosk.flow.chrome.reading == 1
    heard = kiosk.sound.heard[0][0]
    for step in (2, 0, 1):
        kiosk.flow.louder()
        sound, volume = kiosk.sound.heard[-1]
        assert volume == VOLUMES[step]
        assert sound == heard[-len(sound) :]
        assert len(heard) - len(sound) == pytest.approx(0.45 * BYTES_A_SECOND, abs=100)
        assert kiosk.flow.chrome.reading == 1
        kiosk.hands.pass_s(0.3)


def test_whoever_listens_is_there(kiosk):
    """No question whether somebody is there while the kiosk speaks; afterwards the time begins anew."""
    read(kiosk, PARTS[2:] * 40)
    kiosk.pass_s(50)
    assert kiosk.flow.warning is None
    assert kiosk.flow.chrome.reading > 0
    kiosk.pass_s(20)
    assert kiosk.flow.chrome.reading == -1
    kiosk.pass_s(41)
    assert kiosk.flow.warning is not None


def test_volume_ends_with_the_visit(kiosk):
    """The next citizen is not shouted at."""
    kiosk.flow.louder()
    assert kiosk.flow.chrome.volume == 2
    kiosk.flow.reset()
    assert kiosk.flow.chrome.volume == 1


def test_no_loudspeaker_and_no_voice_are_told(kiosk, tmp_path):
    """The screen offers nothing that is not there."""
    assert kiosk.flow.chrome.can_read
    kiosk.sound.says = "none"
    kiosk.flow.show()
    assert not kiosk.flow.chrome.can_read
    kiosk.sound.says = "failed"
    kiosk.flow.show()
    assert (kiosk.flow.chrome.can_read, kiosk.flow.chrome.unheard) == (True, True)
    kiosk.sound.says = "ready"
    kiosk.flow.visit.language = "en"
    kiosk.flow.show()
    assert not kiosk.flow.chrome.can_read


def test_a_player_that_ends_early_ends_the_reading(kiosk):
    """A loudspeaker that was pulled out leaves no frame wandering over the screen."""
    read(kiosk)
    kiosk.sound.over = True
    kiosk.flow.tick()
    assert kiosk.flow.chrome.reading == -1


def test_nothing_that_is_read_reaches_the_diary(kiosk, caplog, monkeypatch):
    """Nor does it where reading fails: the kind of error alone, and the citizen goes on."""
    caplog.set_level(logging.DEBUG)
    read(kiosk)

    def broken(texts, _language, _gap_s):
        raise OSError(texts[0])

    monkeypatch.setattr(kiosk.flow.aloud, "prepare", broken)
    read(kiosk)
    assert "OSError" in caplog.text
    assert not any(part in caplog.text for part in PARTS)
    assert kiosk.flow.step == "home"


def test_staff_are_told_who_speaks(kiosk):
    """No loudspeaker, no voice, a machine, or people: in words, and as something to see to."""
    kiosk.flow.staff()
    kiosk.settle()

    def row():
        kiosk.pass_s(6)
        kiosk.settle()
        kiosk.flow.show()
        [found] = [each for each in kiosk.flow.view.devices if each.icon == "speaker-high"]
        return found.detail, found.level

    assert kiosk.flow.step == "staff"
    assert row() == ("ยังไม่มีเสียง: English, Melayu", "look")
    machine = Said()
    machine.placeholder = True
    kiosk.world.voices.__self__.update({"en": Said(), "ms": machine, "ms-Arab": machine})
    assert row() == ("เสียงเครื่องชั่วคราว: Melayu", "look")
    machine.placeholder = False
    assert row() == ("เสียงคนของสำนักงาน", "fine")
    kiosk.sound.says = "failed"
    assert row()[1] == "look"
    kiosk.sound.says = "none"
    assert row()[1] == "fine"


def recorded(kiosk):
    """Report a dark lamp and stand before the code."""
    for verb, *arguments in WAYS["recorded"][1:]:
        kiosk.do(verb, *arguments)
    assert kiosk.flow.step == "recorded"
    return "".join(kiosk.flow.view.groups)


def test_a_code_is_said_figure_by_figure_with_time_to_write(tmp_path, caplog):
    """Sixteen figures in their order, never as an amount, a gap after each; the diary holds none of it."""
    caplog.set_level(logging.DEBUG)
    said = Figures()
    with sample_kiosk(tmp_path, voices={"th": said}.get) as kiosk:
        kiosk.flow.start()
        kiosk.do("begin")
        code = recorded(kiosk)
        kiosk.pass_s(5)
        assert kiosk.sound.heard == []
        kiosk.do("hear")
        [(sound, volume)] = kiosk.sound.heard
    assert volume == VOLUMES[1]
    assert said.spoken == [digit_words("th")[int(figure)] for figure in code]
    gaps = 16 * DICTATION_GAP_S + 4 * 0.35
    assert len(sound) / BYTES_A_SECOND == pytest.approx(16 * 0.1 + gaps, abs=0.01)
    assert not any(word in caplog.text for word in (code, *digit_words("th")))


def test_a_voice_that_lacks_a_figure_is_not_offered(tmp_path):
    """A code with a hole in it is no code."""
    said = Said(*digit_words("th")[:-1])
    with sample_kiosk(tmp_path, voices={"th": said}.get) as kiosk:
        kiosk.flow.start()
        kiosk.do("begin")
        recorded(kiosk)
        assert not kiosk.flow.view.can_hear
        assert kiosk.flow.chrome.can_read


def test_unplugged_it_speaks_and_prints_all_the_same(tmp_path, monkeypatch):
    """Clips lie on the disk and slips are drawn here: with no network at all nothing is missing (F-K12)."""
    pack(tmp_path / "voices" / "th-tones", ["th"], {word: tone(0.1) for word in digit_words("th")})

    def refuse(*_arguments, **_more):
        raise AssertionError("something reached for the network")

    monkeypatch.setattr(socket, "socket", refuse)
    (tmp_path / "kiosk").mkdir()
    with sample_kiosk(tmp_path / "kiosk", voices=Voices([tmp_path / "voices"])) as kiosk:
        kiosk.flow.start()
        kiosk.do("begin")
        recorded(kiosk)
        kiosk.do("hear")
        kiosk.do("print")
        [(sound, _)] = kiosk.sound.heard
        assert sound.count(tone(0.1)) == 16
        [slip] = kiosk.printer.tray
    assert FolderPrinter(tmp_path / "slips", 384).print(slip) == "printed"


class Figures(Said):
    """A voice of the ten figures that remembers what it was asked to say."""

    def __init__(self):
        super().__init__(*digit_words("th"))
        self.spoken = []

    def samples(self, clip):
        """A short beep, and a note of it."""
        self.spoken.append(self.texts[clip])
        return super().samples(clip)
