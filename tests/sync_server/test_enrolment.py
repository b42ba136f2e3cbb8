"""Letting a kiosk in: by a code that works once, for ten minutes, and survives five wrong tries at most."""

import contextlib
import datetime as dt
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from fake_kiosk import direct

from shared import keys, protocol
from shared.errors import SalaError
from shared.keys import SigningKey
from shared.protocol import Grant, Reason, Refusal
from sync_server.ingest import actions as ingest
from sync_server.keys import server_keys
from sync_server.kiosks import actions
from sync_server.kiosks.models import Alarm, AlarmKind, EnrolmentCode, Kiosk, KioskState
from sync_server.organisations.models import AuditRow
from sync_server.records import deciding
from sync_server.setting_up import program

KEY = SigningKey(bytes(range(32)))
NONCE = bytes(range(16))
RANDOM = bytes(range(10))


def _code(server, series: str = "A", random: bytes = RANDOM) -> str:
    return actions.make_code(program(server.office), "ตู้ 1", series, now=server.now, random=random)


def _enrol(
    server, code: str, *, key: SigningKey = KEY, after: dt.timedelta = dt.timedelta(), by_stick: bool = False
) -> Grant | Refusal:
    request = protocol.enrol(code, key, nonce=NONCE, device="test", software="0.1")
    reply = ingest.enrol(request, now=server.now + after, by_stick=by_stick)
    if reply.status == 200:
        return protocol.read_grant(reply.body, code, NONCE)
    return protocol.read_answer(reply.body, server_keys().receipts.public)


def test_the_welcome_says_all_a_kiosk_needs(server):
    """A right code gives identity, letters and the server's keys, proved by the code itself, and an audit row."""
    grant = _enrol(server, _code(server, "AB"))
    own = server_keys()
    assert (grant.office.hex(), grant.kiosk_name, grant.series) == (server.office.office_id, "ตู้ 1", ["A", "B"])
    assert (grant.answer_key, grant.bundle_key, grant.sealing_key) == (
        own.receipts.public.raw,
        own.bundle.public.raw,
        own.sealing[0].public.raw,
    )
    assert grant.code_salt == bytes(server.office.status_salt)
    row = Kiosk.objects.get()
    assert (row.kiosk_id, bytes(row.public_key)) == (grant.kiosk.hex(), KEY.public.raw)
    assert AuditRow.objects.filter(act="kiosk.enrol", object_id=row.kiosk_id).exists()


def test_asking_again_with_the_same_key_gives_the_same_identity(server):
    """Where the first answer was lost, the same request is answered the same way and no second kiosk appears."""
    code = _code(server)
    assert _enrol(server, code).kiosk == _enrol(server, code).kiosk
    assert Kiosk.objects.count() == 1


def test_a_used_code_lets_nobody_else_in(server):
    """A second device cannot enter by a code that was used."""
    code = _code(server)
    _enrol(server, code)
    assert _enrol(server, code, key=SigningKey(bytes(32))).reason is Reason.WRONG_CODE
    assert Kiosk.objects.count() == 1


def test_a_code_is_late_after_ten_minutes(server):
    """A code lets nobody in after its time, not even the kiosk that used it; its secret is then blanked."""
    code = _code(server)
    assert _enrol(server, code, after=dt.timedelta(minutes=10)).reason is Reason.WRONG_CODE
    assert actions.forget_codes(server.now + dt.timedelta(minutes=10)) == 1
    assert bytes(EnrolmentCode.objects.get().secret) == b""
    assert not Kiosk.objects.exists()


def test_five_wrong_tries_spoil_the_code(server):
    """Guessing counts against every open code; after five the right one is refused as well, and staff are told."""
    code = _code(server)
    for n in range(5):
        wrong = keys.enrolment_code(bytes([n + 100]) * 10)
        assert _enrol(server, wrong).reason is Reason.WRONG_CODE
    assert _enrol(server, code).reason is Reason.WRONG_CODE
    assert Alarm.objects.filter(kind=AlarmKind.CODE_SPOILT).count() == 1


def test_four_wrong_tries_do_not(server):
    """A person may mistype."""
    code = _code(server)
    for n in range(4):
        _enrol(server, keys.enrolment_code(bytes([n + 100]) * 10))
    assert isinstance(_enrol(server, code), Grant)


def test_a_swapped_server_cannot_welcome_a_kiosk(server):
    """A grant made without knowing the code is refused by the kiosk."""
    code = _code(server)
    request = protocol.enrol(code, KEY, nonce=NONCE, device="test", software="0.1")
    body = ingest.enrol(request, now=server.now).body
    with pytest.raises(SalaError):
        protocol.read_grant(body, keys.enrolment_code(bytes(10)), NONCE)
    with pytest.raises(SalaError):
        protocol.read_grant(body, code, bytes(16))


