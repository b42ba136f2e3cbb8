"""Content: a kiosk turns only to an edition that is whole, signed, ours and not older."""

import contextlib
from datetime import date

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import given
from strategies import mutated

from shared import content, envelope, keys, wire
from shared.content import Duration, Office, Paper, Service, Step, Text
from shared.envelope import Label
from shared.errors import ContentRefused, Malformed, SalaError

KEY = keys.SigningKey(b"b" * 32)
OFFICE = b"office-123456789"


def office():
    """A small office."""
    name = Text(th="อบต.ศาลาทอง", en="Sala Thong")
    return Office(
        id="salathong", name=name, short_name=name, district=name, province=name, phone="0-0000-0000", hours=name,
        memo_number_prefix="ตย 00000/", divisions=[content.Division(id="palad", name=name, phone="11")],
        categories=[content.Category(id="road", name=name, examples=name, picture="road", division="palad")],
        villages=[], series=[content.Series(id="general", name=name)], outside_channels=[], holidays=[],
    )  # fmt: skip


def service(**change):
    """A small service."""
    text = Text(th="ข้อความ", en="text")
    fields = {
        "id": "sign_tax", "title": text, "division": "palad", "audience": ["business"], "picture": "sign",
        "steps": [Step(title=text, duration=Duration(value=2, unit="minute"), responsible=text, division="palad")],
        "promise": Duration(value=5, unit="minute"), "fee": Text(th="ไม่มีค่าธรรมเนียม", en="No fee"),
        "papers": [Paper(name=text, optional=False)], "channels": [text], "hours": text, "lunch": True,
        "legal_basis": text, "series": "general", "public_label": text, "sensitive": False,
        "checked_by": "นิติกร", "checked_on": date(2026, 10, 1), "source": "",
    }  # fmt: skip
    return Service(**(fields | change))


def edition(number=3, by=KEY, of=OFFICE, pieces=None):
    """A signed manifest and its pieces by hash."""
    pieces = pieces or {"office": content.piece(office()), "service/sign_tax": content.piece(service())}
    data = content.make_manifest(pieces, office=of, edition=number, made_ms=5, by=by)
    return data, {content.piece_hash(piece): piece for piece in pieces.values()}


def read(data, at_least=0):
    """The manifest under our key and office."""
    return content.read_manifest(data, KEY.public, office=OFFICE, at_least=at_least)


def test_an_edition_reads_back():
    """What was published is what is shown."""
    data, pieces = edition()
    bundle = content.assemble(read(data), pieces)
    assert bundle.edition == 3
    assert bundle.office == office()
    assert bundle.services == [service()]


def test_unsigned_or_foreign_editions_are_refused():
    """Another key, another office or a flipped bit: the old edition stays (G-26)."""
    for data in (edition(by=keys.SigningKey(b"x" * 32))[0], edition(of=b"other-office-123")[0], b"", b"<html>"):
        with pytest.raises(SalaError):
            read(data)


@given(st.data())
def test_no_altered_manifest_is_believed(data):
    """Any change to a manifest is refused."""
    with pytest.raises(SalaError):
        read(data.draw(mutated(edition()[0])))


def test_editions_never_go_back():
    """A lower edition is refused; the same one is not an error (F-H3)."""
    with pytest.raises(ContentRefused):
        read(edition(2)[0], at_least=3)
    assert read(edition(3)[0], at_least=3).edition == 3


def test_missing_swapped_or_altered_pieces_are_refused():
    """An edition is turned to only when every piece is the one that was signed."""
    data, pieces = edition()
    manifest = read(data)
    first, second = pieces
    lies = [
        {first: pieces[first]},
        {first: pieces[second], second: pieces[first]},
        {first: pieces[first] + b" ", second: pieces[second]},
    ]
    for lie in lies:
        with pytest.raises(ContentRefused):
            content.assemble(manifest, lie)


def test_only_missing_pieces_are_fetched():
    """An unchanged piece keeps its hash, so the next edition fetches only what changed."""
    _, old = edition(3)
    other = service(fee=Text(th="20 บาท", en="20 baht"))
    data, _ = edition(4, pieces={"office": content.piece(office()), "service/sign_tax": content.piece(other)})
    assert [ref.name for ref in content.missing(read(data), old)] == ["service/sign_tax"]


def test_unknown_pieces_and_fields_are_passed_over():
    """An older kiosk shows a newer office's content and leaves what it does not know (F-H1)."""
    newer = content.piece(office()).replace(b"{\n", b'{\n "a_field_of_tomorrow": [1, 2],\n', 1)
    data, pieces = edition(pieces={"office": newer, "voice/th": b"\x00\x01"})
    assert content.assemble(read(data), pieces).office == office()


