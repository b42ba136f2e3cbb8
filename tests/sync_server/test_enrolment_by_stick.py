"""A kiosk that never has a line is let in by a stick: two files, one code, four words on both sides."""

import datetime as dt
import os
import shutil

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from fake_kiosk import FakeKiosk
from test_stick_both_ways import at_the_kiosk

from kiosk import identity
from kiosk.__main__ import main
from kiosk.bootstrap import open_kiosk
from kiosk.desk import ratings
from kiosk.desk.stick import Stick, StickFailed
from kiosk.sync.enrolment import AlreadyEnrolled, StickCodeRefused, WelcomeSpoilt, enrol_by_stick, leave
from shared import keys, protocol
from shared import stick as layout
from shared.errors import KeyRefused
from shared.fourwords import four_words
from shared.keys import SigningKey
from sync_server.content import queries as content_queries
from sync_server.ingest import actions as ingest
from sync_server.ingest.stick import give, take
from sync_server.kiosks.actions import make_code, make_code_again
from sync_server.kiosks.models import EnrolmentCode, Kiosk
from sync_server.records import deciding
from sync_server.records.models import RecordRow
from sync_server.setting_up import program
from tests.kiosk.desk.test_stick import Pulled
from tests.kiosk.worlds import Hands

RANDOM = bytes(range(10))


def a_code(server, *, by_stick=True, random=RANDOM, series="B"):
    """A code as the command makes it."""
    return make_code(program(server.office), "ตู้ไกล", series, now=server.now, random=random, by_stick=by_stick)


def at_the_new_kiosk(folder, place, code):
    """One call at the kiosk."""
    return enrol_by_stick(folder, place.folder, code=code, clock=Hands().clock(), random=os.urandom)


def in_the_folder(place):
    """What lies where new kiosks ask."""
    return sorted(path.suffix for path in (place.folder / layout.TOP / layout.ENROL).iterdir())


def test_from_nothing_to_records_at_the_server_without_a_line(published, server, tmp_path, place, capsys):
    """Request out, welcome and content back, both sides say the same four words; then records go the same way."""
    data, stick = str(tmp_path / "kiosk"), str(place.folder)
    call_command("enrol_code", "--series", "B", "--name", "ตู้ไกล", "--by-stick")
    code = capsys.readouterr().out.strip()
    enrol = ["--data", data, "enrol", "--stick", stick, "--code", code]
    assert main(enrol) == 0
    assert not identity.is_enrolled(tmp_path / "kiosk")
    call_command("import_stick", stick)
    told = capsys.readouterr().out
    assert main(enrol) == 0
    me = identity.load(tmp_path / "kiosk")
    words = " · ".join(four_words(me.fingerprint))
    assert f"let in: ตู้ไกล; compare with the kiosk: {words}" in told
    assert words in capsys.readouterr().out
    assert in_the_folder(place) == []
    with open_kiosk(tmp_path / "kiosk", clock=Hands().clock()) as kiosk:
        assert kiosk.world.content.edition == content_queries.current_edition() > 0
        assert kiosk.sync.link.state == "alone"
        ratings.rate(kiosk.world, kiosk.clock.now(), 5)
        at_the_kiosk(kiosk.world, place)
        assert take(place.folder, now=server.now).refused == []
        give(place.folder, now=server.now)
        assert at_the_kiosk(kiosk.world, place)[0].stored == RecordRow.objects.count() == 2
    assert main(enrol) == 2


def test_a_stick_read_twice_lets_one_kiosk_in(published, server, tmp_path, place):
    """The server is given the same stick again and again: one kiosk, the same welcome; afterwards no wrong tries."""
    code = a_code(server)
    at_the_new_kiosk(tmp_path / "kiosk", place, code)
    copy = tmp_path / "copy"
    shutil.copytree(place.folder, copy)
    assert [each.name for each in give(place.folder, now=server.now).let_in] == ["ตู้ไกล"]
    assert [each.name for each in give(place.folder, now=server.now).let_in] == ["ตู้ไกล"]
    me = at_the_new_kiosk(tmp_path / "kiosk", place, code)
    assert Kiosk.objects.get().kiosk_id == me.kiosk.hex()
    other = a_code(server, random=b"another co", series="C")
    assert EnrolmentCode.objects.get(series="C").tries == 0
    for _ in range(6):
        give(copy, now=server.now + dt.timedelta(days=8))
    assert (Kiosk.objects.count(), EnrolmentCode.objects.get(series="C").tries) == (1, 0)
    assert at_the_new_kiosk(tmp_path / "next", place, other) is None
    assert len(give(place.folder, now=server.now).let_in) == 1


def test_a_welcome_on_its_way_is_not_lost_to_a_late_second_look(published, server, tmp_path, place):
    """The code has run out when the stick is read again: what was written before stays."""
    code = a_code(server)
    at_the_new_kiosk(tmp_path / "kiosk", place, code)
    give(place.folder, now=server.now)
    told = give(place.folder, now=server.now + dt.timedelta(days=8))
    assert (told.let_in, len(told.failed)) == ([], 1)
    assert at_the_new_kiosk(tmp_path / "kiosk", place, code) is not None