@pytest.mark.parametrize("series", ["", "a", "A1", "AA", "ก", "ABCDEFGHI"])
def test_series_are_distinct_capital_letters(server, series):
    """Anything else is refused before a code exists."""
    with pytest.raises(ValueError, match=r"series|letter"):
        _code(server, series)
    assert not EnrolmentCode.objects.exists()


def test_a_series_letter_belongs_to_one_kiosk(server):
    """Two devices never share a letter, until the one that had it is revoked."""
    _enrol(server, _code(server, "AB"))
    with pytest.raises(ValueError, match="B"):
        _code(server, "BC", random=bytes(10))
    actions.revoke(program(server.office), Kiosk.objects.get(), "ปลดระวาง", now=server.now)
    assert _code(server, "BC", random=bytes(10))


def test_a_new_code_for_a_letter_replaces_the_one_before(server):
    """Making a second code for the same letters spoils the first, so both can never be used."""
    first = _code(server, "A")
    second = _code(server, "A", random=bytes(10))
    assert _enrol(server, first).reason is Reason.WRONG_CODE
    assert isinstance(_enrol(server, second), Grant)


def _revoked(server, series: str = "A") -> Kiosk:
    """A kiosk that was let in with these letters and shut out again."""
    _enrol(server, _code(server, series, random=b"one before"), key=SigningKey(b"k" * 32))
    kiosk = Kiosk.objects.get()
    actions.revoke(program(server.office), kiosk, "หาย", now=server.now)
    return kiosk


def test_a_code_whose_letter_is_another_kiosks_by_now_lets_nobody_in(server):
    """Of two codes that were made at one moment the second one used is refused, which is nobody's wrong try."""
    first, second = _code(server, "AB"), _code(server, "BC", random=bytes(10))
    EnrolmentCode.objects.update(tries=0)  # neither saw the other
    assert isinstance(_enrol(server, first), Grant)
    assert _enrol(server, second, key=SigningKey(bytes(32))).reason is Reason.WRONG_CODE
    assert Kiosk.objects.count() == 1
    assert not EnrolmentCode.objects.exclude(tries=0).exists()


def test_a_kiosk_that_comes_back_spoils_the_codes_for_its_letters(server):
    """Those for other letters stay good, and nobody is told of wrong tries."""
    kiosk = _revoked(server, "AB")
    lost, good = _code(server, "BC"), _code(server, "D", random=bytes(10))
    actions.reinstate(program(server.office), kiosk, "พบแล้ว", now=server.now)
    assert EnrolmentCode.objects.get(series="BC").spoilt
    assert _enrol(server, lost).reason is Reason.WRONG_CODE
    assert isinstance(_enrol(server, good), Grant)
    assert not Alarm.objects.exists()


def test_a_reinstatement_that_is_refused_spoils_no_code(server):
    """Another kiosk has the letter: what was made for a third one is as it was."""
    kiosk = _revoked(server, "AB")
    _enrol(server, _code(server, "A"))
    code = _code(server, "B", random=bytes(10))
    with pytest.raises(ValueError, match="A belongs to another"):
        actions.reinstate(program(server.office), kiosk, "พบแล้ว", now=server.now)
    assert isinstance(_enrol(server, code, key=SigningKey(bytes(32))), Grant)


@pytest.mark.parametrize("rival", ["code", "reinstatement"])
def test_a_letter_that_two_take_at_once_is_one_kiosks(server, monkeypatch, rival):
    """A code over the line against one by stick, or against a kiosk that comes back: each has looked before the other
    has written, where nothing keeps them apart.
    """
    actor, gate = program(server.office), threading.Barrier(2)
    kiosk = _revoked(server) if rival == "reinstatement" else None
    code = _code(server)
    late = actions.make_code(actor, "ตู้ 2", "A", now=server.now, random=bytes(10), by_stick=True)
    EnrolmentCode.objects.update(tries=0)  # neither saw the other
    for name in ("_enrol", "_note_revocation"):
        monkeypatch.setattr(actions, name, _after(gate, getattr(actions, name)))

    def by_line():
        return _enrol(server, code)

    def by_stick():
        return _enrol(server, late, key=SigningKey(bytes(32)), by_stick=True)

    def back():
        with contextlib.suppress(deciding.NotDecided):
            deciding.reinstate(actor, kiosk, "พบแล้ว", now=server.now)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(_then_closed, (by_line, back if kiosk else by_stick)))
    assert Kiosk.objects.filter(state=KioskState.ENROLLED, series="A").count() == 1


