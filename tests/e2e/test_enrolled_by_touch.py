"""An installer with nothing but the touchscreen: real touches in the real window, the real server; in two minutes."""

import os
import re
import sys
import time

import pytest

from demo.stage import Program, Window, virtual_screen, wait_until
from demo.visit import take_ticket
from kiosk import identity
from kiosk.sync.enrolment import enrol
from kiosk.sync.https import Https
from shared.fourwords import four_words
from tests.e2e.test_rolled_keys import ENROL_S_MAX, ask, rows, server_command
from tests.kiosk.worlds import Hands
from tests.sync_server.web.running import serving

SIZE = (540, 960)
pytestmark = pytest.mark.timeout(300)


def test_a_kiosk_is_let_in_at_its_own_screen(tmp_path):
    """A mistyped code is said; words that differ leave nothing; the same words make a kiosk, which then opens. When a
    spare device took its name, staff enrol it again in its own staff corner, and what it recorded arrives.
    """
    data, folder = tmp_path / "server", tmp_path / "kiosk"
    server_command(data, "demo-office")
    folder.mkdir()

    def code(series, *how):
        told = server_command(data, "enrol-code", "--name", f"ตู้ {series}", *(how or ("--series", series)))
        return re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", told)[0].replace("-", "").lower()

    def words(series):
        shown = ask(data, f"{rows('kiosks.Kiosk')}.get(name='ตู้ {series}').fingerprint")
        return set(four_words(bytes.fromhex(shown)))

    with serving(data) as address, virtual_screen(SIZE) as screen:
        (folder / "kiosk.toml").write_text(
            f'server_url = "{address}"\nwindow_width_px = {SIZE[0]}\nwindow_height_px = {SIZE[1]}\n', "utf-8"
        )
        window = Window(screen, tmp_path / "door")
        command = [sys.executable, "-m", "demo.window", str(tmp_path / "door"), "--data", str(folder), "run"]
        first, second = code("R"), code("S")
        with Program(command, log=tmp_path / "kiosk.log", env=screen.env) as running:
            window.wait_for("รหัสลงทะเบียน", 60)
            window.type(first[:-1])
            window.touch("ask")
            window.wait_for("16")
            window.type(first[-1])
            window.touch("ask")
            window.wait_for("คำสี่คำนี้")
            assert words("R") <= set(window.texts())
            time.sleep(1.2)
            window.touch("differ")
            window.touch("again")
            window.wait_for("เทียบคำสี่คำ")
            assert not identity.is_enrolled(folder)
            began = time.monotonic()
            window.type(second)
            window.touch("ask")
            window.wait_for("คำสี่คำนี้")
            assert words("S") <= set(window.texts())
            time.sleep(1.2)
            window.touch("same")
            wait_until("an identity", lambda: identity.is_enrolled(folder))
            assert time.monotonic() - began < ENROL_S_MAX
            # The program begins anew, fetches its content, and serves.
            window.touch("start", timeout_s=60)
            before, spare, clock = identity.load(folder), tmp_path / "spare", Hands().clock()
            enrol(spare, Https(address), code=code("S", "--again"), url=address, clock=clock, random=os.urandom)
            take_ticket(window, "sign_tax")
            for _ in range(5):
                screen.touch(SIZE[0] - 12, 12)
            window.touch("enrol_again", timeout_s=30)
            window.touch("go_on")
            window.wait_for("รหัสลงทะเบียน", 60)
            window.type(code("S", "--again"))
            window.touch("ask")
            window.wait_for("คำสี่คำนี้")
            assert words("S") <= set(window.texts())
            time.sleep(1.2)
            window.touch("same")
            window.touch("start", timeout_s=60)
            wait_until("the ticket at the server", lambda: ask(data, f"{rows('queues.Ticket')}.count()") == "1")
            running.must_run()
        after = identity.load(folder)
        assert (after.series, after.kiosk) == (before.series, before.kiosk)
        assert after.key.public not in (before.key.public, identity.load(spare).key.public)
