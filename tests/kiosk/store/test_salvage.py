"""Salvage: whole pages of a store are noise, and all that can still be read goes on in a new file."""

import os
import random
from contextlib import closing
from datetime import date

import apsw
import pytest
from tinydb.table import Document

from kiosk.store import RowDamaged, Store, StoreDamaged, WrongKey, check_all, salvage, sqlite, store
from kiosk.store.store import NUMBER_JUMP
from shared import kinds
from shared.errors import SalaError
from tests.kiosk.store.conftest import KEY, moment

DAY = date(2026, 11, 25)
PAGE = 4096


def fill(desk, count):
    """Tickets with their documents; ends with everything in the file itself."""
    for n in range(count):
        with desk.store.transaction() as tx:
            number = tx.next_number(DAY, "A")
            body = kinds.TicketIssued(DAY.isoformat(), "A", number, "ทะเบียน" * 20, "", "none", 0, "th")
            desk.book.append(tx, body, at=moment(n), edition=1)
            desk.store.table("tickets").insert({"number": number})
    desk.store.close()


def pages_of(path, table):
    """The leaf pages of a table, in order."""
    with closing(apsw.Connection(str(path))) as db:
        rows = db.execute("SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY path", (table,))
        return [page for (page,) in rows.fetchall()]


def spoil_page(path, page):
    """Fill one page with noise."""
    with path.open("rb+") as file:
        file.seek((page - 1) * PAGE)
        file.write(os.urandom(PAGE))