def test_a_key_that_comes_by_two_roads_at_once_is_one_kiosks(server, monkeypatch):
    """By the line and by stick, under two codes: one is let in, and the other's code is as good as before."""
    gate, key = threading.Barrier(2), SigningKey(bytes(32))
    code = _code(server)
    late = actions.make_code(program(server.office), "ตู้ 2", "B", now=server.now, random=bytes(10), by_stick=True)
    look = actions._key_taken

    def looked(*args):
        taken = look(*args)
        _after(gate, bool)()
        return taken

    monkeypatch.setattr(actions, "_key_taken", looked)

    def by_line():
        return _enrol(server, code, key=key)

    def by_stick():
        return _enrol(server, late, key=key, by_stick=True)

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(_then_closed, (by_line, by_stick)))
    [refusal] = [answer for answer in answers if isinstance(answer, Refusal)]
    assert refusal.reason is Reason.WRONG_CODE
    assert Kiosk.objects.count() == 1
    [spare] = EnrolmentCode.objects.filter(used_at=None)
    assert spare.tries == 0


def _after(gate: threading.Barrier, act):
    """`act`, once two have come to the gate; where the second never comes, after half a second."""

    def waited(*args, **named):
        with contextlib.suppress(threading.BrokenBarrierError):
            gate.wait(0.5)
        return act(*args, **named)

    return waited


def _then_closed(act):
    try:
        return act()
    finally:
        connection.close()


def test_an_enrolled_key_cannot_enrol_again_under_another_code(server):
    """A kiosk that comes back with its old key needs a new one: identities are not renamed."""
    _enrol(server, _code(server, "A"))
    assert _enrol(server, _code(server, "B", random=bytes(10))).reason is Reason.WRONG_CODE


def _again(server, kiosk: Kiosk, random: bytes = bytes(range(20, 30))) -> str:
    return actions.make_code_again(program(server.office), kiosk, now=server.now, random=random)


def test_a_code_for_a_kiosk_lets_it_in_as_who_it_is(server):
    """One identity, one name, its letters; another key, four words to compare anew, and both in the history."""
    first = _enrol(server, _code(server, "AB"))
    kiosk = Kiosk.objects.get()
    actions.note_compared(program(server.office), kiosk, now=server.now)
    code, key = _again(server, kiosk), SigningKey(bytes(32))
    again = [_enrol(server, code, key=key) for _ in range(2)]  # the first answer was lost
    assert [(each.kiosk, each.kiosk_name, each.series) for each in again] == [(first.kiosk, "ตู้ 1", ["A", "B"])] * 2
    kiosk.refresh_from_db()
    assert (bytes(kiosk.public_key), kiosk.key_id) == (key.public.raw, key.public.id.hex())
    assert kiosk.compared_at is None
    row = AuditRow.objects.get(act="kiosk.enrol_again", object_id=kiosk.kiosk_id)
    keys_told = [json.loads(each)["key"] for each in (row.before, row.after)]
    assert keys_told == [KEY.public.id.hex(), key.public.id.hex()]
    assert Kiosk.objects.count() == 1


def test_a_kiosk_whose_key_is_still_there_may_be_let_in_again_with_it(server):
    """Only identity.json was lost."""
    first = _enrol(server, _code(server))
    assert _enrol(server, _again(server, Kiosk.objects.get())).kiosk == first.kiosk


def test_a_code_for_a_kiosk_takes_no_key_of_another_one(server):
    """Nobody comes in under two names."""
    _enrol(server, _code(server))
    other = SigningKey(bytes(32))
    _enrol(server, _code(server, "B", bytes(range(10, 20))), key=other)
    assert _enrol(server, _again(server, Kiosk.objects.get(series="A")), key=other).reason is Reason.WRONG_CODE


def test_a_revoked_kiosk_gets_no_code_and_comes_in_by_none(server):
    """Neither by one made before nor afterwards: whoever has the device would be let in."""
    _enrol(server, _code(server))
    kiosk = Kiosk.objects.get()
    code = _again(server, kiosk)
    actions.revoke(program(server.office), kiosk, "หาย", now=server.now)
    kiosk.refresh_from_db()
    assert _enrol(server, code, key=SigningKey(bytes(32))).reason is Reason.WRONG_CODE
    with pytest.raises(ValueError, match="revoked"):
        _again(server, kiosk, bytes(range(30, 40)))
    assert bytes(Kiosk.objects.get().public_key) == KEY.public.raw


