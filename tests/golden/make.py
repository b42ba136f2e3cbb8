"""Write down what this version leaves on disks: `python tests/golden/make.py NAME`, once for each release.

A real server and a real kiosk live through a small day; then their folders, a stick on its way out and the same on its
way back, and a backup with its key are packed as they lie into `tests/golden/NAME.tar.zst`, with what was promised in
`told.json`; the program itself lies in `programs/NAME.tar.zst`, with `drive.py`. What is written here is never written
again: later versions are held to it (`tests/sync_server/test_golden.py`, `tests/e2e/test_releases_meet.py`). Nobody in
it exists, and its keys are good for nothing.
"""

import io
import json
import os
import shutil
import socket
import subprocess
import sys
import tarfile
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import zstandard

from kiosk.bootstrap import Kiosk, open_kiosk
from kiosk.clock import Clock
from kiosk.desk import complaints, confidential, queue
from kiosk.desk.stick import Export, Stick
from kiosk.desk.tracking import find, look_up
from kiosk.store import Logbook
from kiosk.sync.enrolment import enrol
from kiosk.sync.fetch import fetch
from kiosk.sync.https import Https
from kiosk.sync.line import Unreachable
from kiosk.sync.rim import converse
from shared import kinds
from tests.golden.drive import FUTURE, SurveyTaken

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
#: What a program is made of, for whoever runs it without looking at it.
_RUNS = (".py", ".toml", ".html", ".json", ".txt")
PASSWORD = "sala-demo-password"
ANSWER = "เปลี่ยนหลอดไฟแล้ว"
#: A kind that a later program may have and this one does not: its records are in the golden files too.
SURVEY = FUTURE[0]
WORDS = "เรียกเก็บเงินเกินจริง"


def main(name: str) -> None:
    """The day, and its archive."""
    target = HERE / f"{name}.tar.zst"
    if target.exists():
        raise SystemExit(f"{target} is written already, and is never written again")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        told = _day(root)
        _carried_back(root)
        (root / "told.json").write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")
        target.write_bytes(zstandard.ZstdCompressor(level=19).compress(_packed(root)))
    write_program(name, ROOT)


