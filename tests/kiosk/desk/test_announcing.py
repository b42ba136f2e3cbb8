"""Called numbers are said whole, twice, in order, once each: told by the very samples that the player gets."""

import io
import time
import wave
from dataclasses import replace

import msgspec
import pytest

from kiosk.desk.announcing import QUEUE_MAX, Announcer, Caller, announce, clips_of_calls, heard, trouble, words_of_call
from kiosk.desk.boards import AWAY_MS
from kiosk.desk.counters import Queue
from kiosk.desk.queue import take_ticket
from kiosk.desk.sounding import chime
from kiosk.desk.tickets import Call
from kiosk.devices.voices import Voices, write_wav
from kiosk.speech import BYTES_A_SECOND, fingerprint, number_clips
from kiosk.store.errors import RowDamaged
from kiosk.studio import wanted
from shared.records import At
from tests.kiosk.tones import pack, tone
from tests.kiosk.worlds import Hands, make_world

AT = At(0, 420, b"boot-id1", 0, 1)


class Loudspeaker:
    """Keeps what it was given as WAV files; ends a sound when told."""

    def __init__(self) -> None:
        self.files: list[bytes] = []
        self.over = True

    def state(self):
        """Well."""
        return "ready"

    def play(self, samples, volume):
        """Begin."""
        assert self.over, "the second sound cut off the first"
        self.files.append(write_wav(samples))
        self.over = False
        return self

    def stop(self):
        """End."""
        self.over = True


def spoken(language):
    """A clip for each word an announcement can need, each of its own length."""
    words = dict.fromkeys([*clips_of_calls(language), *number_clips(language)])
    return {word: tone(0.05 + at / 1000, hz=300 + at) for at, word in enumerate(words)}


@pytest.fixture
def world(tmp_path):
    """A kiosk with a Thai and a Malay voice, and a loudspeaker that keeps everything."""
    for language in ("th", "ms"):
        pack(tmp_path / "voices" / f"{language}-office", [language], spoken(language))
    made = make_world(tmp_path / "kiosk")
    yield replace(made, sound=Loudspeaker(), voices=Voices([tmp_path / "voices"]))
    made.store.close()


def call(number, label="A027", counter="3"):
    """A call on the board."""
    return Call(number, label, counter, AT, "th")


def said(samples, language="th", clips=None):
    """Cut the sound of one language back into its words."""
    clips = clips or spoken(language)
    found = []
    while samples:
        word = next((word for word, sound in clips.items() if samples.startswith(sound)), None)
        if word is None:
            return found, samples
        found.append(word)
        samples = samples[len(clips[word]) :]
    return found, b""


@pytest.mark.parametrize(
    ("language", "reading", "words"),
    [
        ("th", "digits", "ขอเชิญหมายเลข เอ ศูนย์ สอง เจ็ด ที่ช่องบริการ สาม ค่ะ"),
        ("th", "whole", "ขอเชิญหมายเลข เอ ยี่ สิบ เจ็ด ที่ช่องบริการ สาม ค่ะ"),
        ("en", "digits", "Number A zero two seven please go to counter three"),
    ],
)
def test_the_words_of_a_call(language, reading, words):
    """As a person at the counter says it."""
    assert " ".join(words_of_call(call(1), language, reading)) == words


def test_malay_says_it_its_own_way():
    """Letter by its name, figures one by one."""
    found = words_of_call(call(1), "ms", "digits")
    assert found == ["Nombor", "A", "sifar", "dua", "tujuh", "sila ke kaunter", "tiga"]


@pytest.mark.parametrize(
    ("label", "counter", "thai"),
    [
        ("B011", "11", "บี สิบ เอ็ด"),
        ("C021", "21", "ซี ยี่ สิบ เอ็ด"),
        ("D100", "1", "ดี หนึ่ง ร้อย"),
        ("Z101", "2", "แซด หนึ่ง ร้อย เอ็ด"),
    ],
)
def test_whole_numbers_as_thai_counts(label, counter, thai):
    """Eleven is sip et, twenty-one yi sip et: not one one, not two one."""
    words = words_of_call(call(1, label, counter), "th", "whole")
    assert " ".join(words[1 : words.index("ที่ช่องบริการ")]) == thai


def test_one_sound_holds_chime_both_languages_and_all_of_it_again(world):
    """Decoded from the WAV that the player got: order, length, twice."""
    announcer = Announcer(world)
    announcer.hear("2026-03-16", [call(1)])
    begun = announcer.turn()
    assert begun is not None
    assert begun.missing == ()
    with wave.open(io.BytesIO(world.sound.files[0])) as file:
        samples = file.readframes(file.getnframes())
    half = (len(samples) - round(0.8 * BYTES_A_SECOND)) // 2
    first, second = samples[:half], samples[-half:]
    assert first == second
    assert first.startswith(chime())
    thai, rest = said(first[len(chime()) :])
    assert " ".join(thai) == "ขอเชิญหมายเลข เอ ศูนย์ สอง เจ็ด ที่ช่องบริการ สาม ค่ะ"
    malay, rest = said(rest[round(0.25 * BYTES_A_SECOND) :], "ms")
    assert malay == words_of_call(call(1), "ms", "digits")
    assert rest == b""


