"""`sala-server` as the IT person runs it: real processes, a real port."""

import datetime as dt
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pysqlite3
import pytest
import requests
from fake_kiosk import FakeKiosk

from shared import protocol
from shared.keys import SealTo, SigningKey, VerifyKey
from shared.protocol import KioskSelf, Reason, Stored
from sync_server.ingest.views import settings as ingest_settings

SAMPLE = Path(__file__).parents[2] / "assets" / "office-sample"


def _run(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "SALA_SERVER_DATA": str(data), "DATABASE_URL": ""}
    return subprocess.run(
        [sys.executable, "-m", "sync_server", *words], env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    """A data folder after `demo-office`."""
    folder = tmp_path_factory.mktemp("server") / "data"
    done = _run(folder, "demo-office", "--without-content")
    assert done.returncode == 0, done.stderr
    return folder


def test_serve_says_what_is_missing(tmp_path):
    """On an empty folder `serve` ends at once with a sentence, not a traceback."""
    done = _run(tmp_path / "new", "serve")
    assert done.returncode == 2
    assert "sala-server init" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("backup", "--to", "shelf"), 1),
        (("restore", "sala.age", "--identity", "identity"), 2),
        (("backup-key",), 0),
        (("backup-key", "identity-of-no-server"), 2),
    ],
)
def test_backups_say_what_is_missing(tmp_path, words, status):
    """Where there is no server, no backup or no key yet, a sentence tells so."""
    done = _run(tmp_path / "new", *words)
    assert done.returncode == status
    assert "Traceback" not in done.stderr
    assert done.stderr or "two" in done.stdout
    assert not Path("identity-of-no-server").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("staff", "it", "--full-name", "X"),
        ("enrol-code", "--name", "A", "--series", "A"),
        ("import-stick", "."),
        ("export-stick", "."),
        ("manage", "rebuild"),
        ("manage", "reader", "clerk", "--staff", "it"),
        ("manage", "import_office", "."),
    ],
    ids=" ".join,
)
def test_what_needs_a_server_says_so(tmp_path, words):
    """Before `init` each command ends with the sentence that leads there, and makes nothing."""
    done = _run(tmp_path / "new", *words)
    assert done.returncode == 2
    assert "sala-server init" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list((tmp_path / "new").glob("*.sqlite3"))


def test_a_real_office_begins(tmp_path):
    """As the handbook has it for a server that is no demo: the office, the first person, the content."""
    data = tmp_path / "new"
    assert _run(data, "init", "--name", "องค์การบริหารส่วนตำบลตัวอย่าง").returncode == 0
    assert _run(data, "migrate").returncode == 0
    unknown = _run(data, "staff", "it")
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert "--full-name" in unknown.stderr
    assert _run(data, "staff", "it's", "--full-name", "นายไอที ตัวอย่าง").returncode == 1
    first = _run(data, "staff", "it", "--full-name", "นายไอที ตัวอย่าง", "--position", "ผู้ดูแลระบบ")
    assert (first.returncode, first.stderr) == (0, "")
    assert re.search(r"signs in as it with [a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4},", first.stdout)
    again = _run(data, "staff", "it")
    assert again.returncode == 0
    assert again.stdout != first.stdout
    refused = _run(data, "manage", "import_office", str(SAMPLE))
    assert refused.returncode == 1
    assert "office.toml: name.th: องค์การบริหารส่วนตำบลศาลาทอง is not the office of this server" in refused.stderr
    folder = tmp_path / "office"
    shutil.copytree(SAMPLE, folder)
    described = (folder / "office.toml").read_text("utf-8")
    (folder / "office.toml").write_text(
        described.replace("ตำบลศาลาทอง", "ตำบลตัวอย่าง").replace("อบต.ศาลาทอง", "อบต.ตัวอย่าง"), "utf-8"
    )
    imported = _run(data, "manage", "import_office", str(folder))
    assert imported.returncode == 0
    assert "ศูนย์บริการร่วม อบต.ศาลาทอง" in imported.stdout.split("These name another office.")[1]
    with closing(pysqlite3.connect(data / "sala.sqlite3")) as database:
        staff = database.execute("SELECT role, is_active, password_given FROM organisations_staff").fetchall()
        office = database.execute("SELECT name, short_name, phone, document_code FROM organisations_office").fetchall()
        acts = database.execute("SELECT act FROM organisations_auditrow ORDER BY seq").fetchall()
    assert staff == [("admin", 1, 1)]
    assert office == [("องค์การบริหารส่วนตำบลตัวอย่าง", "อบต.ตัวอย่าง", "0-0000-0000", "ตย 00000")]
    assert [act for (act,) in acts] == [
        "office.make", "staff.make", "staff.give_password", "office.change", "content.import",
    ]  # fmt: skip


def test_what_the_server_keeps_is_for_its_user_only(tmp_path):
    """Also in a folder that was made with room for everybody, as `mkdir` makes one."""
    data = tmp_path / "made by hand"
    data.mkdir()
    data.chmod(0o755)
    assert _run(data, "init", "--name", "องค์การบริหารส่วนตำบลตัวอย่าง").returncode == 0
    kept = [path for path in data.rglob("*") if path.parent.name != "lists"]
    assert {path.name for path in kept} >= {"sala.sqlite3", "anchor.json", "root.key", "keys"}
    assert [path.name for path in kept if stat.S_IMODE(path.stat().st_mode) & 0o077] == []