def write_program(name: str, root: Path) -> None:
    """Pack the program in `root`: what a kiosk without a window and a server need to run, and `drive.py`."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        found = [path for part in ("kiosk", "shared", "sync_server") for path in sorted((root / part).rglob("*"))]
        for path in found:
            if path.suffix in _RUNS and "static" not in path.parts:
                _add(tar, str(path.relative_to(root)), path)
        _add(tar, "drive.py", HERE / "drive.py")
    (HERE / "programs").mkdir(exist_ok=True)
    compressed = zstandard.ZstdCompressor(level=19).compress(packed.getvalue())
    (HERE / "programs" / f"{name}.tar.zst").write_bytes(compressed)


def _day(root: Path) -> dict[str, object]:
    _command(root, "demo-office", "--password", PASSWORD)
    port = _free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "sync_server", "serve", "--port", str(port)], env=_environment(root)
    )
    try:
        url = f"http://127.0.0.1:{port}"
        line = _wait_for(url)
        code = _command(root, "enrol-code", "--series", "A", "--name", "ตู้ตัวอย่าง").strip().splitlines()[-1]
        clock = Clock(os.urandom(8))
        enrol(root / "kiosk", line, code=code, url=url, clock=clock, random=os.urandom)
        with open_kiosk(root / "kiosk", clock=clock) as kiosk:
            return _visits(root, kiosk, line)
    finally:
        server.terminate()
        server.wait(timeout=30)


def _carried_back(root: Path) -> None:
    """The same stick, answered by a copy of the server: the server that is packed has not seen it yet."""
    shutil.copytree(root / "stick", root / "back")
    shutil.copytree(root / "server", root / "elsewhere" / "server")
    _command(root / "elsewhere", "import-stick", str(root / "back"))
    shutil.rmtree(root / "elsewhere")


def _visits(root: Path, kiosk: Kiosk, line: Https) -> dict[str, object]:
    world, now = kiosk.world, kiosk.clock.now()
    fetch(world.content, line)
    service = world.content.bundle.services[0].id
    tickets = [queue.take_ticket(world, now, service_id=service, language="th").number for _ in range(3)]
    draft = complaints.Draft(category=complaints.categories(world.content.bundle)[0].id, text="ไฟถนนดับหน้าวัด")
    case, other = (complaints.file(world, now, draft, "th") for _ in range(2))
    about = confidential.Draft(route=confidential.routes(world)[0].id, category="conduct", text=WORDS)
    sealed = confidential.file(world, now, about, "th")
    _every_other_kind(kiosk)
    converse(world, kiosk.clock, line)
    with world.apart.open(now.service_date) as book:
        converse(world, kiosk.clock, line, book=book)
    _command(root, "manage", "shell", "-c", _ANSWERING)
    for _ in range(100):
        fetch(world.content, line)
        status = look_up(world, case.code)
        if status is not None and status.answer:
            break
        time.sleep(0.2)
    else:
        raise SystemExit("the answer was not published")
    found = find(world, other.code)
    assert found is not None
    with world.store.transaction() as tx:
        body = kinds.CaseReturned(now.service_date.isoformat(), found.status_id, 1, "no_better", "", "th")
        world.lobby.append(tx, body, at=now.at, edition=world.content.edition)
    tickets.append(queue.take_ticket(world, now, service_id=service, language="th").number)
    (root / "stick").mkdir()
    export = Export(world, now, Stick(root / "stick", 10**9))
    while not export.step().finished:
        pass
    for n in (1, 2):
        _command(root, "backup-key", str(root / f"backup{n}.key"))
    (root / "backup").mkdir()
    _command(root, "backup", "--same-disk", "--to", str(root / "backup"))
    heads = {view.log.hex(): [view.head.seq, view.head.hash.hex()] for view in world.lobby.logs()}
    with world.apart.open(now.service_date) as book:
        heads |= {view.log.hex(): [view.head.seq, view.head.hash.hex()] for view in book.logs()}
    return {
        "heads": heads, "kinds": _kinds(world.lobby), "tickets": tickets, "service_date": now.service_date.isoformat(),
        "edition": world.content.edition, "services": len(world.content.bundle.services), "code": case.code,
        "answer": status.answer, "number": status.number, "sealed_code": sealed.code, "words": WORDS,
        "password": PASSWORD, "waiting": world.lobby.counts().waiting,
    }  # fmt: skip


def _every_other_kind(kiosk: Kiosk) -> None:
    """What the desk above did not record, and a kind of the future."""
    world, now = kiosk.world, kiosk.clock.now()
    day, log = now.service_date.isoformat(), world.lobby.head.log
    kinds.BY_NAME[SURVEY.name, SURVEY.schema] = kinds._BY_BODY[SurveyTaken] = SURVEY
    bodies = [
        kinds.RatingGiven(day, 2, "walk-by", "", False),
        kinds.RatingChangedFirst(day, log, world.lobby.head.seq + 1, 2, 4, "walk-by", "", False),
        kinds.RatingChanged(day, log, world.lobby.head.seq + 2, 4, 4, "walk-by", "", False, bytes(32)),
        kinds.RatingExplainedFirst(day, log, world.lobby.head.seq + 3, 4, False, ["kind"], [], "ใจดี", "th"),
        kinds.RatingExplained(day, log, world.lobby.head.seq + 3, 4, False, [], [("speed", 5)], "", "th", "walk-by"),
        kinds.PraiseGiven(day, "", "", "1", "9", ["kind"], "ขอบคุณ", "th"),
        kinds.SlipPrinted("ticket", 2, "printed"),
        SurveyTaken(day, [5, 4, 5]),
    ]
    for body in bodies:
        with world.store.transaction() as tx:
            world.lobby.append(tx, body, at=now.at, edition=world.content.edition)
    del kinds.BY_NAME[SURVEY.name, SURVEY.schema], kinds._BY_BODY[SurveyTaken]


def _kinds(book: Logbook) -> dict[str, int]:
    found: dict[str, int] = {}
    for record in book.between(1, book.head.seq):
        name = f"{record.header.kind}/{record.header.schema}"
        found[name] = found.get(name, 0) + 1
    return found


_ANSWERING = f"""
from django.utils import timezone
from sync_server.cases import actions
from sync_server.cases.models import Case
from sync_server.content.actions import publish_statuses
from sync_server.organisations.actions import Actor
from sync_server.organisations.models import Staff
from sync_server.projectors import catch_up
catch_up()
clerk = Staff.objects.select_related("office").get(username="palad")
for case in Case.objects.all():
    actions.answer(Actor.of(clerk), case, {ANSWER!r}, now=timezone.now())
publish_statuses(clerk.office, now=timezone.now())
"""


def _command(root: Path, *words: str) -> str:
    command = [sys.executable, "-m", "sync_server", *words]
    return subprocess.run(command, env=_environment(root), check=True, stdout=subprocess.PIPE, text=True).stdout


def _environment(root: Path) -> dict[str, str]:
    return {**os.environ, "SALA_SERVER_DATA": str(root / "server"), "DATABASE_URL": ""}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str) -> Https:
    end = time.monotonic() + timedelta(seconds=30).total_seconds()
    while True:
        try:
            Https(url).post("sync/push", b"")
        except Unreachable:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
        else:
            return Https(url)


def _packed(root: Path) -> bytes:
    """The folders as a tar, without what a program makes anew, and without a name or a time of this machine."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for path in sorted(root.rglob("*")):
            name = str(path.relative_to(root))
            if not path.is_file() or "/static/" in name or path.suffix in (".reserve", ".lock", ".pid"):
                continue
            _add(tar, name, path)
    return packed.getvalue()


def unpacked(archive: Path, folder: Path) -> Path:
    """An archive of ours, laid out in `folder`."""
    data = zstandard.ZstdDecompressor().decompressobj().decompress(archive.read_bytes())
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        # Python knows filters from 3.11.4 on.
        tar.extraction_filter = getattr(tarfile, "data_filter", None)
        tar.extractall(folder)  # noqa: S202 - nobody else's
    return folder


def _add(tar: tarfile.TarFile, name: str, path: Path) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = path.stat().st_size, path.stat().st_mode & 0o777
    with path.open("rb") as file:
        tar.addfile(entry, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
