"""Routes: who is complained of never reads it, at least two others do, and a third key lies outside the office."""

import msgspec
import pytest

from shared import content, keys
from shared.content import Reader, Route, Text
from shared.errors import ContentRefused

ANN, BEN, CAT, LAST = (keys.ReadingKey(bytes([i]) * 96).public for i in (1, 2, 3, 4))
NAME = Text(th="ตำแหน่ง")


def route(**change):
    """A sound route about the chief."""
    fields = {
        "id": "chief", "subject": NAME, "picture": "report", "about": "chief", "leaves_out": ["chief"],
        "readers": ["ann", "ben"],
    }  # fmt: skip
    return Route(**(fields | change))


def office(*routes, recovery=LAST.raw, **given):
    """A small office with these routes; readers ann, ben, cat and chief have keys unless `given` says otherwise."""
    told = {"ann": ANN.raw, "ben": BEN.raw, "cat": CAT.raw, "chief": b""} | given
    return content.Office(
        id="salathong", name=NAME, short_name=NAME, district=NAME, province=NAME, phone="0", hours=NAME,
        memo_number_prefix="0", divisions=[], categories=[], villages=[], series=[], outside_channels=[], holidays=[],
        readers=[Reader(id=name, title=NAME, key=key) for name, key in told.items()], routes=list(routes),
        recovery_key=recovery,
    )  # fmt: skip


def test_a_sound_route_gives_its_readers_keys_and_the_recovery_key_last():
    """What is sealed to is the readers in their order and the recovery key apart from them."""
    assert [key.id for key in content.check_route(office(), route())] == [ANN.id, BEN.id, LAST.id]


BROKEN = {
    "the subject is not left out": ({"leaves_out": []}, {}),
    "the subject reads it": ({"leaves_out": ["chief", "ann"]}, {}),
    "a unit without anybody left out": ({"about": "unit", "leaves_out": []}, {}),
    "a council without anybody left out": ({"about": "council", "leaves_out": []}, {}),
    "one reader": ({"readers": ["ann"]}, {}),
    "nobody": ({"readers": []}, {}),
    "one reader twice": ({"readers": ["ann", "ann"]}, {}),
    "a reader nobody knows": ({"readers": ["ann", "dan"]}, {}),
    "a reader without a key": ({}, {"ben": b""}),
    "a reader whose key is none": ({}, {"ben": b"\xff" * 1216}),
    "two readers with one key": ({}, {"ben": ANN.raw}),
    "the subject holds a reader's key": ({}, {"chief": ANN.raw}),
    "no recovery key": ({}, {"recovery": b""}),
    "a reader's key as recovery": ({}, {"recovery": BEN.raw}),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_route_that_breaks_a_rule_is_offered_to_nobody(case):
    """Each rule broken alone: refused, left out where routes are shown, left out of an edition."""
    of_route, of_office = BROKEN[case]
    broken = route(**of_route)
    told = office(broken, **of_office)
    with pytest.raises(ContentRefused):
        content.check_route(told, broken)
    assert content.sound_routes(told) == []
    given = {reader.id: reader.key for reader in told.readers}
    assert content.with_reader_keys(told, given, told.recovery_key).routes == []


def test_who_is_unknown_need_not_be_left_out():
    """A complaint about nobody one knows, or somebody one will name, leaves nobody out beforehand."""
    for about in ("person", "unknown"):
        content.check_route(office(), route(about=about, leaves_out=[]))


def test_an_edition_tells_sound_routes_with_keys_and_drops_the_rest():
    """Keys come from the server; a route that lacks one goes, and so does a reader of no route."""
    plain = office(
        route(), route(id="two", readers=["ann", "cat"]), recovery=b"", **dict.fromkeys(("ann", "ben", "cat"), b"")
    )
    told = content.with_reader_keys(plain, {"ann": ANN.raw, "ben": BEN.raw}, LAST.raw)
    assert [each.id for each in told.routes] == ["chief"]
    assert [(each.id, each.key) for each in told.readers] == [("ann", ANN.raw), ("ben", BEN.raw), ("chief", b"")]
    assert content.with_reader_keys(plain, {}, LAST.raw).routes == []


def test_an_edition_from_before_there_were_routes_still_reads():
    """An older office piece lacks the fields; it reads as an office without routes."""
    old = msgspec.json.decode(content.piece(office()))
    for name in ("readers", "routes", "recovery_key"):
        del old[name]
    read = content.read_piece(content.Office, msgspec.json.encode(old))
    assert (read.readers, read.routes, read.recovery_key) == ([], [], b"")
