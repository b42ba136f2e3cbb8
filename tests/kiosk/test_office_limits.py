"""Limits in the signed content: an office may ask for less than the program allows, and a kiosk keeps to it from the
touch to the stick.
"""

import random

import msgspec
import pytest

from kiosk.desk import complaints, confidential, ratings, stick
from kiosk.desk.stick import Export, Stick
from kiosk.store import Logbook
from kiosk.sync.rim import converse
from shared import content, kinds
from shared.content import HIGHEST, LOWEST, Limits
from shared.envelope import read_header
from shared.errors import ContentRefused, TooLarge
from tests.kiosk.desk.test_confidential import a_draft, an_office_with_routes
from tests.kiosk.sync.memory_server import MemoryServer
from tests.kiosk.worlds import Hands, make_world, pieces_of, publish, some_services


@pytest.fixture
def world(tmp_path):
    """A kiosk under the program's own limits."""
    made = make_world(tmp_path / "kiosk")
    yield made
    made.store.close()


def under(world, limits, edition=2):
    """The same office with these limits is on the screen."""
    office = msgspec.structs.replace(an_office_with_routes(), limits=limits)
    publish(world.content, edition, pieces_of(office, some_services()))


def a_case(text):
    """A request with these words."""
    return complaints.Draft("lamp", text, "m3", "", "", "")


def test_without_a_word_of_the_office_the_programs_own_limits_hold(world):
    """Editions from before there were any limits say nothing about them."""
    assert world.limits == HIGHEST == Limits()
    office = msgspec.json.decode(content.piece(an_office_with_routes()))
    del office["limits"]
    assert content.read_piece(content.Office, msgspec.json.encode(office)).limits == HIGHEST


def test_a_citizen_writes_as_much_as_the_office_takes(world):
    """Neither form takes more, a longer text is named as the field to mend, and nothing was recorded."""
    under(world, Limits(text_chars=300))
    now = Hands().clock().now()
    assert complaints.problems(a_case("ก" * 300), world.limits) == ()
    assert complaints.problems(a_case("ก" * 301), world.limits) == ("text",)
    assert confidential.problems(a_draft(text="ก" * 301), world.limits) == ("text",)
    before = world.lobby.counts().captured
    with pytest.raises(complaints.DraftIncomplete, match="text"):
        complaints.file(world, now, a_case("ก" * 301), "th")
    with pytest.raises(complaints.DraftIncomplete, match="text"):
        confidential.file(world, now, a_draft(text="ก" * 301), "th")
    assert world.lobby.counts().captured == before
    assert complaints.file(world, now, a_case("ก" * 300), "th").code


def test_a_body_beyond_the_limit_is_no_record(world):
    """The guard below every form: nothing of the transaction stays, and the log goes on."""
    under(world, Limits(record_bytes=LOWEST.record_bytes))
    book = Logbook(world.store, "lobby", software="t", body_bytes_max=lambda: world.limits.record_bytes)
    now = Hands().clock().now()
    case = kinds.CaseFiled("2026-03-16", bytes(16), bytes(32), "lamp", "x" * LOWEST.record_bytes, "", "", "", "th")
    before = book.counts().captured
    with pytest.raises(TooLarge), world.store.transaction() as tx:
        book.append(tx, case, at=now.at, edition=2)
    assert book.counts().captured == before
    ratings.rate(world, now, 5)
    assert book.counts().captured == before + 1


def _fill(world, count=60):
    now = Hands().clock().now()
    for n in range(count):
        text = random.Random(n).randbytes(1000).hex()
        case = kinds.CaseFiled("2026-03-16", bytes(16), bytes(32), "lamp", text, "", "", "", "th")
        with world.store.transaction() as tx:
            world.lobby.append(tx, case, at=now.at, edition=1)


THIN = Limits(batch_records=7), Limits(envelope_bytes=LOWEST.envelope_bytes), Limits(inflated_bytes=64 * 1024)


@pytest.mark.parametrize("limits", THIN, ids=["records", "envelope", "inflated"])
def test_line_and_stick_keep_to_it(world, tmp_path, limits):
    """No envelope, sent or carried, is beyond what the office takes; everything arrives, and lies on the stick."""
    under(world, limits)
    _fill(world)
    (tmp_path / "stick").mkdir()
    export = Export(world, Hands().clock().now(), Stick(tmp_path / "stick", 10**9))
    while not export.step().finished:
        pass
    carried = [path.read_bytes() for path in (tmp_path / "stick").rglob(f"*{stick.layout.SUFFIX}")]
    server, sent = MemoryServer(), []
    genuine = server.post

    def post(path, body):
        if path.endswith("push"):
            sent.append(body)
        return genuine(path, body)

    server.post = post
    converse(world, Hands().clock(), server)
    assert server.count() == 61
    assert sum(read_header(one).count for one in carried) == 61
    # A record of 2 kB in hex packs to half: what is inflated is at most twice what an envelope holds, and some.
    most = min(limits.envelope_bytes, limits.inflated_bytes)
    for envelope in (*sent, *carried):
        assert len(envelope) <= most
        assert read_header(envelope).count <= limits.batch_records
    assert len(sent) > 1
    assert len(carried) > 1


def test_a_slip_of_the_pen_silences_no_kiosk(world):
    """Limits of nothing, or beyond the program's own, are brought within the range before they count."""
    names = Limits.__struct_fields__
    under(world, Limits(**dict.fromkeys(names[:-1], 0)))
    assert msgspec.structs.replace(world.limits, edition_bytes=LOWEST.edition_bytes) == LOWEST
    under(world, Limits(**dict.fromkeys(names, 2**62)), edition=3)
    assert world.limits == HIGHEST
    assert {name for name, _, _ in Limits(**dict.fromkeys(names, 0)).out_of_range()} == set(names)
    assert list(HIGHEST.out_of_range()) == list(LOWEST.out_of_range()) == []
    complaints.file(world, Hands().clock().now(), a_case("ก" * 200), "th")


def test_an_edition_beyond_its_own_limit_is_refused(world):
    """What is on the screen stays."""
    office = msgspec.structs.replace(an_office_with_routes(), limits=Limits(edition_bytes=LOWEST.edition_bytes))
    pieces = pieces_of(office, some_services()) | {"a_newer_programs": b"x" * LOWEST.edition_bytes}
    with pytest.raises(ContentRefused, match="its office allows"):
        publish(world.content, 2, pieces)
    assert world.content.edition == 1


def test_the_longest_complaint_fits_the_narrowest_limits(world):
    """In each form, with every field full of the widest characters: recorded, sent and held."""
    under(world, msgspec.structs.replace(LOWEST, text_chars=HIGHEST.text_chars))
    now, wide = Hands().clock().now(), "𝔴"
    draft = a_draft(text=wide * 2000, unit=wide * 60, person=wide * 120, when=wide * 200, place=wide * 200)
    confidential.file(world, now, draft, "ms-Arab")
    complaints.file(world, now, complaints.Draft("lamp", wide * 2000, "m3", wide * 200, wide * 100, "0"), "th")
    server = MemoryServer()
    converse(world, Hands().clock(), server)
    with world.apart.open(now.service_date) as book:
        converse(world, Hands().clock(), server, book=book)
        assert book.counts().waiting == 0
        assert max(len(record.body) for record in book.after(0)) < LOWEST.record_bytes
    assert world.lobby.counts().waiting == 0
