"""Keys under way, with the real programs: enrolled by a typed code, rolled on both sides while both run, revoked.

The server is the real process, `sala-server` the real command beside it; the kiosk has its real store, loop and
transport over http.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kiosk import identity
from kiosk.bootstrap import open_kiosk
from kiosk.desk import contact, ratings
from kiosk.sync import rolling
from kiosk.sync.enrolment import enrol
from kiosk.sync.https import Https
from shared import keylist
from shared.fourwords import four_words
from tests.kiosk.worlds import Hands
from tests.sync_server.web.running import serving

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.timeout(300)
#: At one character a second by hand (G-59), a code and an address of this kind; the machine's part is measured.
TYPED_S = len("SALA-SALA-SALA-SALA") + len("https://sala.example.go.th")
ENROL_S_MAX = 120


def server_command(data, *words):
    """`sala-server` on this data folder; its output."""
    environment = {**os.environ, "SALA_SERVER_DATA": str(data), "DATABASE_URL": ""}
    done = subprocess.run(
        [sys.executable, "-m", "sync_server", *map(str, words)], env=environment, capture_output=True, text=True,
        check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def ask(data, expression):
    """What a row of the server's database says."""
    lines = server_command(data, "manage", "shell", "--no-imports", "-c", f"print({expression})").splitlines()
    return lines[-1]


def rows(model):
    """An expression that names the rows of a model."""
    return f"__import__('django.apps').apps.apps.get_model('{model}').objects"


def turn(kiosk):
    """A touch, and a turn of the loop; how the line then stands."""
    ratings.rate(kiosk.world, kiosk.clock.now(), 5)
    kiosk.sync.turn()
    return kiosk.sync.link.state, kiosk.world.lobby.counts().waiting


def test_keys_are_rolled_and_a_kiosk_revoked_while_everything_runs(tmp_path):
    """One kiosk from its code to its return: no record is lost at any step, and none asks for a restart."""
    data, folder, safe = tmp_path / "server", tmp_path / "kiosk", tmp_path / "safe"
    server_command(data, "demo-office")
    safe.mkdir()
    root = shutil.move(data / "root.key", safe / "root.key")
    with serving(data) as address:
        began = time.monotonic()
        told = server_command(data, "enrol-code", "--name", "ตู้ 1", "--series", "A")
        code = re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", told)[0]
        hands = Hands()
        hands.wall_s = time.time()
        clock = hands.clock(wall=time.time)
        me = enrol(folder, Https(address, now=clock.guess), code=code, url=address, clock=clock, random=os.urandom)
        assert time.monotonic() - began + TYPED_S <= ENROL_S_MAX
        shown = ask(data, f"{rows('kiosks.Kiosk')}.get().fingerprint")
        assert four_words(bytes.fromhex(shown)) == four_words(me.fingerprint)
        with open_kiosk(folder) as kiosk:
            assert turn(kiosk) == ("ok", 0)
            assert kiosk.world.content.edition == 1
            # The server's keys, all of them, under a running server and a running kiosk.
            server_command(data, "roll-keys", "--root", root)
            server_command(data, "roll-keys", "--root", root, "sealing")
            assert turn(kiosk) == ("ok", 0)
            assert (kiosk.world.trust.number, kiosk.world.content.edition) == (3, 3)
            newest = keylist.first((safe / "0003.keys").read_bytes(), office=me.office)
            assert kiosk.world.trust.me().seal_to == newest.sealing
            # The kiosk's own key.
            rolling.begin(folder, os.urandom)
            assert turn(kiosk) == ("ok", 0)
            assert identity.load(folder).key.public != me.key.public
            # Shut out: it sends on, and counts nowhere; let in again, it counts.
            decide = "__import__('sync_server.records.deciding').records.deciding"
            actor = "__import__('sync_server.setting_up').setting_up.program(k.office)"
            now = "__import__('django.utils.timezone').utils.timezone.now()"
            on_it = "(lambda k: {decide}.{act}({actor}, k, 'why', now={now}))({rows}.get())"
            for act, revoked in (("revoke", True), ("reinstate", False)):
                ask(data, on_it.format(decide=decide, act=act, actor=actor, now=now, rows=rows("kiosks.Kiosk")))
                assert turn(kiosk) == ("ok", 0)
                assert contact.read(kiosk.world.store).revoked is revoked
            captured = kiosk.world.lobby.counts().captured
    assert int(ask(data, f"{rows('records.RecordRow')}.count()")) == captured == 6
    assert int(ask(data, f"{rows('records.Log')}.get().apart")) == 0
    with open_kiosk(folder) as again:
        assert (again.world.trust.number, again.world.content.edition) == (3, 3)