def test_a_kiosk_that_was_revoked_is_not_welcomed_again_by_the_code_it_used(server):
    """As where the four words differed, and the clerk shut it out within the ten minutes."""
    code = _code(server)
    _enrol(server, code)
    actions.revoke(program(server.office), Kiosk.objects.get(), "คำสี่คำไม่ตรงกัน", now=server.now)
    assert _enrol(server, code).reason is Reason.WRONG_CODE
    assert EnrolmentCode.objects.get().tries == 0


def test_a_code_for_a_kiosk_outlives_no_revocation(server):
    """Made before the kiosk was lost: whoever found it with the code does not come in once the clerk lets it back."""
    _enrol(server, _code(server))
    kiosk = Kiosk.objects.get()
    code = _again(server, kiosk)
    actions.revoke(program(server.office), kiosk, "หาย", now=server.now)
    actions.reinstate(program(server.office), kiosk, "พบแล้ว", now=server.now)
    assert _enrol(server, code, key=SigningKey(bytes(32))).reason is Reason.WRONG_CODE


def test_a_newer_code_for_a_kiosk_replaces_the_one_before(server):
    """As for a new kiosk: of two codes for the same letters only the last one counts."""
    _enrol(server, _code(server))
    first, second = (_again(server, Kiosk.objects.get(), bytes([n]) * 10) for n in (1, 2))
    assert _enrol(server, first, key=SigningKey(bytes(32))).reason is Reason.WRONG_CODE
    assert isinstance(_enrol(server, second, key=SigningKey(bytes(32))), Grant)


def test_no_code_is_legible_in_the_database(server):
    """The table holds a derived name and, for ten minutes, the secret; never the characters that are typed."""
    code = _code(server)
    row = EnrolmentCode.objects.get()
    assert code not in str(row.__dict__)
    assert row.code_name == keys.enrolment_name(keys.enrolment_secret(code)).hex()


def test_a_low_order_key_is_refused(server):
    """A key that proves nothing never becomes a kiosk."""
    code = _code(server)
    request = protocol.enrol(code, KEY, nonce=NONCE, device="t", software="0")
    broken = request.replace(KEY.public.raw, bytes([1]) + bytes(31))
    answer = protocol.read_answer(direct(server.now)("enrol", broken), server_keys().receipts.public)
    assert answer.reason is Reason.BAD_SIGNATURE
    assert not Kiosk.objects.exists()


def test_both_sides_come_to_the_same_four_words(server):
    """The server keeps the fingerprint that the kiosk works out for itself; asked again after a roll, the new one."""
    from kiosk import identity
    from sync_server import keys as own

    code = _code(server)
    grant = _enrol(server, code)
    assert identity.from_grant(grant, KEY).fingerprint.hex() == Kiosk.objects.get().fingerprint
    root = keys.parse(own.root_file().read_text("ascii"))
    own.roll(["receipts"], [root], now_ms=1)
    again = _enrol(server, code)
    assert identity.from_grant(again, KEY).fingerprint.hex() == Kiosk.objects.get().fingerprint
    assert identity.from_grant(again, KEY).fingerprint != identity.from_grant(grant, KEY).fingerprint


def test_a_swapped_key_in_between_shows_as_other_words(server):
    """Whoever stands between and puts its own keys into a welcome it could prove would be seen by two people."""
    import dataclasses

    from kiosk import identity
    from shared.fourwords import four_words

    honest = identity.from_grant(_enrol(server, _code(server)), KEY)
    swapped = dataclasses.replace(honest, answer_key=SigningKey(bytes(32)).public)
    assert four_words(honest.fingerprint) != four_words(swapped.fingerprint)


def test_a_recorded_enrolment_lets_nobody_in_later(server):
    """The very bytes of a good request, sent again by somebody else: the same answer while the code lives, good for the
    first key alone; refused once it is late.
    """
    code = _code(server)
    request = protocol.enrol(code, KEY, nonce=NONCE, device="test", software="0.1")
    first = ingest.enrol(request, now=server.now)
    replayed = ingest.enrol(request, now=server.now)
    assert protocol.read_grant(replayed.body, code, NONCE).kiosk == protocol.read_grant(first.body, code, NONCE).kiosk
    with pytest.raises(SalaError):
        protocol.read_grant(replayed.body, code, bytes(16))
    late = ingest.enrol(request, now=server.now + dt.timedelta(minutes=11))
    assert protocol.read_answer(late.body, server_keys().receipts.public).reason is Reason.WRONG_CODE
    assert Kiosk.objects.count() == 1
