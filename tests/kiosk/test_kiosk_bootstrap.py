"""The kiosk put together, and the commands around it."""

import json
import shutil
import socket
import subprocess
import sys
import threading
from contextlib import closing

import apsw
import pytest
import requests

from kiosk import bootstrap
from kiosk.__main__ import main
from kiosk.bootstrap import open_kiosk
from kiosk.desk import contact, following, health, queue, ratings, tally
from kiosk.store import store
from kiosk.sync.rim import converse
from shared import kinds
from shared.protocol import KnownKiosk
from tests.kiosk.lobby.conftest import until
from tests.kiosk.sync.memory_server import MemoryServer
from tests.kiosk.sync.test_enrolment_of_a_kiosk import Registry, try_enrol
from tests.kiosk.worlds import KIOSK_ID, Hands, an_office, pieces_of, publish, some_services


@pytest.fixture
def folder(tmp_path):
    """The data folder of a freshly enrolled kiosk with content."""
    data = tmp_path / "data"
    try_enrol(data, Registry())
    with open_kiosk(data) as kiosk:
        publish(kiosk.world.content, 1, pieces_of(an_office(), some_services()))
    return data


def test_printing_holds_up_nothing_at_the_desk(folder):
    """While the printer's thread waits, what is submitted to the desk is done."""
    done, printer = threading.Event(), threading.Event()
    with open_kiosk(folder, clock=Hands().clock()) as kiosk:
        try:
            kiosk.printing.submit(printer.wait, lambda _result: None)
            kiosk.worker.submit(lambda: None, lambda _result: done.set())
            assert done.wait(10)
        finally:
            printer.set()


def test_a_copied_folder_goes_on_in_a_new_log(folder, tmp_path):
    """The tripwire sees the copy at its start; the original is left alone, and both branches arrive (F-C1)."""
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    clock = Hands().clock()
    with open_kiosk(folder, clock=clock) as kiosk:
        assert len(kiosk.world.lobby.logs()) == 1
        original = kiosk.world.lobby.head.log
    with open_kiosk(copy, clock=clock) as kiosk:
        assert len(kiosk.world.lobby.logs()) == 2
        [opened] = kiosk.world.lobby.after(0)
        body = kinds.decode(opened.header.kind, opened.header.schema, opened.body)
        assert (body.reason, body.parent_log) == ("copied", original)
    with open_kiosk(copy, clock=clock) as kiosk:
        assert len(kiosk.world.lobby.logs()) == 2


def test_a_restored_folder_gives_no_number_twice(folder, tmp_path):
    """Tickets given after the copy was made are not given again by the copy (I9, F-J4)."""
    copy = tmp_path / "copy"
    clock = Hands().clock()
    given = []

    def take(data, times):
        with open_kiosk(data, clock=clock) as kiosk:
            for _ in range(times):
                ticket = queue.take_ticket(kiosk.world, clock.now(), service_id="sign_tax", language="th")
                given.append(ticket.label)

    take(folder, 3)
    shutil.copytree(folder, copy)
    take(folder, 20)
    take(copy, 5)
    assert len(set(given)) == 28


def test_a_damaged_store_is_salvaged_and_the_kiosk_opens(folder, capsys):
    """Noise over pages of the file: what can be read is kept, staff are told, the kiosk goes on in a new log."""
    clock = Hands().clock()
    with open_kiosk(folder, clock=clock) as kiosk:
        for _ in range(400):
            ratings.rate(kiosk.world, clock.now(), 5)
    path = folder / "store.sala"
    data = bytearray(path.read_bytes())
    middle = len(data) // 2 // 4096 * 4096
    data[middle : middle + 4096] = b"\xa5" * 4096
    path.write_bytes(data)
    with open_kiosk(folder, clock=clock) as kiosk:
        assert kiosk.world.store.faults
        rated = ratings.rate(kiosk.world, clock.now(), 5)
        assert kiosk.world.lobby.counts().captured > 200
        assert rated.seq == kiosk.world.lobby.head.seq
        assert "store_damaged" in health.health(kiosk.world, clock.now(), kiosk.sync.link).problems
    assert any("damaged" in each.name for each in folder.iterdir())