@pytest.mark.parametrize("why", ["late", "line", "wrong"])
def test_a_code_that_is_late_or_of_the_other_road_or_wrong_lets_nobody_in(published, server, tmp_path, place, why):
    """Refused in words, nothing is left on the stick, and a new code begins anew with the same folder."""
    code = a_code(server, by_stick=why != "line")
    if why == "wrong":
        code = keys.enrolment_code(b"wrong code")
    at_the_new_kiosk(tmp_path / "kiosk", place, code)
    told = give(place.folder, now=server.now + dt.timedelta(days=7 if why == "late" else 0))
    assert (told.let_in, Kiosk.objects.count()) == ([], 0)
    with pytest.raises(StickCodeRefused):
        at_the_new_kiosk(tmp_path / "kiosk", place, code)
    assert in_the_folder(place) == []
    fresh = a_code(server, random=b"fresh code")
    assert at_the_new_kiosk(tmp_path / "kiosk", place, fresh) is None
    give(place.folder, now=server.now)
    assert at_the_new_kiosk(tmp_path / "kiosk", place, fresh) is not None


def test_a_letter_that_went_back_to_its_kiosk_while_the_stick_travelled_is_given_to_no_other(
    published, server, tmp_path, place
):
    """The code lived a week, the revocation a day: the stick's kiosk is refused, and comes in with another letter."""
    actor = program(server.office)
    FakeKiosk.enrolled(server, series="B")
    kiosk = Kiosk.objects.get()
    deciding.revoke(actor, kiosk, "หาย", now=server.now)
    at_the_new_kiosk(tmp_path / "kiosk", place, code := a_code(server))
    deciding.reinstate(actor, kiosk, "พบแล้ว", now=server.now)
    assert give(place.folder, now=server.now).let_in == []
    with pytest.raises(StickCodeRefused):
        at_the_new_kiosk(tmp_path / "kiosk", place, code)
    fresh = a_code(server, random=b"fresh code", series="C")
    at_the_new_kiosk(tmp_path / "kiosk", place, fresh)
    assert len(give(place.folder, now=server.now).let_in) == 1


def test_a_code_for_a_stick_does_not_count_over_the_line_and_is_not_spoilt_there(server):
    """Whoever guesses over the line neither gets in by it nor spoils it."""
    code = a_code(server)
    request = protocol.enrol(code, SigningKey(b"k" * 32), nonce=b"n" * 16, device="", software="")
    for _ in range(6):
        assert ingest.enrol(request, now=server.now).status == 403
    assert EnrolmentCode.objects.get().tries == 0
    assert ingest.enrol(request, now=server.now, by_stick=True).status == 200


def test_a_welcome_of_another_server_or_for_another_kiosk_is_not_believed(published, server, tmp_path, place):
    """Swapped on the way: the kiosk is not enrolled, and the stick may go to the server again."""
    code = a_code(server)
    at_the_new_kiosk(tmp_path / "kiosk", place, code)
    [asked] = (place.folder / layout.TOP / layout.ENROL).glob("*.ask")
    told = asked.with_suffix(".told")
    request = protocol.read_enrol(asked.read_bytes())
    thief = SigningKey(b"t" * 32)
    forged = protocol.grant(
        request, b"not secret", me=protocol.ServerSelf(b"office of thief.", thief, {}), office_name="", kiosk=b"k" * 16,
        kiosk_name="", epoch=b"e" * 16, server_ms=0, series=["Z"], bundle_key=thief.public,
        seal_to=FakeKiosk.enrolled(server).me.seal_to, code_salt=b"s" * 16,
    )  # fmt: skip
    give(place.folder, now=server.now)
    good = told.read_bytes()
    for spoilt in (forged, good[:-1], b""):
        told.write_bytes(spoilt)
        with pytest.raises(WelcomeSpoilt):
            at_the_new_kiosk(tmp_path / "kiosk", place, code)
        assert not told.exists()
    told.write_bytes(b"x" * 70_000)
    assert at_the_new_kiosk(tmp_path / "kiosk", place, code) is None
    assert not identity.is_enrolled(tmp_path / "kiosk")
    # Another kiosk's folder, with a key of its own, cannot use what lies there.
    told.write_bytes(good)
    assert at_the_new_kiosk(tmp_path / "thief", place, code) is None
    give(place.folder, now=server.now)
    with pytest.raises(StickCodeRefused):
        at_the_new_kiosk(tmp_path / "thief", place, code)


def test_pulled_out_at_every_call_it_is_begun_again(published, server, tmp_path, place, monkeypatch):
    """At each call of both visits to the kiosk: enrolled or not, never half, and the same code ends it."""
    code = a_code(server)
    for at in range(1, 200):
        data, stick = tmp_path / f"kiosk-{at}", Stick(tmp_path / f"stick-{at}", 0)
        stick.folder.mkdir()
        EnrolmentCode.objects.all().delete()
        Kiosk.objects.all().delete()
        a_code(server)
        with monkeypatch.context() as patch:
            pulled = Pulled(patch, stick.folder, at=at)
            for _visit in range(2):
                try:
                    at_the_new_kiosk(data, stick, code)
                except StickFailed:
                    break
                pulled.root = "/nowhere"
                give(stick.folder, now=server.now)
                pulled.root = str(stick.folder)
        if not pulled.gone:
            break
        while not identity.is_enrolled(data):
            at_the_new_kiosk(data, stick, code)
            give(stick.folder, now=server.now)
        assert identity.load(data).kiosk.hex() == Kiosk.objects.get().kiosk_id
    assert not pulled.gone
    assert at > 15


