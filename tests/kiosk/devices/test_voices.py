"""Voice packs are asked clip by clip, people before machines, and a broken one stops nothing."""

import pytest

from kiosk.devices.voices import MANIFEST_NAME, Voices, read_wav, write_wav
from kiosk.speech import fingerprint
from tests.kiosk.tones import pack, tone


@pytest.fixture
def folders(tmp_path):
    """A placeholder that says everything, and an office that recorded one sentence itself."""
    pack(tmp_path / "packaged" / "th-placeholder", ["th"], {"หนึ่ง": tone(0.1), "สอง": tone(0.1)}, placeholder=True)
    pack(tmp_path / "own" / "th-office", ["th"], {"สอง": tone(0.3)})
    return [tmp_path / "own", tmp_path / "packaged"]


def test_the_offices_own_clip_is_heard_first_and_the_rest_from_the_placeholder(folders):
    """Clip by clip, whichever way round the folders stand."""
    for order in (folders, folders[::-1]):
        voice = Voices(order)("th")
        assert voice.samples(fingerprint("สอง")) == tone(0.3)
        assert voice.samples(fingerprint("หนึ่ง")) == tone(0.1)
        assert voice.placeholder
        assert not voice.has(fingerprint("สาม"))


def test_a_language_without_a_pack_has_no_voice(folders):
    """And nothing else stands in for it."""
    assert Voices(folders)("en") is None


def test_a_broken_clip_falls_back(folders):
    """An empty file, one of another rate, or one that is gone: the next pack's clip is heard."""
    voice = Voices(folders)("th")
    clip = folders[0] / "th-office" / f"{fingerprint('สอง')}.wav"
    other_rate = write_wav(tone(0.3)).replace((16_000).to_bytes(4, "little"), (44_100).to_bytes(4, "little"))
    for broken in (b"", b"RIFF", other_rate):
        clip.write_bytes(broken)
        assert voice.samples(fingerprint("สอง")) == tone(0.1)
    clip.unlink()
    assert voice.samples(fingerprint("สอง")) == tone(0.1)


NEWER = b'{"format": 2, "languages": ["th"], "speaker": "", "licence": ""}'


@pytest.mark.parametrize("manifest", [b"", b"{}", b"[1]", NEWER])
def test_a_pack_that_cannot_be_read_is_left_out(folders, manifest, caplog):
    """The diary names it; the others speak."""
    (folders[0] / "th-office" / MANIFEST_NAME).write_bytes(manifest)
    voice = Voices(folders)("th")
    assert voice.samples(fingerprint("สอง")) == tone(0.1)
    assert "th-office" in caplog.text


def test_a_pack_reads_nothing_outside_itself(folders, tmp_path, caplog):
    """A manifest that names another file of the machine is not obeyed, and the diary does not say what was spoken."""
    (tmp_path / "secret.wav").write_bytes(write_wav(tone(1)))
    path = folders[0] / "th-office" / MANIFEST_NAME
    path.write_text(path.read_text().replace(f"{fingerprint('สอง')}.wav", "../../secret.wav"))
    assert Voices(folders)("th").samples(fingerprint("สอง")) == tone(0.1)
    assert "outside" in caplog.text
    assert "สอง" not in caplog.text


def test_a_wav_file_comes_back_as_it_went():
    """Sample by sample."""
    assert read_wav(write_wav(tone(0.5))) == tone(0.5)