def test_damage_to_the_confidential_store_is_told(folder):
    """It is open for moments only; what was found there stays among the faults that staff see."""
    clock = Hands().clock()
    with open_kiosk(folder, clock=clock) as kiosk:
        day = clock.now().service_date
        with kiosk.world.apart.open(day):
            pass
        assert "store_damaged" not in health.health(kiosk.world, clock.now(), kiosk.sync.link).problems
        with closing(apsw.Connection(str(kiosk.world.apart.folder / "store.sala"))) as db:
            db.execute("INSERT INTO cell VALUES('epoch', zeroblob(40))")
        with kiosk.world.apart.open(day):
            pass
        told = health.health(kiosk.world, clock.now(), kiosk.sync.link)
        assert "store_damaged" in told.problems
        assert any("confidential" in fault for fault in told.faults)


@pytest.mark.parametrize("met", ["at the start", "by a turn"])
def test_noise_in_a_large_store_holds_nothing_up(folder, monkeypatch, met):
    """Too large to be checked at its start: where the start itself meets the noise it salvages, else the next one."""
    monkeypatch.setattr(store, "QUICK_CHECK_BYTES", 0)
    monkeypatch.setattr(following, "LOOK_BACK", 100)
    clock, server = Hands().clock(), MemoryServer()
    with open_kiosk(folder, clock=clock) as kiosk:
        server.kiosks = {KIOSK_ID: KnownKiosk(KIOSK_ID, kiosk.world.identity.key.public, revoked=False)}
        for _ in range(400):
            ratings.rate(kiosk.world, clock.now(), 5)
    path = folder / "store.sala"
    with closing(apsw.Connection(str(path))) as db:
        rows = db.execute("SELECT pageno FROM dbstat WHERE name='record' AND pagetype='leaf' ORDER BY path").fetchall()
    [page] = rows[len(rows) // 2] if met == "by a turn" else rows[-2]
    with path.open("rb+") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xa5" * 4096)
    for waiting in (True, False) if met == "by a turn" else (False,):
        with open_kiosk(folder, clock=clock, transport=server) as kiosk:
            for _ in range(3):
                kiosk.sync.turn()
            assert (kiosk.world.lobby.counts().waiting > 0) is waiting
            assert "store_damaged" in health.health(kiosk.world, clock.now(), kiosk.sync.link).problems
    assert server.count() > 370


def test_the_clocks_floor_survives_a_restart(folder):
    """After one contact, a start with a dead clock still dates tickets by the newest signed day."""
    server = MemoryServer()
    with open_kiosk(folder, clock=Hands().clock()) as kiosk:
        server.kiosks = {KIOSK_ID: KnownKiosk(KIOSK_ID, kiosk.world.identity.key.public, revoked=False)}
        converse(kiosk.world, kiosk.clock, server)
    with open_kiosk(folder) as kiosk:
        assert kiosk.clock.signed_ms is not None
        assert server.server_ms - kiosk.clock.signed_ms < contact.WRITE_AGAIN_MS


def test_status_while_it_runs_and_while_it_does_not(folder, capsys):
    """`status` tells the same figures from outside a running kiosk, and from the store when none runs."""
    hands = Hands()
    assert main(["--data", str(folder), "status", "--json"]) in (0, 1)
    resting = json.loads(capsys.readouterr().out)
    assert (resting["captured"], resting["stored"]) == (1, 0)
    with open_kiosk(folder, clock=hands.clock(), transport=MemoryServer()) as kiosk:
        ratings.rate(kiosk.world, kiosk.clock.now(), 5)
        bootstrap._tell_status(kiosk.world, kiosk.clock, kiosk.sync)
        main(["status", "--json", "--data", str(folder)])
    running = json.loads(capsys.readouterr().out)
    assert running["captured"] == 2
    main(["status", "--data", str(folder)])
    assert "2 captured, 0 stored" in capsys.readouterr().out


def test_a_device_leaves_and_is_enrolled_anew_with_its_records(folder, capsys):
    """`leave` does nothing to a kiosk that runs, says how many records stay, and lets it be enrolled."""
    with open_kiosk(folder, clock=Hands().clock()) as kiosk:
        ratings.rate(kiosk.world, kiosk.clock.now(), 5)
        assert main(["--data", str(folder), "leave"]) == 2
    assert "another program" in capsys.readouterr().err
    assert main(["--data", str(folder), "leave"]) == 0
    assert "Its 2 records stay" in capsys.readouterr().out
    assert main(["--data", str(folder), "leave"]) == 2
    assert "enrol" in capsys.readouterr().err
    try_enrol(folder, Registry())
    with open_kiosk(folder, clock=Hands().clock()) as kiosk:
        assert [view.captured for view in kiosk.world.lobby.logs()] == [2, 1]


def test_verify_finds_what_does_not_fold(folder, capsys):
    """A whole kiosk verifies; a tally that its records do not say is named."""
    with open_kiosk(folder, clock=Hands().clock()) as kiosk:
        queue.take_ticket(kiosk.world, kiosk.clock.now(), service_id="sign_tax", language="th")
    assert main(["--data", str(folder), "verify"]) == 0
    assert "2 records" in capsys.readouterr().out
    with open_kiosk(folder) as kiosk:
        kiosk.world.store.table(tally.TABLE).update({"tickets": 7})
    assert main(["--data", str(folder), "verify"]) == 1
    assert "2026-03-16" in capsys.readouterr().out


def test_words_tells_what_falls_back_while_the_kiosk_runs(folder, capsys):
    """An edition without approvals shows no Jawi: the command names each sentence and disturbs nobody."""
    with open_kiosk(folder, clock=Hands().clock()):
        assert main(["--data", str(folder), "words"]) == 1
    told = capsys.readouterr().out
    assert "foot.back: not approved; shown in Rumi" in told
    assert "“ยื่นเอกสาร”: no Malay (Rumi); shown in Thai" in told
    assert main(["--data", str(folder), "words", "--approve-by", "ล่าม"]) == 2


@pytest.mark.parametrize("command", ["status", "verify", "words"])
def test_errors_say_what_to_do(tmp_path, capsys, command):
    """A folder that is no kiosk's gives one sentence and its remedy, and no traceback."""
    assert main(["--data", str(tmp_path), command]) == 2
    told = capsys.readouterr().err
    assert "sala-kiosk enrol" in told
    assert "Traceback" not in told


def test_enrol_refuses_plain_http_to_another_machine(tmp_path, capsys):
    """The command line says why an address is not taken."""
    assert main(["--data", str(tmp_path), "enrol", "--server", "http://10.0.0.1", "--code", "x"]) == 2
    assert "https" in capsys.readouterr().err


def test_a_kiosk_with_a_port_serves_its_lobby(folder):
    """From the settings alone: pages while it runs, a number of the screen on them, nothing once it is closed."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / "kiosk.toml").write_text(f"lobby_port = {port}\n", "utf-8")
    with open_kiosk(folder, clock=Hands().clock()) as kiosk:
        kiosk.start()
        until(lambda: kiosk.world.lan.state == "serving")
        with requests.get(f"http://127.0.0.1:{port}/board/events", stream=True, timeout=10) as answer:
            states = (json.loads(line[6:]) for line in answer.iter_lines() if line.startswith(b"data: "))
            next(states)
            queue.take_ticket(kiosk.world, kiosk.clock.now(), service_id="sign_tax", language="th")
            while sum(group["waiting"] for group in next(states)["groups"]) != 1:
                pass
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://127.0.0.1:{port}/board", timeout=5)


def test_a_kiosk_without_pages_does_not_wait_for_their_server(folder):
    """What serves them takes a quarter of a start."""
    asked = (
        "import sys; from pathlib import Path; from kiosk.bootstrap import open_kiosk\n"
        "with open_kiosk(Path(sys.argv[1])): print(*{'starlette', 'uvicorn'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", asked, folder], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == ""