def test_a_page_of_noise_costs_its_own_rows_only(desk):
    """The rows around the noise are there, the log ends before it, a new one goes on, and no number comes twice."""
    fill(desk, 150)
    pages = pages_of(desk.path, "record")
    spoil_page(desk.path, pages[len(pages) // 2])
    with pytest.raises(StoreDamaged):
        Store(desk.path, KEY)
    salvaged = salvage(desk.path, KEY)
    assert salvaged.rows > 250
    assert salvaged.damaged.exists()
    desk.open()
    [log] = desk.book.logs()
    held = [seq for seq in range(1, 152) if desk.store.load(desk.book._shelf(desk.book._now()), seq) is not None]
    assert 100 < len(held) < 151
    assert len(desk.store.table("tickets")) == 150
    record = desk.rate()
    first, second = desk.book.logs()
    assert (first.ended, record.header.log) == (True, second.log)
    assert second.log != log.log
    with desk.store.transaction() as tx:
        assert tx.next_number(DAY, "A") == 150 + NUMBER_JUMP + 1
        assert tx.next_number(DAY, "A") == 150 + NUMBER_JUMP + 2


@pytest.fixture
def large(monkeypatch):
    """Every store is too large for SQLite to check the whole of it when it is opened."""
    monkeypatch.setattr(store, "QUICK_CHECK_BYTES", 0)


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("find", ["a turn", "a touch", "the daily check"])
def test_noise_in_a_large_store_is_salvaged_at_the_next_start(desk, find):
    """Nobody checks a large file when it is opened: whoever meets the noise marks it, and staff are told (F-F2)."""
    fill(desk, 150)
    pages = pages_of(desk.path, "record")
    spoil_page(desk.path, pages[len(pages) // 2] if find != "a touch" else pages_of(desk.path, "document")[-1])
    desk.open()
    assert desk.store.faults == []
    if find == "a turn":
        with pytest.raises(StoreDamaged):
            list(desk.book.after(0))
    elif find == "a touch":
        with pytest.raises(StoreDamaged):
            desk.store.table("tickets").insert({"number": 151})
    else:
        findings = check_all(desk.store)
        assert (findings.documents, list(findings.faults)) == (150, desk.store.faults)
    assert desk.store.faults
    desk.store.close()
    for _ in range(2):  # a start that is cut short changes nothing about that
        with pytest.raises(StoreDamaged):
            Store(desk.path, KEY)
    assert salvage(desk.path, KEY).rows > 200
    desk.open()
    assert not sqlite.damage_mark(desk.path).exists()
    desk.rate()
    assert check_all(desk.store).faults == tuple(desk.store.faults)


@pytest.mark.usefixtures("large")
def test_the_daily_check_finds_what_no_row_tells(desk):
    """Every row of a large store reads well, but SQLite's own structure does not hold: it is salvaged as well."""
    fill(desk, 150)
    desk.open()
    with desk.store.transaction():
        desk.store.table("tickets").truncate()
    desk.store.close()
    with desk.path.open("rb+") as file:
        file.seek(36)
        file.write((1).to_bytes(4, "big"))  # SQLite's header counts fewer free pages than it lists
    desk.open()
    assert check_all(desk.store).faults == tuple(desk.store.faults)
    desk.store.close()
    with pytest.raises(StoreDamaged):
        Store(desk.path, KEY)
    salvage(desk.path, KEY)
    desk.open()
    assert not check_all(desk.store).faults


def test_a_mark_belongs_to_its_own_file(desk):
    """Where somebody took the damaged file away, the store that is made anew has nothing to be salvaged."""
    fill(desk, 1)
    sqlite.mark_damaged(desk.path, "a page is noise")
    desk.path.unlink()
    desk.open()
    assert not sqlite.damage_mark(desk.path).exists()


def test_two_pages_of_noise_cost_nothing_of_what_lies_between(desk):
    """Three logs and tables with noise in the first and the last: what lies between them is another shelf, far away."""
    for n in range(3):
        for _ in range(60):
            desk.rate()
        for _ in range(200):
            desk.store.table(f"t{n}").insert({"text": "x" * 50})
        with desk.store.transaction() as tx:
            desk.book.open_new(tx, "copied", at=moment(0), edition=1)
    desk.store.close()
    for sheet in ("record", "document"):
        pages = pages_of(desk.path, sheet)
        spoil_page(desk.path, pages[2])
        spoil_page(desk.path, pages[-3])
    salvage(desk.path, KEY)
    desk.open()
    logs = [desk.store.load_run(desk.book.shelf(view.log), 1, 100) for view in desk.book.logs()]
    assert [len(rows) > 20 for rows in logs] == [True, True, True, False]
    assert len(logs[1]) == 61
    assert [len(desk.store.table(f"t{n}")) > 100 for n in range(3)] == [True, True, True]
    assert len(desk.store.table("t1")) == 200


def test_small_rows_between_two_pages_of_noise_are_kept(desk):
    """They are found by name, and names are halved as well; so it is with rows in random places, as codes lie."""
    scattered = desk.store.table("codes")
    rng = random.Random(7)
    with desk.store.transaction() as tx:
        for n in range(400):
            tx.put_cell(f"number/{DAY.isoformat()}/{n:03}", b"\x01")
            scattered.insert(Document({"text": "x" * 40}, rng.randrange(1, 2**39)))
    desk.store.close()
    with closing(apsw.Connection(str(desk.path))) as db:
        lost = dict(db.execute("SELECT pageno, ncell FROM dbstat").fetchall())
    spoiled = [pages_of(desk.path, sheet)[1::3] for sheet in ("cell", "document")]
    for page in [*spoiled[0], *spoiled[1]]:
        spoil_page(desk.path, page)
    salvage(desk.path, KEY)
    desk.open()
    numbers = [name for name in desk.store.cell_names() if name.startswith("number/")]
    held = [len(numbers), len(desk.store.table("codes"))]
    assert held == [400 - sum(lost[page] for page in pages) for pages in spoiled]


def test_noise_in_many_pages_takes_a_bounded_time(desk):
    """Where nothing can be read any more, the search ends after its tries."""
    fill(desk, 150)
    for page in pages_of(desk.path, "record"):
        spoil_page(desk.path, page)
    salvage(desk.path, KEY)
    desk.open()
    assert len(desk.store.table("tickets")) == 150


@pytest.mark.parametrize("lost", ["tables", "table/people"])
def test_no_table_is_written_over_another(desk, lost):
    """Of the small rows that say where tables lie one is lost: a new table takes a place of its own."""
    desk.store.table("contact").upsert(Document({"server_ms": 5}, 1))
    desk.store.table("people").insert({"name": "x"})
    desk.store.close()
    with closing(apsw.Connection(str(desk.path))) as db:
        db.execute("UPDATE cell SET data = zeroblob(40) WHERE place = ?", (lost,))
    salvage(desk.path, KEY)
    desk.open()
    desk.store.table("asked").upsert(Document({"open": []}, 1))
    assert desk.store.table("contact").one(1) == {"server_ms": 5}
    people = desk.store.table("people")
    assert [row["name"] for row in people] == ["x"]
    people.update({"name": "w"}, doc_ids=[1])
    assert "people" in desk.store.tables()
    assert people.insert({"name": "y"}) > 1
    assert check_all(desk.store).documents == 4
    assert desk.reopen().table("asked").one(1) == {"open": []}
    assert [row["name"] for row in desk.store.table("people")] == ["w", "y"]


def test_a_lost_end_is_never_written_again(desk):
    """The last page is gone: what follows goes into a new log, so that no confirmed seq gets a second record."""
    fill(desk, 60)
    spoil_page(desk.path, pages_of(desk.path, "record")[-1])
    salvage(desk.path, KEY)
    desk.open()
    old = desk.book.head
    assert old.seq < 61
    assert desk.rate().header.log != old.log


def test_a_lost_count_is_made_again_from_the_records(desk):
    """The row that counts today's numbers is damaged: none is drawn until it was salvaged, and then none twice."""
    fill(desk, 7)
    desk.open()
    with pytest.raises(StoreDamaged, match="number/2026-11-25/A"):
        desk.spoil("UPDATE cell SET data = zeroblob(40) WHERE place LIKE 'number/%'")
    salvage(desk.path, KEY)
    desk.open()
    with desk.store.transaction() as tx:
        assert tx.next_number(DAY, "A") == 7 + NUMBER_JUMP + 1


@pytest.mark.usefixtures("large")
def test_one_bit_of_any_small_row_costs_at_most_that_row(desk):
    """Whichever it is: the store opens, at once or when it was salvaged, and takes tickets and the server's answers."""
    fill(desk, 3)
    desk.open()
    receive(desk)
    with desk.store.transaction() as tx:
        desk.book.open_new(tx, "copied", at=moment(0), edition=1)
    fill(desk, 1)
    desk.open()
    receive(desk)
    names = desk.store.cell_names()
    assert {"epoch", "jump", f"jump/{DAY}/A", "server_ms", "settled", "standing/1", "table/tickets"} < set(names)
    desk.store.close()
    good, rng, salvaged = desk.path.read_bytes(), random.Random(3), set()
    for name in [name for name in names if name != "logs"]:
        desk.path.write_bytes(good)
        sqlite.wal_path(desk.path).unlink(missing_ok=True)
        with closing(apsw.Connection(str(desk.path))) as db:
            [(data,)] = db.execute("SELECT data FROM cell WHERE place = ?", (name,)).fetchall()
            spoiled = bytearray(data)
            spoiled[rng.randrange(len(spoiled))] ^= 1 << rng.randrange(8)
            db.execute("UPDATE cell SET data = ? WHERE place = ?", (bytes(spoiled), name))
        try:
            desk.open()
        except StoreDamaged as damage:
            salvaged.add(str(damage).split()[3])
            salvage(desk.path, KEY)
            desk.open()
        with desk.store.transaction() as tx:
            assert tx.next_number(DAY, "A") == 4 + NUMBER_JUMP + (name != "settled") * NUMBER_JUMP + 1
            desk.store.table("tickets").insert({"number": 0})
        assert len(desk.store.table("tickets")) == 5
        desk.rate()
        receive(desk)
        for view in desk.book.logs():
            assert (view.waiting, desk.book.receipts(view.log)[0].server_ms) == (0, 1)
        assert check_all(desk.store).faults == ()
        desk.store.close()
    assert salvaged == set(names) - {"logs", "settled"}


@pytest.mark.parametrize("lost", ["a bit", "the row", "the page", "a bit of the twin", "the twin"])
def test_the_list_of_logs_is_kept_twice(desk, lost):
    """Log ids come from nothing else, and the keys of all records from them: whichever copy is lost, the other is read,
    and both are there again.
    """
    desk.rate()
    with desk.store.transaction() as tx:
        desk.book.open_new(tx, "copied", at=moment(0), edition=1)
    desk.rate()
    known = [(view.log, view.captured) for view in desk.book.logs()]
    desk.store.close()
    with closing(apsw.Connection(str(desk.path))) as db:
        match lost:
            case "a bit":
                db.execute("UPDATE cell SET data = CAST(data || x'00' AS BLOB) WHERE place = 'logs'")
            case "the row":
                db.execute("DELETE FROM cell WHERE place = 'logs'")
            case "a bit of the twin":
                db.execute("UPDATE document SET data = CAST(data || x'00' AS BLOB) WHERE place = 1")
            case "the twin":
                db.execute("DELETE FROM document WHERE place = 1")
    if lost == "the page":
        [page] = pages_of(desk.path, "cell")
        spoil_page(desk.path, page)
        with pytest.raises(StoreDamaged):
            Store(desk.path, KEY)
        salvage(desk.path, KEY)
    desk.open()
    assert [(view.log, view.captured) for view in desk.book.logs()] == known
    assert bool(desk.store.faults) is lost.startswith("a bit")
    desk.reopen()
    assert desk.store.faults == []
    desk.spoil("DELETE FROM cell WHERE place = 'logs'")
    assert [(view.log, view.captured) for view in desk.book.logs()] == known


def receive(desk):
    """The server has all of every log; the first answer about each is signed at 1, the next at 2."""
    for view in desk.book.logs():
        with desk.store.transaction() as tx:
            desk.book.record_receipt(
                tx, log=view.log, seq=view.captured, hash_=desk.book.hash_at(view.captured, view.log), backed_up=0,
                epoch=b"e" * 16, server_ms=1 + len(desk.book.receipts(view.log)), signed=b"s",
            )  # fmt: skip


def test_the_wrong_key_salvages_nothing(desk):
    """Wrong stays wrong, and the damaged file stays as it is."""
    fill(desk, 60)
    spoil_page(desk.path, pages_of(desk.path, "record")[1])
    before = desk.path.read_bytes()
    with pytest.raises(WrongKey):
        salvage(desk.path, bytes(32))
    assert desk.path.read_bytes() == before
    assert [path.name for path in desk.path.parent.iterdir() if "salvage" in path.name] == []
    salvage(desk.path, KEY)
    desk.open()


def test_where_nothing_can_be_read_it_says_so(desk):
    """The first page is noise: the server holds what there is; the file is kept."""
    fill(desk, 5)
    spoil_page(desk.path, 1)
    with pytest.raises(StoreDamaged, match="nothing can be read"):
        salvage(desk.path, KEY)
    assert desk.path.exists()
    desk.path.unlink()
    desk.open()


@pytest.mark.parametrize("done", [0, 1, 2])
def test_a_salvage_that_is_cut_short_is_finished_at_the_next_start(desk, done):
    """After 0, 1 or 2 of its renames, opening the store carries on to the same end."""
    fill(desk, 60)
    good = desk.path.read_bytes()
    sqlite.salvaged_path(desk.path).write_bytes(good)
    sqlite.wal_path(desk.path).write_bytes(b"a log that belongs to the damaged file")
    sqlite.mark_damaged(desk.path, "and so does the mark")
    spoil_page(desk.path, 1)
    aside = desk.path.with_name(desk.path.name + ".damaged-1")
    if done > 0:
        sqlite.wal_path(desk.path).replace(sqlite.wal_path(aside))
    if done > 1:
        desk.path.replace(aside)
    store = Store(desk.path, KEY, reserve_bytes=0)
    assert len(store.table("tickets")) == 60
    assert aside.exists()
    assert sqlite.wal_path(aside).exists()
    store.close()
    desk.open()


def test_noise_anywhere_is_found_or_harmless(desk):
    """512 bytes to 4 KiB of noise anywhere: the store says what is wrong or works, and never shows a wrong record."""
    fill(desk, 80)
    good = desk.path.read_bytes()
    desk.open()
    known = {seq: desk.book.hash_at(seq) for seq in range(1, 82)}
    log = desk.book.head.log
    desk.store.close()
    rng = random.Random(5)
    outcomes = {"works": 0, "refused": 0}
    for _ in range(120):
        length = rng.choice((512, 1024, 4096))
        at = rng.randrange(0, len(good) - length)
        spoiled = good[:at] + rng.randbytes(length) + good[at + length :]
        desk.path.write_bytes(spoiled)
        sqlite.wal_path(desk.path).unlink(missing_ok=True)
        sqlite.damage_mark(desk.path).unlink(missing_ok=True)
        try:
            desk.open()
            for seq, hash_ in known.items():
                try:
                    assert desk.book.hash_at(seq, log) in (hash_, None)
                except RowDamaged:
                    continue
            assert all(1 <= ticket["number"] <= 80 for ticket in desk.store.table("tickets"))
            outcomes["works"] += 1
        except SalaError:
            outcomes["refused"] += 1
        desk.store.close()
    assert min(outcomes.values()) > 0, outcomes
    desk.path.write_bytes(good)
    sqlite.wal_path(desk.path).unlink(missing_ok=True)
    sqlite.damage_mark(desk.path).unlink(missing_ok=True)
    desk.open()


def test_numbers_on_paper_and_of_other_kiosks_are_not_given_again(desk):
    """The counter's own row is lost: what a strip set aside, and what another kiosk was given, counts as given too."""
    with desk.store.transaction() as tx:
        strip = kinds.NumbersReserved(DAY.isoformat(), "B", 681, 700)
        joined = kinds.TicketJoined(DAY.isoformat(), "D", 900, "", "tax", "", "", None, "th", b"t" * 16, None)
        for body in (strip, joined):
            desk.book.append(tx, body, at=moment(0), edition=1)
    fill(desk, 60)
    spoil_page(desk.path, pages_of(desk.path, "record")[-1])
    salvage(desk.path, KEY)
    desk.open()
    with desk.store.transaction() as tx:
        assert tx.next_number(DAY, "B") > 700
        assert tx.mark(DAY, "D") == 900
