"""What the server answers to kiosks: a receipt, or a signed refusal, never anything else."""

import datetime as dt

import msgspec
import pytest
from django.conf import settings
from django.db import OperationalError
from fake_kiosk import FakeKiosk, direct
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from shared import envelope, kinds, protocol, wire
from shared.content import make_manifest, piece_hash
from shared.envelope import Label
from shared.keys import SealTo, SigningKey
from shared.protocol import NO_ID, Position, Reason, Receipt, Refusal, Stored
from sync_server.ingest import actions
from sync_server.kiosks.actions import clear_alarm
from sync_server.kiosks.models import Alarm, AlarmKind, Kiosk
from sync_server.records import deciding
from sync_server.records.models import Log, RecordRow
from sync_server.setting_up import program


def test_a_push_is_committed_and_receipted_under_the_kiosks_own_head(kiosk):
    """After a push the server holds every record byte for byte, and its signed receipt names the head the kiosk has."""
    kiosk.ticket(1)
    kiosk.file()
    kiosk.rate(5)
    heard = kiosk.push()
    assert Stored(kiosk.lobby.head, 0) in heard
    held = list(RecordRow.objects.order_by("seq"))
    assert [bytes(row.header) for row in held] == [wire.encode(one.header) for one in kiosk.lobby.records]
    assert [(row.salt, row.body) for row in held] == [(one.salt, one.body) for one in kiosk.lobby.records]
    assert (Log.objects.get().seq, bytes(Log.objects.get().head_hash)) == (4, kiosk.lobby.head.hash)


def test_more_than_a_batch_arrives_whole(kiosk):
    """A backlog of several envelopes arrives in one conversation, each record once."""
    for n in range(1100):
        kiosk.rate(n % 5 + 1)
    kiosk.push()
    assert list(RecordRow.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 1102))


def test_an_envelope_sent_again_is_receipted_again_and_kept_once(kiosk):
    """A replayed envelope changes nothing and is answered by a receipt for the same head."""
    kiosk.ticket(1)
    sealed = kiosk.envelope()
    first, second = (kiosk.read(kiosk.post("push", sealed)) for _ in range(2))
    assert isinstance(first, Receipt)
    assert first == second
    assert RecordRow.objects.count() == 2


def test_an_older_part_sent_again_is_receipted_for_what_it_is(kiosk):
    """A batch that ends before the head is a repeat; the receipt names its end, all that its sender can check."""
    for n in range(5):
        kiosk.ticket(n + 1)
    kiosk.push()
    answer = kiosk.read(kiosk.post("push", kiosk.envelope(kiosk.lobby.records[:3])))
    assert isinstance(answer, Receipt)
    assert (answer.seq, answer.hash, answer.forked) == (3, kiosk.lobby.hash_at(3), False)


def test_two_equal_ratings_are_two_records(kiosk):
    """Honest equals are never taken for duplicates."""
    kiosk.rate(5)
    kiosk.rate(5)
    kiosk.push()
    assert RecordRow.objects.filter(kind="rating.given").count() == 2


# --- bad input -----------------------------------------------------------------------------------------------------


def _flipped(sealed):
    return sealed[:-1] + bytes([sealed[-1] ^ 1])


def _other(device: FakeKiosk, **changes: object) -> FakeKiosk:
    """The same kiosk with another face: another office, identity, key or server key."""
    me = device.me
    fields = {"office": me.office, "kiosk": me.kiosk, "key": me.key, "answers": me.answers, "seal_to": me.seal_to}
    device.me = protocol.KioskSelf(**{**fields, **changes})
    return device


def _with_version(sealed: bytes) -> bytes:
    return sealed[:4] + bytes([9]) + sealed[5:]


_STRANGER = SigningKey(bytes(range(32)))