def test_pictures_of_forms_travel_as_they_are():
    """A PNG is a piece under its own name; anything else under such a name is refused."""
    png = b"\x89PNG\r\n\x1a\n" + (13).to_bytes(4) + b"IHDR" + (800).to_bytes(4) + (1131).to_bytes(4)
    data, pieces = edition(pieces={"office": content.piece(office()), "form/a.png": png})
    assert content.assemble(read(data), pieces).pictures == {"a.png": png}
    data, pieces = edition(pieces={"office": content.piece(office()), "form/a.png": b"GIF89a"})
    with pytest.raises(ContentRefused, match=r"a\.png is no PNG"):
        content.assemble(read(data), pieces)


def faced(until=None):
    """The small office with one colleague who consented to a photo from October on."""
    name, photo = Text(th="สมศรี"), content.Photo(file="a.png", consent_on=date(2026, 10, 1), consent_until=until)
    somsri = content.Colleague(id="a", name=name, position=name, division="palad", picture="avatar-1", photo=photo)
    return msgspec.structs.replace(office(), colleagues=(somsri,))


PNG = b"\x89PNG\r\n\x1a\n" + (13).to_bytes(4) + b"IHDR" + (300).to_bytes(4) + (300).to_bytes(4)


def test_a_face_is_shown_while_its_consent_lasts():
    """From the day it was given to the day that was set, both included; the edition itself stays readable."""
    data, pieces = edition(pieces={"office": content.piece(faced(date(2027, 9, 30))), "staff/a.png": PNG})
    bundle = content.assemble(read(data), pieces)
    [somsri] = bundle.office.colleagues
    days = [date(2026, 9, 30), date(2026, 10, 1), date(2027, 9, 30), date(2027, 10, 1)]
    assert [bundle.photo_of(somsri, day) for day in days] == [b"", PNG, PNG, b""]
    data, pieces = edition(pieces={"office": content.piece(faced()), "staff/a.png": PNG})
    assert content.assemble(read(data), pieces).photo_of(somsri, date(2027, 1, 1)) == PNG
    # The piece is gone, the office still names it: nothing is shown, and nothing is refused.
    data, pieces = edition(pieces={"office": content.piece(faced())})
    assert content.assemble(read(data), pieces).photo_of(somsri, date(2027, 1, 1)) == b""


@pytest.mark.parametrize("described", [office(), faced()])
def test_a_face_that_nobody_consented_to_is_refused(described):
    """An edition is neither published nor shown with a picture that no colleague's consent names."""
    data, pieces = edition(pieces={"office": content.piece(described), "staff/b.png": PNG})
    with pytest.raises(ContentRefused, match=r"did not consent to it: b\.png"):
        content.assemble(read(data), pieces)


def test_what_lapsed_is_left_out_of_the_next_edition():
    """And nothing else is."""
    written = {"office": content.piece(faced(date(2027, 9, 30))), "staff/a.png": PNG, "form/a.png": PNG}
    assert content.without_lapsed(written, date(2027, 9, 30)) == written
    assert content.without_lapsed(written, date(2027, 10, 1)).keys() == {"office", "form/a.png"}
    assert content.without_lapsed({"form/a.png": PNG}, date(2027, 10, 1)) == {"form/a.png": PNG}


def test_rows_of_lists_that_may_be_empty_are_whole():
    """An office may have no colleague, route, reader or village; one that it has is told wholly."""
    blank, text = Text(th=""), Text(th="ข้อความ")
    rows = {
        "colleagues": (content.Colleague(id="a", name=text, position=blank, division="palad", picture="avatar-1"),),
        "routes": [content.Route(id="r", subject=blank, picture="x", about="chief", leaves_out=[], readers=[])],
        "readers": [content.Reader(id="clerk", title=blank)],
        "villages": [content.Village(id="1", name=blank)],
        "counters": ("",),
    }
    for field, row in rows.items():
        assert any(path.startswith(f"salathong.{field}[0]") for path in content.find_blanks(
            msgspec.structs.replace(office(), **{field: row})
        ))  # fmt: skip
    assert content.find_blanks(office()) == []


@pytest.mark.parametrize(
    "blank",
    [
        {"fee": Text(th=" ", en="x")}, {"papers": []}, {"steps": []}, {"legal_basis": Text(th="")},
        {"checked_by": ""}, {"hours": Text(th="")}, {"channels": []},
    ],
)  # fmt: skip
def test_blank_fields_are_found_and_refused(blank):
    """A fee, paper, step or basis left out is named and never published."""
    field = next(iter(blank))
    assert any(field in path for path in content.find_blanks(service(**blank)))
    data, pieces = edition(pieces={"office": content.piece(office()), "service/x": content.piece(service(**blank))})
    with pytest.raises(ContentRefused, match=field):
        content.assemble(read(data), pieces)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_piece_or_refused(data):
    """Any bytes in, a fact or ContentRefused out."""
    for kind in (Office, Service, content.Statuses):
        try:
            assert isinstance(content.read_piece(kind, data), kind)
        except ContentRefused:
            continue


