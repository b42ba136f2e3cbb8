"""Voice packs are made: a placeholder by machine for every language, and recordings by people, clip by clip."""

from __future__ import annotations

import msgspec
import pytest

from kiosk import speech, studio, words
from kiosk.__main__ import main
from kiosk.devices.voices import MANIFEST_NAME, Pack, Voices
from kiosk.speech import fingerprint, spell
from kiosk.ui.shaping.house import breaker
from shared.content import Text
from tests.kiosk.tones import tone

CONTENT = [Text(th="จ่ายภาษีป้าย", en="Pay the sign tax", ms="Bayar cukai papan tanda", ms_arab="باير چوکاي ڤڤن تندا")]


def beep(word: str) -> bytes:
    """A machine that says a word as long as it is."""
    return tone(0.05 * len(word))


# --- a placeholder ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", studio.MACHINE)
def test_a_placeholder_says_everything(tmp_path, language):
    """Every sentence of the kiosk and of the content, in each language it serves; and it says that it is one."""
    studio.make_placeholder(tmp_path / "pack", language, CONTENT, beep, breaker().words)
    for served in Pack(tmp_path / "pack").manifest.languages:
        voice = Voices([tmp_path])(served)
        assert voice.placeholder
        for text in [*speech.own_clips(served), *speech.number_clips(served), CONTENT[0].into(served)]:
            found = spell(text, served, voice, breaker().words)
            assert (found.missing, bool(found.clips)) == ((), True), text
            assert all(voice.samples(clip) for clip in found.clips), text


def test_jawi_speaks_with_the_rumi_it_stands_for(tmp_path):
    """One voice, two scripts: the clips of the Rumi sentence, in its order."""
    studio.make_placeholder(tmp_path / "pack", "ms", CONTENT, beep, breaker().words)
    jawi, rumi = (
        spell(CONTENT[0].into(each), each, Voices([tmp_path])(each), breaker().words) for each in (words.JAWI, "ms")
    )
    assert jawi.clips == rumi.clips == tuple(map(fingerprint, ["bayar", "cukai", "papan", "tanda"]))


def test_a_machine_that_is_not_there_is_told(monkeypatch):
    """With what to install."""
    monkeypatch.setattr("shutil.which", lambda _name: None)
    with pytest.raises(studio.CannotRecord, match="espeak-ng") as told:
        studio.espeak("th")
    assert "apt-get" in told.value.remedy


# --- sound --------------------------------------------------------------------------------------------------------


def test_silence_at_the_ends_goes():
    """But for a breath of it; and nothing but silence is nothing."""
    kept = studio.trimmed(bytes(32_000) + tone(0.5) + bytes(32_000))
    assert len(kept) / speech.BYTES_A_SECOND == pytest.approx(0.5 + 2 * 0.08, abs=0.02)
    assert studio.trimmed(bytes(32_000)) == b""


def test_another_rate_is_brought_to_ours():
    """As long as it was."""
    assert len(studio.resampled(tone(1), 22_050)) / 2 == pytest.approx(16_000 * 16_000 / 22_050, abs=2)
    assert studio.resampled(tone(1), speech.RATE_HZ) == tone(1)


@pytest.mark.parametrize(
    ("samples", "sentence"),
    [
        (tone(1), ""),
        (b"", "Nothing"),
        (tone(0.1), "Nothing"),
        (tone(1, height=0.02), "soft"),
        (tone(1, height=1), "loud"),
    ],
)
def test_a_bad_recording_is_told(samples, sentence):
    """In words for whoever speaks, and a good one is not."""
    assert sentence in studio.fault(samples)
    assert bool(studio.fault(samples)) == bool(sentence)


# --- recordings by people -----------------------------------------------------------------------------------------


class Person:
    """Somebody at the terminal: answers from a list, and says these takes."""

    def __init__(self, answers: list[str], takes: list[bytes]) -> None:
        self.answers, self.takes = answers, takes
        self.told: list[str] = []
        self.heard: list[bytes] = []

    def tell(self, line: str) -> None:
        """Read it."""
        self.told.append(line)

    def ask(self, line: str) -> str:
        """Answer the next of the list; leave when it is empty."""
        self.told.append(line)
        if not self.answers:
            raise EOFError
        return self.answers.pop(0)

    def begin(self) -> Person:
        """Take a breath."""
        return self

    def stop(self) -> bytes:
        """Have said the next take."""
        return self.takes.pop(0)

    def at(self, pack: studio.OfficePack, texts: list[str]) -> int:
        """Sit down and record."""
        return studio.record(pack, texts, studio.Desk(self, self.begin, self.heard.append))