def test_traps_where_new_kiosks_ask_do_nothing(published, server, tmp_path, place):
    """Links, pipes, junk, ten thousand of them, and requests under another's name: nobody is let in (G-23)."""
    folder = place.folder / layout.TOP / layout.ENROL
    folder.mkdir(parents=True)
    (folder / ("0" * 32 + ".ask")).symlink_to("/dev/zero")
    os.mkfifo(folder / ("1" * 32 + ".ask"))
    for number in range(2, 10_000):
        (folder / f"{number:032x}.ask").write_bytes(b"?")
    told = give(place.folder, now=server.now)
    assert (told.let_in, len(told.failed), Kiosk.objects.count()) == ([], 16, 0)
    shutil.rmtree(folder)
    code = a_code(server)
    at_the_new_kiosk(tmp_path / "kiosk", place, code)
    [asked] = folder.glob("*.ask")
    asked.rename(folder / ("f" * 32 + ".ask"))
    assert give(place.folder, now=server.now).let_in == []
    shutil.rmtree(place.folder / layout.TOP)
    (place.folder / layout.TOP).symlink_to(tmp_path)
    with pytest.raises(StickFailed):
        at_the_new_kiosk(tmp_path / "kiosk", place, code)
    assert not (tmp_path / layout.ENROL).exists()


def test_what_cannot_be_a_code_writes_nothing_and_an_enrolled_kiosk_is_let_be(published, server, tmp_path, place):
    """As over the line."""
    with pytest.raises(KeyRefused):
        at_the_new_kiosk(tmp_path / "kiosk", place, "short")
    assert list(place.folder.iterdir()) == []
    code = a_code(server)
    at_the_new_kiosk(tmp_path / "kiosk", place, code)
    give(place.folder, now=server.now)
    at_the_new_kiosk(tmp_path / "kiosk", place, code)
    with pytest.raises(AlreadyEnrolled):
        at_the_new_kiosk(tmp_path / "kiosk", place, code)
    with pytest.raises(CommandError):
        call_command("enrol_code", "--series", "B", "--name", "ตู้ไกล", "--by-stick")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="takes the file of the database away")
def test_while_the_database_is_away_nothing_is_taken_given_or_refused_for_good(published, server, tmp_path, place):
    """A request to enrol is not told that its code is wrong; each file says "busy", and a second try does it all."""
    code = a_code(server)
    at_the_new_kiosk(tmp_path / "kiosk", place, code)
    connections.close_all()
    there = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = tmp_path / "away" / "sala.sqlite3"
    told = give(place.folder, now=server.now)
    connections.close_all()
    connection.settings_dict["NAME"] = there
    assert (told.let_in, told.edition, {reason for _, reason in told.failed}) == ([], 0, {"busy"})
    assert in_the_folder(place) == [".ask"]
    assert len(give(place.folder, now=server.now).let_in) == 1
    assert at_the_new_kiosk(tmp_path / "kiosk", place, code) is not None


@pytest.mark.parametrize("again", [True, False])
def test_a_kiosk_without_a_line_that_lost_its_key_goes_on(published, server, tmp_path, place, again):
    """What it wrote on the stick under the key before is not taken any more; it writes the same under the new one."""
    folder = tmp_path / "kiosk"
    at_the_new_kiosk(folder, place, code := a_code(server))
    give(place.folder, now=server.now)
    at_the_new_kiosk(folder, place, code)
    with open_kiosk(folder, clock=Hands().clock()) as kiosk:
        ratings.rate(kiosk.world, kiosk.clock.now(), 5)
        at_the_kiosk(kiosk.world, place)
    leave(folder)
    actor, random = program(server.office), bytes(range(20, 30))
    if again:
        code = make_code_again(actor, Kiosk.objects.get(), now=server.now, random=random, by_stick=True)
    else:
        code = a_code(server, random=random, series="C")
    at_the_new_kiosk(folder, place, code)
    give(place.folder, now=server.now)
    me = at_the_new_kiosk(folder, place, code)
    assert (Kiosk.objects.get(series="B").kiosk_id == me.kiosk.hex()) is again
    with open_kiosk(folder, clock=Hands().clock()) as kiosk:
        ratings.rate(kiosk.world, kiosk.clock.now(), 4)
        for _ in range(2):
            at_the_kiosk(kiosk.world, place)
            take(place.folder, now=server.now)
            give(place.folder, now=server.now)
        at_the_kiosk(kiosk.world, place)
        assert kiosk.world.lobby.counts().waiting == 0
    assert RecordRow.objects.count() == 4