@given(st.binary(max_size=300))
def test_any_signed_payload_is_a_manifest_or_refused(payload):
    """Even under the right signature, a payload that is no manifest is refused."""
    with pytest.raises(SalaError):
        read(envelope.sign(Label.MANIFEST, payload, KEY))


def test_double_names_and_impossible_sizes_are_refused():
    """Two pieces of one name, or a size beyond the limit, make no edition."""
    ref = content.PieceRef("office", b"h" * 32, 5)
    for refs in ([ref, ref], [content.PieceRef("office", b"h" * 32, 2**40)], [content.PieceRef("office", b"h", 5)]):
        note = envelope.sign(Label.MANIFEST, wire.encode(content.Manifest(1, OFFICE, 3, 5, refs)), KEY)
        with pytest.raises(ContentRefused):
            read(note)


def test_text_falls_back_to_thai():
    """Jawi falls back to Rumi, all else to Thai: never a blank."""
    text = Text(th="ไทย", ms="Melayu")
    assert [text.into(x) for x in ("th", "en", "ms", "ms-Arab", "xx")] == ["ไทย", "ไทย", "Melayu", "Melayu", "ไทย"]


def test_steps_add_up():
    """Steps of one unit sum in that unit; mixed ones in minutes; immediate ones count nothing."""
    step = service().steps[0]
    import msgspec

    day = msgspec.structs.replace(step, duration=Duration(value=1, unit="day"))
    now = msgspec.structs.replace(step, duration=Duration(value=0, unit="immediate"))
    assert content.steps_total(service(steps=[step, step, now])) == Duration(value=4, unit="minute")
    assert content.steps_total(service(steps=[step, day])) == Duration(value=1442, unit="minute")


def hall():
    """One of each piece that an edition may lack."""
    from pathlib import Path

    from shared import source

    folder = Path(__file__).parents[2] / "assets" / "office-sample"
    files = {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*.toml")}
    month = content.Satisfaction(month=date(2027, 2, 1), place="ticket", by_score=(3, 4, 10, 80, 117))
    drawn = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.png")}
    return {**source.read(files, drawn).hall, content.SATISFACTION_PIECE: month}


def test_what_hangs_in_the_hall_reads_back_and_may_be_absent():
    """Budget, plan, hours, survey and satisfaction come as they were written; an older edition has none of them."""
    facts = hall()
    assert set(facts) == set(content.HALL)
    pieces = {"office": content.piece(office()), **{name: content.piece(fact) for name, fact in facts.items()}}
    data, by_hash = edition(pieces=pieces)
    bundle = content.assemble(read(data), by_hash)
    assert {name: getattr(bundle, name) for name in content.HALL} == facts
    assert bundle.satisfaction.n == 214
    data, by_hash = edition()
    before = content.assemble(read(data), by_hash)
    assert [getattr(before, name) for name in content.HALL if name != "attract"] == [None] * 4
    assert before.attract == content.Attract()


def test_a_blank_in_the_hall_is_refused():
    """A budget whose document is not named is on no kiosk."""
    from msgspec.structs import replace

    blank = replace(hall()["budget"], document=Text(th=""))
    data, pieces = edition(pieces={"office": content.piece(office()), "budget": content.piece(blank)})
    with pytest.raises(ContentRefused, match="document"):
        content.assemble(read(data), pieces)


# --- statuses ----------------------------------------------------------------------------------------------------

STATUS = content.Status("answered", "lamp", "2026-11-25", "2026-12-10", "ซ่อมแล้ว", "2026-11-27", "กองช่าง", "ร.1/2570")


@given(st.integers(0, 9))
def test_a_status_reads_back_with_its_round_and_without(round_):
    """Where there is no round the short form is written, as programs before rounds read it (docs/format.md, 8)."""
    from msgspec.structs import replace

    status = replace(STATUS, round=round_)
    data = content.write_status(status)
    assert content.read_status(data) == status
    assert len(wire.decode(list, data, bytes_max=1000)) == (9 if round_ else 8)


@pytest.mark.parametrize(
    ("answer", "shown"), [("", "in_progress"), ("ซ่อมแล้ว", "answered")], ids=["nothing said yet", "answered"]
)
def test_a_status_of_a_newer_server_is_read_as_far_as_it_is_known(answer, shown):
    """Whoever holds the code is told what is known, not that there is no such case."""
    known = msgspec.structs.replace(STATUS, state=shown, answer=answer, round=2)
    fields = msgspec.msgpack.decode(content.write_status(known))
    assert content.read_status(wire.encode(["sent to the district", *fields[1:], {"a later": "field"}])) == known
    with pytest.raises(Malformed):
        content.read_status(wire.encode(["sent to the district", *fields[1:6]]))


@given(st.binary(max_size=300) | mutated(content.write_status(STATUS)))
def test_any_bytes_are_a_status_or_one_of_our_errors(data):
    """Whatever lies under a code, the reader ends in a value or in a sentence of ours."""
    with contextlib.suppress(SalaError):
        assert isinstance(content.read_status(data), content.Status)
