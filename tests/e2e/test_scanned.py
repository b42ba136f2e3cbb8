"""A kiosk is let in by a scanner: the real command reads what the server's page shows, and the real server agrees."""

import io
import re
import time

import pytest

from kiosk.__main__ import main
from kiosk.identity import load
from shared.invitation import Invitation, write
from tests.e2e.test_rolled_keys import server_command
from tests.sync_server.web.running import serving

pytestmark = pytest.mark.timeout(180)


def test_one_scan_makes_a_kiosk(tmp_path, monkeypatch, capsys):
    """Address and code come from the scanner alone; a citizen's code is refused with a sentence."""
    data = tmp_path / "server"
    server_command(data, "demo-office")
    told = server_command(data, "enrol-code", "--name", "ตู้ 1", "--series", "Q")
    code = re.search(r"(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}", told)[0]
    with serving(data) as address:
        folder = tmp_path / "kiosk"
        monkeypatch.setattr("sys.stdin", io.StringIO("1234567890123456\n"))
        assert main(["--data", str(folder), "enrol", "--scan"]) == 2
        assert "QR" in capsys.readouterr().err
        scanned = write(Invitation(address, code, int(time.time() * 1000) + 600_000))
        monkeypatch.setattr("sys.stdin", io.StringIO(scanned + "\n"))
        assert main(["--data", str(folder), "enrol", "--scan"]) == 0
    assert load(folder).series == ("Q",)
    assert "ตู้ 1" in capsys.readouterr().out