def test_keys_are_files_for_their_owner_only(data):
    """Every key is outside the database, mode 0600, in a folder nobody else enters."""
    assert stat.S_IMODE((data / "keys").stat().st_mode) == 0o700
    names = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (data / "keys").glob("*.key")}
    assert names == dict.fromkeys(["receipts.key", "bundle.key", "sealing.key", "web.key"], 0o600)
    lines = [path.read_text().strip() for path in (data / "keys").glob("*.key")]
    seeds = [bytes.fromhex(line.split(":")[1]) for line in lines if line.startswith("sala/")]
    assert len(seeds) == 3
    database = b"".join(path.read_bytes() for path in data.glob("sala.sqlite3*"))
    assert database
    assert not any(seed in database or seed.hex().encode() in database for seed in seeds)


def test_init_again_changes_no_key(data):
    """A second `init` leaves keys and office as they are."""
    before = {path: path.read_bytes() for path in (data / "keys").rglob("*") if path.is_file()}
    assert _run(data, "init", "--name", "อบต.อื่น").returncode == 0
    assert {path: path.read_bytes() for path in (data / "keys").rglob("*") if path.is_file()} == before


def test_a_wrong_key_file_is_named(data):
    """A key file of another kind is refused by name, with the way out."""
    path = data / "keys" / "sealing.key"
    kept = path.read_bytes()
    path.write_bytes((data / "keys" / "bundle.key").read_bytes())
    done = _run(data, "serve")
    path.write_bytes(kept)
    assert done.returncode == 2
    assert "sealing.key" in done.stderr
    assert "another kind" in done.stderr


@contextmanager
def _serving(data: Path) -> Iterator[tuple[str, subprocess.Popen]]:
    """A running server: its address, once it answers, and its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "SALA_SERVER_DATA": str(data), "DATABASE_URL": ""}
    command = [sys.executable, "-m", "sync_server", "serve", "--port", str(port)]
    with (data / "serve.log").open("ab") as log:
        process = subprocess.Popen(command, env=environment, stderr=log, stdout=log)
    url = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            requests.get(url, timeout=5, allow_redirects=False)
            break
        except requests.ConnectionError:
            assert process.poll() is None, (data / "serve.log").read_text()
            time.sleep(0.1)
    yield url, process


@pytest.fixture(scope="module")
def url(data) -> str:
    """The address of a running server."""
    with _serving(data) as (url, process):
        yield url
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0


def test_a_killed_server_leaves_nobody_answering(data):
    """Its worker ends with it: whoever starts the server anew, after a restore say, is alone at the port."""
    with _serving(data) as (url, process):
        process.kill()
        process.wait()
        port = int(url.rsplit(":", 1)[1])
        for _ in range(100):
            with socket.socket() as knock:
                if knock.connect_ex(("127.0.0.1", port)) != 0:
                    return
            time.sleep(0.1)
    pytest.fail("somebody still answers")


def test_a_kiosk_enrols_and_pushes_over_http(data, url):
    """Code from the command line, enrolment, push and receipt over a real port; then the follower opens the case."""
    code = _run(data, "enrol-code", "--series", "A", "--name", "ตู้ 1").stdout.strip()
    assert re.fullmatch(r"([0-9A-Z]{4}-){3}[0-9A-Z]{4}", code)
    session = requests.Session()
    session.trust_env = False

    def post(door: str, body: bytes) -> bytes:
        return session.post(f"{url}/sync/{door}", data=body, timeout=30).content

    key, nonce = SigningKey(os.urandom(32)), os.urandom(16)
    grant = protocol.read_grant(
        post("enrol", protocol.enrol(code, key, nonce=nonce, device="t", software="0")), code, nonce
    )
    me = KioskSelf(grant.office, grant.kiosk, key, VerifyKey(grant.answer_key), SealTo(grant.sealing_key))
    kiosk = FakeKiosk(me, post, dt.datetime.now(dt.UTC), seed=5)
    kiosk.ticket(1)
    kiosk.file()
    assert Stored(kiosk.lobby.head, 0) in kiosk.push()
    assert _cases_opened_by_the_follower(data)
    assert "accepted 3 = projected 3" in _run(data, "manage", "rebuild", "queues").stdout
    again = _run(data, "enrol-code", "--again", "--name", "ตู้ 1").stdout.strip()
    nonce = os.urandom(16)
    asked = protocol.enrol(again, SigningKey(os.urandom(32)), nonce=nonce, device="t", software="0")
    assert protocol.read_grant(post("enrol", asked), again, nonce).kiosk == grant.kiosk
    assert "no kiosk of this name" in _run(data, "enrol-code", "--again", "--name", "ตู้ 7").stderr

    huge = session.post(f"{url}/sync/push", data=bytes(ingest_settings.SALA_ENVELOPE_BYTES_MAX + 10), timeout=30)
    assert huge.status_code == 413
    assert kiosk.read(huge.content).reason is Reason.TOO_LARGE
    chunked = session.post(f"{url}/sync/push", data=iter([b"SALE", b"junk"]), timeout=30)
    assert kiosk.read(chunked.content).reason is Reason.MALFORMED


def _cases_opened_by_the_follower(data: Path) -> bool:
    """Whether a case appears within ten seconds, without anyone asking for it."""
    for _ in range(100):
        with closing(pysqlite3.connect(str(data / "sala.sqlite3"))) as database:
            if database.execute("SELECT count(*) FROM cases_case").fetchone() == (1,):
                return True
        time.sleep(0.1)
    return False


def test_the_staff_address_leads_to_the_sign_in_page(url):
    """Whoever comes by browser lands where staff sign in."""
    response = requests.get(f"{url}/", timeout=10)
    assert response.status_code == 200
    assert response.url.startswith(f"{url}/sign-in")
