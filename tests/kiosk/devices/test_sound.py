"""What is played reaches the player whole; a player that fails is told; silence is silence at once."""

import shutil
import sys
import time
from array import array

import pytest

from kiosk.config import make
from kiosk.devices.sound import Player, from_config, louder
from kiosk.devices.voices import read_wav
from tests.kiosk.tones import tone

#: A player that copies what it is given to the path named first.
COPIES = (sys.executable, "-c", "import shutil, sys; shutil.copy(sys.argv[2], sys.argv[1])")
WAITS = (sys.executable, "-c", "import time; time.sleep(60)")
FAILS = (sys.executable, "-c", "import sys; sys.exit('no such card')")


def ended(playing):
    """Wait until it is over, and say whether it was within ten seconds."""
    until = time.monotonic() + 10
    while not playing.over and time.monotonic() < until:
        time.sleep(0.01)
    return playing.over


def test_the_player_gets_the_whole_sound(tmp_path):
    """As one WAV file, at the volume asked for, with nothing left anywhere else."""
    player = Player((*COPIES, str(tmp_path / "heard.wav")))
    assert ended(player.play(tone(0.5), 1.0))
    assert player.state() == "ready"
    assert read_wav((tmp_path / "heard.wav").read_bytes()) == tone(0.5)
    assert [path.name for path in tmp_path.iterdir()] == ["heard.wav"]


def test_a_player_that_fails_is_told_until_one_plays(tmp_path, caplog):
    """No loudspeaker is no secret."""
    player = Player(FAILS)
    assert ended(player.play(tone(), 1.0))
    assert player.state() == "failed"
    assert "no such card" in caplog.text
    player._command = (*COPIES, str(tmp_path / "heard.wav"))
    assert ended(player.play(tone(), 1.0))
    assert player.state() == "ready"


def test_a_player_that_is_gone_is_told():
    """As one that fails."""
    player = Player(("/nowhere/player",))
    assert ended(player.play(tone(), 1.0))
    assert player.state() == "failed"


def test_stop_is_heard_at_once_and_is_no_failure():
    """Whoever stopped the voice does not read "no sound" afterwards."""
    player = Player(WAITS)
    playing = player.play(tone(), 1.0)
    playing.stop()
    assert ended(playing)
    assert player.state() == "ready"


@pytest.mark.parametrize("volume", [0.35, 0.65, 1.0])
def test_volume_scales_every_sample(volume):
    """And never turns over."""
    loud = array("h", [-32768, -1000, 0, 1000, 32767])
    made = array("h", louder(loud.tobytes(), volume))
    assert [round(value * volume) for value in loud] == pytest.approx(list(made), abs=1)


def test_the_settings_choose(tmp_path, monkeypatch):
    """A named player, the first that is there, or none; a named one that is not there is none."""
    assert from_config(make(tmp_path, {"sound_player": ["none"]})).state() == "none"
    assert from_config(make(tmp_path, {"sound_player": ["no-such-player"]})).state() == "none"
    assert from_config(make(tmp_path, {"sound_player": [sys.executable]})).state() == "ready"
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/aplay" if name == "aplay" else None)
    assert from_config(make(tmp_path, {}))._command == ("aplay", "-q")
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert from_config(make(tmp_path, {})).state() == "none"