def test_five_calls_in_one_second_are_five_whole_announcements(world):
    """First called first said; none over another; a recall and the first of the day included."""
    announcer = Announcer(world)
    calls = [call(at, f"A{at:03d}") for at in range(1, 6)] + [call(6, "A001")]
    for upto in range(1, 7):
        announcer.hear("2026-03-16", calls[:upto])
    order = []
    while announcer.waiting or not world.sound.over:
        begun = announcer.turn()
        if begun is not None:
            order.append(begun.call.label)
            assert announcer.turn() is None
            assert world.floor.taken, "somebody who is read to would hear both"
        world.sound.stop()
        assert not world.floor.taken
    assert order == ["A001", "A002", "A003", "A004", "A005", "A001"]
    assert len(world.sound.files) == 6


def test_a_call_ends_what_is_read_before_it_begins(world):
    """One loudspeaker, one voice."""
    begun = []

    class Reading:
        over = False

        def stop(self):
            begun.append(len(world.sound.files))

    world.floor.reading = Reading()
    announcer = Announcer(world)
    announcer.hear("2026-03-16", [call(1)])
    announcer.turn()
    assert begun == [0]
    assert world.floor.reading is None


def test_nothing_of_before_is_said_after_a_restart_and_a_new_day_begins_at_one(world):
    """Whoever was called while nobody could hear stands on the board."""
    announcer = Announcer(world, since=7)
    announcer.hear("2026-03-16", [call(6), call(7), call(8)])
    assert announcer.waiting == 1
    announcer.hear("2026-03-17", [call(1)])
    assert announcer.waiting == 2
    announcer.hear("2026-03-17", [call(1)])
    assert announcer.waiting == 2


def test_a_language_with_a_hole_is_left_out_and_staff_are_told_which_word(world, tmp_path):
    """Half a sentence helps nobody."""
    clips = spoken("th")
    del clips["ค่ะ"]
    pack(tmp_path / "other" / "th-office", ["th"], clips)
    lacking = replace(world, voices=Voices([tmp_path / "other"]))
    made = announce(lacking, call(1))
    assert made.samples == b""
    assert "ค่ะ" in made.missing
    assert "Nombor" in made.missing
    announcer = Announcer(lacking)
    announcer.hear("2026-03-16", [call(1)])
    announcer.turn()
    assert announcer.missing == made.missing
    assert lacking.sound.files == []


def test_a_clip_that_cannot_be_read_is_as_good_as_none(world, tmp_path):
    """The pack lists it and its file is damaged: the other language speaks, and staff are told the word."""
    path = tmp_path / "voices" / "th-office" / f"{fingerprint('ศูนย์')}.wav"
    path.write_bytes(path.read_bytes()[:30])
    made = announce(world, call(1))
    assert made.missing == ("ศูนย์",)
    malay, _ = said(made.samples[len(chime()) :], "ms")
    assert malay == words_of_call(call(1), "ms", "digits")


