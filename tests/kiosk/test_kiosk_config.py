"""Settings: all have defaults, and a wrong one is named."""

import pytest

from kiosk import config
from kiosk.config import ConfigError


def test_no_file_is_a_working_kiosk(tmp_path):
    """Without kiosk.toml every setting has its default."""
    loaded = config.load(tmp_path)
    assert (loaded.data, loaded.idle_warn_s, loaded.idle_reset_s, loaded.width_dots) == (tmp_path, 40, 60, 384)


def test_settings_are_read(tmp_path):
    """What the file says is what the kiosk has."""
    (tmp_path / "kiosk.toml").write_text('server_url = "https://sala.example"\nidle_warn_s = 20\nwidth_dots = 576\n')
    loaded = config.load(tmp_path)
    assert (loaded.server_url, loaded.idle_warn_s, loaded.width_dots) == ("https://sala.example", 20, 576)
    assert config.make(tmp_path, {"printer_folder": "out"}).path("out") == tmp_path / "out"


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ('idle_warn_s = "soon"', "idle_warn_s"),
        ("idle_warn_s = 3", "idle_warn_s"),
        ("idle_wrn_s = 40", "idle_wrn_s"),
        ("idle_warn_s = 90", "idle_reset_s"),
        ("width_dots = 400", "width_dots"),
        ('printer = "laser"', "printer"),
        ('languages = ["th", "fr"]', "languages"),
        ("languages = []", "languages"),
        ('server_url = "ftp://x"', "server_url"),
        ('track_url = "sala.example/track"', "track_url"),
        ('staff_pin_hash = "1234"', "staff_pin_hash"),
        ('data = "/tmp"', "data"),
        ("lobby_port = 70000", "lobby_port"),
        ('lobby_address = "http://192.168.1.10"', "lobby_address"),
        ('host_kiosk = "http://kiosk.lan:8080"', "host_kiosk"),
        ('host_kiosk = "https://192.168.1.10:8080"', "host_kiosk"),
        ('host_kiosk = "http://192.168.1.10"', "host_kiosk"),
        ('host_kiosk = "http://192.168.1.10:8080/board"', "host_kiosk"),
        ('host_kiosk = "http://192.168.1.10:8080"\nlobby_port = 8080', "lobby_port"),
        ("queue_close_after_min = -1", "queue_close_after_min"),
        ("idle_warn_s 40", "kiosk.toml"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path, line, named):
    """The error names the setting, and says what to do."""
    (tmp_path / "kiosk.toml").write_text(line)
    with pytest.raises(ConfigError, match=named) as wrong:
        config.load(tmp_path)
    assert wrong.value.remedy


@pytest.mark.parametrize(("dots", "slow", "enough"), [(384, 4800, 9600), (576, 9600, 19_200)])
def test_a_line_too_slow_for_a_ticket_is_refused(tmp_path, dots, slow, enough):
    """The sentence names the setting and the speed it needs; where no serial line is used, nobody asks."""
    serial = {"printer": "escpos-serial", "printer_at": "/dev/ttyUSB0", "width_dots": dots}
    with pytest.raises(ConfigError, match=f"printer_baud must be at least {enough} for {dots} dots"):
        config.make(tmp_path, {**serial, "printer_baud": slow})
    assert config.make(tmp_path, {**serial, "printer_baud": enough}).printer_baud == enough
    assert config.make(tmp_path, {"printer_baud": slow, "width_dots": dots}).printer == "none"


def test_a_pin_fits_its_hash_and_no_other():
    """The hash of a PIN accepts that PIN alone, and another salt gives another hash."""
    kept = config.pin_hash("246810", b"s" * 16)
    assert config.pin_fits(kept, "246810")
    assert not config.pin_fits(kept, "246811")
    assert config.pin_hash("246810", b"t" * 16) != kept