@pytest.fixture
def pack(tmp_path):
    """The office's Thai pack, empty."""
    return studio.OfficePack(tmp_path / "th-office", "th", "เสียงตัวอย่าง", "CC-BY-4.0")


def test_kept_clips_are_heard(pack, tmp_path):
    """Enter, speak, Enter, hear it, Enter."""
    person = Person(["", "", ""] * 2, [tone(0.5), tone(0.7)])
    assert person.at(pack, ["หนึ่ง", "สอง"]) == 2
    voice = Voices([tmp_path])("th")
    assert [voice.samples(fingerprint(text)) for text in ("หนึ่ง", "สอง")] == person.heard
    assert not voice.placeholder
    assert Pack(pack.folder).manifest.speaker == "เสียงตัวอย่าง"


def test_a_bad_take_is_spoken_again_and_a_good_one_may_be(pack, tmp_path):
    """Too soft is said and not kept; "r" gives another try; "s" leaves the sentence for later."""
    person = Person(["", "", "", "", "r", "", "", "", "s"], [tone(0.5, height=0.03), tone(0.5), tone(0.6)])
    assert person.at(pack, ["หนึ่ง", "สอง"]) == 1
    assert any("Too soft" in line for line in person.told)
    assert Voices([tmp_path])("th").samples(fingerprint("หนึ่ง")) == person.heard[-1]
    assert studio.left("th", [Text(th="หนึ่ง"), Text(th="สอง")], [tmp_path])[-1:] != ["หนึ่ง"]


@pytest.mark.parametrize("leaves", [["", "", "", "q"], ["", "", "", ""], ["", "", ""]])
def test_whoever_leaves_finds_everything_kept(pack, tmp_path, leaves):
    """At any question; the next time the list begins where it ended."""
    person = Person(leaves, [tone(0.5), tone(0.5)])
    assert person.at(pack, ["หนึ่ง", "สอง"]) == 1
    again = studio.OfficePack(pack.folder, "th", "", "")
    assert list(again.manifest.clips) == [fingerprint("หนึ่ง")]
    rest = studio.left("th", [], [tmp_path])
    assert "หนึ่ง" not in rest
    assert "สอง" in rest


def test_a_clip_is_on_the_disk_before_the_list_names_it(pack, monkeypatch):
    """A power cut between the two leaves a file that nobody knows, never a name without a file."""

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(studio, "write_manifest", cut)
    with pytest.raises(KeyboardInterrupt):
        pack.keep("หนึ่ง", tone())
    assert (pack.folder / f"{fingerprint('หนึ่ง')}.wav").exists()
    assert not (pack.folder / MANIFEST_NAME).exists()


def test_placeholders_count_as_not_recorded(tmp_path):
    """What is left to record is what no person has said."""
    studio.make_placeholder(tmp_path / "th-placeholder", "th", [], beep, breaker().words)
    assert studio.left("th", [], [tmp_path]) == studio.wanted("th")
    assert "th: 0 of" in studio.told(["th"], [], [tmp_path])
    assert "placeholder" in studio.told(["th"], [], [tmp_path])


def test_every_text_of_content_is_found():
    """However deep it lies."""

    class Deep(msgspec.Struct):
        inside: dict[str, list[Text]]

    assert list(studio.texts_of([Deep({"a": CONTENT})])) == CONTENT


def test_the_command_lists_voices(tmp_path, capsys):
    """Who speaks, what is a placeholder, and how much people have recorded."""
    office = studio.OfficePack(tmp_path / "voices" / "th-office", "th", "เสียงตัวอย่าง", "CC-BY-4.0")
    office.keep(studio.wanted("th")[0], tone())
    assert main(["--data", str(tmp_path), "voices"]) == 0
    told = capsys.readouterr().out
    assert "th-office: th, 1 clips, recorded, เสียงตัวอย่าง" in told
    assert f"th: 1 of {len(studio.wanted('th'))}" in told