def test_settings_choose_languages_reading_and_loudness(world):
    """Thai alone, as whole numbers."""
    config = msgspec.structs.replace(world.config, call_languages=["th"], call_numbers="whole")
    made = announce(replace(world, config=config), call(1, "A021"))
    words, rest = said(made.samples[len(chime()) :])
    assert " ".join(words) == "ขอเชิญหมายเลข เอ ยี่ สิบ เอ็ด ที่ช่องบริการ สาม ค่ะ"
    assert rest.startswith(bytes(round(0.8 * BYTES_A_SECOND) // 2 * 2) + chime())


def test_a_flood_keeps_the_newest(world):
    """Twenty sentences are two minutes of talk; older ones are read from the board."""
    announcer = Announcer(world)
    announcer.hear("2026-03-16", [call(at) for at in range(1, QUEUE_MAX + 6)])
    assert announcer.waiting == QUEUE_MAX
    begun = announcer.turn()
    assert begun is not None
    assert begun.call.id == 6


@pytest.mark.parametrize("language", ["th", "ms", "en"])
def test_the_recorder_asks_for_every_word_of_a_call(language):
    """Whoever records a voice is asked for letters and sentences too."""
    assert set(clips_of_calls(language)) <= set(wanted(language))


class Lobby:
    """A queue at a counter, and the thread that calls aloud."""

    def __init__(self, world) -> None:
        self.world, self.hands = world, Hands()
        self.clock = self.hands.clock()
        self.queue = Queue(world)
        self.queue.seen(self.clock.now(), "3", "open", staff="a", groups=("tax", "general"))
        self.presses = 0
        self.caller = Caller(world, self.clock, self.queue)

    def press(self):
        """The 16 bytes of a finger."""
        self.presses += 1
        return self.presses.to_bytes(16)

    def call(self):
        """Somebody comes and is called at once."""
        take_ticket(self.world, self.clock.now(), service_id="sign_tax", language="th")
        return self.queue.call_next(self.clock.now(), "3", action=self.press()).key

    def finish(self, key):
        """Done with."""
        self.queue.move(self.clock.now(), "finish", key, "3", action=self.press())

    def heard(self, count):
        """Let each sound end until `count` were begun; the numbers that were said, each whole."""
        files = self.world.sound.files
        deadline = time.monotonic() + 10
        while len(files) < count:
            assert time.monotonic() < deadline, f"{len(files)} of {count} were said"
            self.world.sound.stop()
            time.sleep(0.01)
        clips, labels = spoken("th"), []
        for file in files:
            with wave.open(io.BytesIO(file)) as sound:
                words, _ = said(sound.readframes(sound.getnframes())[len(chime()) :], clips=clips)
            labels.append(" ".join(words[1 : words.index("ที่ช่องบริการ")]))
        return labels


@pytest.fixture
def lobby(world):
    """The kiosk speaks."""
    made = Lobby(world)
    made.caller.start()
    yield made
    made.caller.close()


def test_presses_are_said_in_order_the_first_and_a_recall_too(lobby):
    """Through the real queue: four calls and a recall within a moment, each said whole, in order."""
    for at in range(4):
        key = lobby.call()
        if at < 3:
            lobby.finish(key)
    lobby.queue.move(lobby.clock.now(), "recall", key, "3", action=lobby.press())
    assert lobby.heard(5) == ["เอ ศูนย์ ศูนย์ หนึ่ง", "เอ ศูนย์ ศูนย์ สอง", "เอ ศูนย์ ศูนย์ สาม"] + ["เอ ศูนย์ ศูนย์ สี่"] * 2


def test_a_restarted_kiosk_says_nothing_of_before(lobby, world):
    """Not what was said, not what waited to be said; what is called from then on, it says."""
    lobby.finish(lobby.call())
    lobby.heard(1)
    lobby.finish(lobby.call())
    lobby.caller.close()
    del world.sound.files[:]
    world.sound.stop()
    again = Lobby(world)
    again.caller.start()
    try:
        again.presses = 100
        again.call()
        assert again.heard(1) == ["เอ ศูนย์ ศูนย์ สาม"]
    finally:
        again.caller.close()


def test_a_failure_while_a_call_is_read_costs_nobody_the_next_one(lobby, monkeypatch, caplog):
    """The diary says so, and everything is said as soon as it can be."""
    monkeypatch.setattr("kiosk.desk.announcing._RETRY_S", 0.05)
    look = lobby.queue.look
    broken = iter([RowDamaged("a row"), OSError("the disk")])

    def sometimes():
        for error in broken:
            raise error
        return look()

    monkeypatch.setattr(lobby.queue, "look", sometimes)
    lobby.finish(lobby.call())
    assert lobby.heard(1) == ["เอ ศูนย์ ศูนย์ หนึ่ง"]
    assert caplog.text.count("could not be said") == 2


def test_the_kiosk_and_a_board_do_not_speak_both(world):
    """Where a board shall speak, the kiosk is silent while one can be heard, and speaks while none can."""
    config = msgspec.structs.replace(world.config, call_speaker="board")
    lobby = Lobby(replace(world, config=config))
    lobby.caller.start()
    try:
        lobby.world.boards.tell("tv", "ok", lobby.clock.mono_ms())
        assert heard(lobby.world, lobby.clock.mono_ms()).state == "ok"
        lobby.finish(lobby.call())
        time.sleep(0.3)
        assert world.sound.files == []
        lobby.world.boards.tell("tv", "muted", lobby.clock.mono_ms())
        lobby.finish(lobby.call())
        assert lobby.heard(1) == ["เอ ศูนย์ ศูนย์ สอง"]
        lobby.world.boards.tell("tv", "ok", lobby.clock.mono_ms())
        lobby.hands.pass_s(AWAY_MS / 1000 + 1)
        lobby.finish(lobby.call())
        assert lobby.heard(2)[1] == "เอ ศูนย์ ศูนย์ สาม"
    finally:
        lobby.caller.close()


@pytest.mark.parametrize(
    ("speaker", "loudspeaker", "board", "state"),
    [
        ("kiosk", "ready", None, "ok"),
        ("kiosk", "failed", "ok", "failed"),
        ("kiosk", "none", None, "none"),
        ("board", "none", "ok", "ok"),
        ("board", "none", "muted", "muted"),
        ("board", "failed", None, "muted"),
        ("board", "ready", "muted", "ok"),
        ("both", "failed", "ok", "ok"),
    ],
)
def test_whether_anybody_hears_the_calls(world, monkeypatch, speaker, loudspeaker, board, state):
    """By the loudspeaker, or by a board that may sound."""
    world = replace(world, config=msgspec.structs.replace(world.config, call_speaker=speaker))
    monkeypatch.setattr(world.sound, "state", lambda: loudspeaker)
    if board:
        world.boards.tell("tv", board, 1000)
    assert heard(world, 2000).state == state
    assert trouble(world, 2000) == (state if state in {"failed", "muted"} else "")
    assert trouble(world, 2000 + AWAY_MS) == ("away" if board else state if state in {"failed", "muted"} else "")
    assert heard(replace(world, voices=lambda _language: None), 2000).state == "none"