BAD = {
    "nothing at all": (lambda k: b"", Reason.MALFORMED),
    "no envelope": (lambda k: b"GET / HTTP/1.1\r\n\r\n", Reason.MALFORMED),
    "a portal's page": (lambda k: b"<html>Please sign in</html>" * 20, Reason.MALFORMED),
    "truncated": (lambda k: k.envelope()[:-30], Reason.MALFORMED),
    "header only": (lambda k: k.envelope()[:185], Reason.MALFORMED),
    "longer than it says": (lambda k: k.envelope() + b"\0", Reason.MALFORMED),
    "oversized": (lambda k: k.envelope() + bytes(settings.SALA_ENVELOPE_BYTES_MAX), Reason.TOO_LARGE),
    "unknown version": (lambda k: _with_version(k.envelope()), Reason.UNKNOWN_VERSION),
    "another office's": (lambda k: _other(k, office=bytes(16)).envelope(), Reason.WRONG_OFFICE),
    "unknown kiosk": (lambda k: _other(k, kiosk=bytes(16)).envelope(), Reason.UNKNOWN_KIOSK),
    "another's key": (lambda k: _other(k, key=_STRANGER).envelope(), Reason.BAD_SIGNATURE),
    "signature flipped": (lambda k: _flipped(k.envelope()), Reason.BAD_SIGNATURE),
    "sealed to a key we lost": (
        lambda k: _other(k, seal_to=SealTo(bytes([9]) + bytes(31))).envelope(),
        Reason.CANNOT_OPEN,
    ),
    "records missing before": (lambda k: k.envelope(k.lobby.records[2:]), Reason.GAP),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_gets_a_signed_refusal_and_changes_nothing(kiosk, client, case):
    """Whatever is wrong with an envelope, the answer is a signed refusal with its reason, over HTTP never a 500."""
    for n in range(3):
        kiosk.ticket(n + 1)
    make, reason = BAD[case]
    response = client.post("/sync/push", make(kiosk), content_type="application/octet-stream")
    answer = kiosk.read(response.content)
    assert isinstance(answer, Refusal)
    assert answer.reason is reason
    assert 400 <= response.status_code < 500
    assert not RecordRow.objects.exists()


@pytest.mark.parametrize("door", ["push", "position"])
def test_a_newer_kiosk_is_told_by_name_that_this_server_is_too_old(kiosk, client, door):
    """Whatever a later version adds, office, kiosk and nonce stand where they stood, and the refusal repeats them."""
    said = []

    def post(where, data):
        said.append((where, data))
        return kiosk.post(where, data)

    FakeKiosk(kiosk.me, post, kiosk.now, 2).push()
    data = next(data for where, data in said if where == door)
    if door == "position":
        payload = msgspec.msgpack.decode(data[86:])
        data = data[:86] + msgspec.msgpack.encode([*payload, {"a later": "field"}])
    response = client.post(f"/sync/{door}", _with_version(data), content_type="application/octet-stream")
    answer = kiosk.read(response.content)
    assert answer.reason is Reason.UNKNOWN_VERSION
    assert (answer.office, answer.kiosk) == (kiosk.me.office, kiosk.me.kiosk)
    assert answer.nonce == protocol.addressed(data)[2] != bytes(16)


def test_after_a_refusal_the_kiosks_queue_goes_on(kiosk):
    """A refused envelope blocks nothing: the next conversation delivers everything."""
    kiosk.ticket(1)
    kiosk.post("push", kiosk.envelope()[:-1])
    kiosk.push()
    assert RecordRow.objects.count() == 2


def test_a_refusal_names_the_question_it_answers(kiosk):
    """A refusal bears kiosk and nonce of the envelope, as far as its header can be read."""
    sealed = kiosk.envelope()
    header = envelope.read_header(sealed)
    answer = kiosk.read(kiosk.post("push", sealed[:-1] + bytes([sealed[-1] ^ 1])))
    assert (answer.office, answer.kiosk, answer.nonce) == (header.office, header.kiosk, header.nonce)
    stray = kiosk.read(kiosk.post("push", b"?"))
    assert (stray.office, stray.kiosk, stray.nonce) == (NO_ID, NO_ID, NO_ID)


def test_a_revoked_kiosk_is_kept_apart_and_raises_one_alarm(kiosk, server, staff):
    """What a revoked kiosk sends is kept, its receipts say that it does not count; the fleet page is told once."""
    kiosk.ticket(1)
    deciding.revoke(program(server.office), Kiosk.objects.get(), "หาย", now=server.now)
    for _ in range(3):
        assert kiosk.read(kiosk.post("push", kiosk.envelope())).level == "quarantined"
    kiosk.push()
    assert Alarm.objects.filter(kind=AlarmKind.REVOKED_SENT).count() == 1
    assert RecordRow.objects.count() == 2


def test_an_alarm_that_was_cleared_is_raised_again_by_what_happens_since(kiosk, server):
    """A second copy of a kiosk at once; a revoked one that goes on sending a day after somebody looked, not at once."""
    actor, now = program(server.office), server.now

    def after(hours, *senders):
        nonlocal now
        now += dt.timedelta(hours=hours)
        for sender in senders:
            sender.post = direct(now)
            sender.post("push", sender.envelope())
        alarms = list(Alarm.objects.filter(cleared_at=None))
        for alarm in alarms:
            clear_alarm(actor, alarm, now=now)
        return [alarm.kind for alarm in alarms]

    kiosk.push()
    twins = [kiosk.clone() for _ in range(2)]
    kiosk.ticket(1)
    kiosk.push()
    for number, twin in enumerate(twins):
        twin.ticket(10 + number)
        assert after(1, twin, twin) == [AlarmKind.FORKED]
        assert after(1, twin) == []
    assert Alarm.objects.count() == 1
    deciding.revoke(actor, Kiosk.objects.get(), "หาย", now=now)
    seen = []
    for hours in (1, 1, 25):
        kiosk.ticket(20 + hours)
        seen.append(after(hours, kiosk))
    assert seen == [[AlarmKind.REVOKED_SENT], [], [AlarmKind.REVOKED_SENT]]


def test_an_alarm_is_kept_with_the_records_that_cause_it(kiosk, server, monkeypatch):
    """The server dies once they are kept: staff learn of them all the same, though the kiosk never brings them anew."""
    kiosk.ticket(1)
    deciding.revoke(program(server.office), Kiosk.objects.get(), "หาย", now=server.now)
    real = actions.records.append

    def dies(*args, **kwargs):
        real(*args, **kwargs)
        raise KeyboardInterrupt

    monkeypatch.setattr(actions.records, "append", dies)
    with pytest.raises(KeyboardInterrupt):
        kiosk.post("push", kiosk.envelope())
    assert RecordRow.objects.count() == 2
    assert Alarm.objects.filter(kind=AlarmKind.REVOKED_SENT).count() == 1


def test_an_unknown_kind_is_kept_whole_and_receipted(kiosk):
    """What this program cannot read is stored byte for byte and receipted like everything else."""
    kiosk.append_raw("lantern.lit", 7, b"\x93\x01\x02\x03")
    kiosk.ticket(1)
    kiosk.push()
    row = RecordRow.objects.get(kind="lantern.lit")
    assert (row.schema, bytes(row.body)) == (7, b"\x93\x01\x02\x03")
    assert Log.objects.get().seq == 3


@hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_flipped_or_cut_envelope_is_refused(kiosk, data):
    """No damaged byte is ever believed: flips, cuts and insertions all end in a signed refusal."""
    if not hasattr(kiosk, "sealed"):
        kiosk.ticket(1)
        kiosk.sealed = kiosk.envelope()
    sealed = bytearray(kiosk.sealed)
    place = data.draw(st.integers(0, len(sealed) - 1))
    act = data.draw(st.sampled_from(["flip", "cut", "insert"]))
    if act == "flip":
        sealed[place] ^= data.draw(st.integers(1, 255))
    elif act == "cut":
        del sealed[place:]
    else:
        sealed[place:place] = data.draw(st.binary(min_size=1, max_size=8))
    answer = kiosk.read(kiosk.post("push", bytes(sealed)))
    assert isinstance(answer, Refusal)
    assert answer.reason is not Reason.BUSY
    assert not RecordRow.objects.exists()


@hypothesis_settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(junk=st.binary(max_size=400), door=st.sampled_from(["push", "position", "enrol"]))
def test_any_bytes_at_any_door_get_a_signed_refusal(kiosk, junk, door):
    """Every door answers every byte string with the server's signature."""
    answer = kiosk.read(kiosk.post(door, junk))
    assert isinstance(answer, Refusal)
    assert answer.reason is not Reason.BUSY


def test_when_the_database_is_away_the_kiosk_is_told_to_come_back(kiosk, client, monkeypatch):
    """A server that cannot store says so under its signature, with a time to wait; the receipt is never given first."""

    def locked(*_args: object, **_kwargs: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(actions.records, "append", locked)
    response = client.post("/sync/push", kiosk.envelope(), content_type="application/octet-stream")
    answer = kiosk.read(response.content)
    assert (response.status_code, answer.reason) == (503, Reason.BUSY)
    assert answer.retry_after_s > 0


# --- positions -----------------------------------------------------------------------------------------------------


def _asked(kiosk: FakeKiosk) -> Position:
    locals_ = [protocol.Local(one.name, one.head, one.head, b"") for one in kiosk.logs.values()]
    push = protocol.Push(kiosk.me, locals_, lambda log_id, seq: kiosk.logs[log_id].hash_at(seq))
    answer = kiosk.read(kiosk.post("position", push.ask(bytes(16), 0, kiosk.health())))
    assert isinstance(answer, Position)
    return answer


def test_the_position_is_that_of_the_database(kiosk):
    """The server tells its own head for each log asked about, seq 0 for one it never saw."""
    assert [stand.seq for stand in _asked(kiosk).stands] == [0]
    kiosk.ticket(1)
    kiosk.push()
    assert [(stand.seq, stand.hash, stand.state) for stand in _asked(kiosk).stands] == [
        (2, kiosk.lobby.head.hash, "open")
    ]


def test_a_position_asked_for_shows_on_the_fleet_page(kiosk, server):
    """What the kiosk says about itself is kept beside it, its clock's difference included."""
    kiosk.now += dt.timedelta(hours=3)
    kiosk.push()
    row = Kiosk.objects.get()
    assert (row.seen_at, row.captured, row.software) == (server.now, 1, "0.1")
    assert row.clock_ahead_ms == 3 * 3600 * 1000


def test_a_device_enrolled_as_another_kiosk_hears_where_its_old_log_stands(kiosk, server):
    """The log is the first one's, and the answer the same: else it would believe that the server was restored."""
    kiosk.push()
    again = FakeKiosk.enrolled(server, name="ตู้ 2", series="B", seed=2)
    again.logs[kiosk.lobby.id] = kiosk.lobby
    assert {stand.log: stand.seq for stand in _asked(again).stands}[kiosk.lobby.id] == 1


def test_what_another_kiosk_brings_of_a_log_lies_beside_it_until_somebody_looked(kiosk, server):
    """The line that counts is as it was, and its own kiosk hears of no fork; the records are kept on a branch, batch
    after batch, and staff are told whose they are and who brought them.
    """
    kiosk.push()
    again = FakeKiosk.enrolled(server, name="ตู้ 2", series="B", seed=2)
    again.logs = {kiosk.lobby.id: type(kiosk.lobby)("lobby", kiosk.lobby.id, list(kiosk.lobby.records))}
    for number in (9, 10):
        again.ticket(number)
        assert again.read(again.post("push", again.envelope())).forked
    main, beside = Log.objects.filter(log_id=kiosk.lobby.id.hex()).order_by("branch")
    assert (main.seq, main.counts_through) == (1, None)
    assert (beside.seq, beside.base_seq, beside.counts_through) == (3, 1, 1)
    assert (main.kiosk.name, beside.kiosk.name) == ("ตู้ 1", "ตู้ 2")
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.kiosk.name, alarm.detail) == (AlarmKind.BROUGHT, "ตู้ 2", "from record 2 on, of ตู้ 1")
    assert [stand.state for stand in _asked(kiosk).stands] == ["open"]


def test_a_kiosk_that_begins_logs_without_end_is_refused_the_next_and_nothing_else(kiosk, server, monkeypatch):
    """A log or branch too many is not kept, and staff are told once; what the kiosk has goes on, and so do others."""
    monkeypatch.setattr(protocol, "LOGS_MAX", 2)
    kiosk.push()
    first, twin = kiosk.lobby, kiosk.clone()
    kiosk.open_log()
    kiosk.push()
    kiosk.open_log()
    for _ in range(2):
        assert kiosk.read(kiosk.post("push", kiosk.envelope())).reason is Reason.MALFORMED
    twin.ticket(2)
    assert twin.read(twin.post("push", twin.envelope())).seq == 2
    del kiosk.logs[kiosk.lobby.id]
    kiosk.ticket(1)
    assert kiosk.read(kiosk.post("push", kiosk.envelope())).seq == 2
    del kiosk.logs[kiosk.lobby.id]
    kiosk.ticket(3)
    assert kiosk.lobby is first
    assert kiosk.read(kiosk.post("push", kiosk.envelope())).reason is Reason.MALFORMED
    assert Log.objects.count() == 2
    assert [(alarm.kind, alarm.kiosk.name) for alarm in Alarm.objects.all()] == [(AlarmKind.TOO_MANY_LOGS, "ตู้ 1")]
    other = FakeKiosk.enrolled(server, name="ตู้ 2", series="B", seed=2)
    assert other.read(other.post("push", other.envelope())).seq == 1


def test_what_another_kiosk_repeats_of_a_log_changes_nothing(kiosk, server):
    """Records that are here already are no branch, whoever brings them."""
    kiosk.ticket(1)
    whole = kiosk.envelope()
    kiosk.push()
    again = FakeKiosk.enrolled(server, name="ตู้ 2", series="B", seed=2)
    again.logs = dict(kiosk.logs)
    assert whole != again.envelope()
    assert not again.read(again.post("push", again.envelope())).forked
    assert [branch.seq for branch in Log.objects.filter(log_id=kiosk.lobby.id.hex())] == [2]


def test_the_same_records_never_lie_on_two_lines(kiosk, server):
    """Brought by another kiosk first and sent by their own afterwards: the own ones meet those that are here."""
    kiosk.push()
    again = FakeKiosk.enrolled(server, name="ตู้ 2", series="B", seed=2)
    again.logs = dict(kiosk.logs)
    kiosk.ticket(9)
    own = kiosk.envelope()
    again.read(again.post("push", again.envelope()))
    assert kiosk.read(kiosk.post("push", own)).forked
    assert RecordRow.objects.count() == 2


def test_revoking_who_brought_a_line_takes_it_back(kiosk, server):
    """The clerk had counted what a tablet brought of the kiosk's log; then it turns out that the tablet was stolen."""
    kiosk.push()
    tablet = FakeKiosk.enrolled(server, name="แท็บเล็ต", series="B", seed=2)
    tablet.logs = dict(kiosk.logs)
    tablet.ticket(9)
    tablet.post("push", tablet.envelope())
    actor, brought = program(server.office), Log.objects.get(branch=1)
    deciding.take_in(actor, brought, "เครื่องเดิม", now=server.now)
    deciding.revoke(actor, brought.kiosk, "ถูกขโมย", now=server.now, through={brought.log_id: 0})
    assert list(Log.objects.order_by("branch").values_list("seq", "counts_through")) == [(1, None), (2, 1)]
    tablet.ticket(10)
    tablet.post("push", tablet.envelope())
    assert list(Log.objects.order_by("branch").values_list("seq", "counts_through")) == [(1, None), (3, 1)]


def test_an_idle_contact_is_one_exchange_of_at_most_a_kilobyte(kiosk, client):
    """Question and answer with all their HTTP headers stay under 1,024 bytes when there is nothing new."""
    kiosk.push()
    push = protocol.Push(kiosk.me, [protocol.Local("lobby", kiosk.lobby.head, kiosk.lobby.head, b"")], lambda *_: None)
    ask = push.ask(bytes(16), 0, kiosk.health())
    response = client.post("/sync/position", ask, content_type="application/octet-stream")
    headers = sum(len(name) + len(value) + 4 for name, value in response.headers.items())
    # A request line and the headers of the kiosk's own client come to about 200 bytes, the server's date line to 60.
    assert len(ask) + len(response.content) + headers + 260 <= 1024


# --- content -------------------------------------------------------------------------------------------------------


@pytest.fixture
def published(server, monkeypatch):
    """A bundle of one piece, published by hand."""
    import published as source

    from sync_server.keys import server_keys

    data = b'{"notices": []}'
    monkeypatch.setattr(settings, "SALA_BUNDLE_SOURCE", "published")
    monkeypatch.setattr(source, "edition", 3)
    monkeypatch.setattr(source, "pieces", {piece_hash(data).hex(): data})
    office = bytes.fromhex(server.office.office_id)
    manifest = make_manifest({"notices": data}, office=office, edition=3, made_ms=0, by=server_keys().bundle)
    monkeypatch.setattr(source, "manifest", manifest)
    return source


def test_the_published_bundle_is_served_byte_for_byte(client, published):
    """Manifest and pieces come out as they were published; what was never published is 404."""
    assert client.get("/sync/manifest").content == published.manifest
    digest, data = next(iter(published.pieces.items()))
    assert client.get(f"/sync/piece/{digest}").content == data
    assert client.get(f"/sync/piece/{'0' * 64}").status_code == 404
    assert client.get("/sync/piece/../../etc/passwd").status_code == 404


def test_the_position_tells_the_edition_there_is(kiosk, published):
    """A kiosk learns from the position that new content is out."""
    assert _asked(kiosk).edition == 3


def test_kiosks_addresses_take_no_cookie_and_set_none(kiosk, client):
    """Ingest has no session: no cookie is set and none is asked for; other methods are refused."""
    response = client.post("/sync/push", kiosk.envelope(), content_type="application/octet-stream")
    assert response.status_code == 200
    assert not response.cookies
    assert client.get("/sync/push").status_code == 405


def test_a_body_that_does_not_re_encode_is_kept_for_reading_later(kiosk):
    """An unusual encoding of a known body is no reason to refuse the envelope."""
    kind, schema, data = kinds.encode(kinds.SlipPrinted("ticket", 1, "printed"))
    kiosk.append_raw(kind, schema, data[:1] + b"\xd9\x06ticket" + data[8:])
    kiosk.push()
    assert RecordRow.objects.filter(kind="slip.printed").exists()


def test_a_question_under_another_label_is_refused(kiosk):
    """A note signed for one purpose does not pass for another."""
    ask = protocol.Push(kiosk.me, [], lambda *_: None).ask(bytes(16), 0, kiosk.health())
    payload = envelope.read_note(ask, Label.ASK).payload
    swapped = envelope.sign(Label.ENROL, payload, kiosk.me.key)
    assert kiosk.read(kiosk.post("position", swapped)).reason is Reason.MALFORMED


def test_the_rest_of_a_piece_is_served_from_any_byte(client, published):
    """A fetch that broke off goes on; what nobody asks so gets the whole, and beyond the end there is nothing."""
    digest, data = next(iter(published.pieces.items()))
    for begin in range(1, len(data)):
        answer = client.get(f"/sync/piece/{digest}", headers={"Range": f"bytes={begin}-"})
        assert (answer.status_code, answer.content) == (206, data[begin:])
        assert answer["Content-Range"] == f"bytes {begin}-{len(data) - 1}/{len(data)}"
    for unusual in ("bytes=0-", "bytes=-5", "bytes=2-4", "bytes=1-,3-", "lines=1-", "bytes=x-", "bytes=123456789-"):
        answer = client.get(f"/sync/piece/{digest}", headers={"Range": unusual})
        assert (answer.status_code, answer.content) == (200, data)
    for begin in (len(data), len(data) + 1, 99_999_999):
        answer = client.get(f"/sync/piece/{digest}", headers={"Range": f"bytes={begin}-"})
        assert (answer.status_code, answer.content) == (416, b"")
