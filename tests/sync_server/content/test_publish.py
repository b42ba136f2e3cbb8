"""Importing and publishing: an edition is whole, signed, one higher each time, and holds only what changed anew."""

import datetime as dt
import re
import shutil
from pathlib import Path

import pytest
from PIL import Image

from shared import content, envelope
from shared.content import Status
from shared.errors import CannotOpen
from shared.source import SourceRefused

SAMPLE = Path(__file__).parents[3] / "assets" / "office-sample"
NOW = dt.datetime(2026, 11, 25, 3, 0, tzinfo=dt.UTC)


class Told:
    """A case's status as `cases.queries.statuses_for_bundle` gives it."""

    def __init__(self, n, answer=""):
        self.status_id = bytes([n]) * 16
        self.state_key = bytes([n]) * 32
        self.status = Status(
            "answered" if answer else "received", "lamp", "2026-11-20", "2026-12-08", answer, "", "", f"ร.{n:04}/2570"
        )


@pytest.fixture
def told(monkeypatch):
    """What citizens are told: a list the test fills."""
    from sync_server.content import actions

    cases = []
    monkeypatch.setattr(actions, "_told", lambda _office, _now: list(cases))
    return cases


@pytest.fixture
def published(actor, told):
    """The sample office, imported and published as edition 1."""
    from sync_server.content.actions import publish_sample

    return publish_sample(actor.office, now=NOW)


def bundle(office, at_least=0):
    """What a kiosk makes of the newest edition, fetching its pieces one by one."""
    from sync_server.content import queries
    from sync_server.keys import server_keys

    key, office_id = server_keys().bundle.public, bytes.fromhex(office.office_id)
    manifest = content.read_manifest(queries.current_manifest(), key, office=office_id, at_least=at_least)
    pieces = {ref.hash: queries.piece(ref.hash.hex()) for ref in manifest.pieces}
    return content.assemble(manifest, pieces)


def edited(tmp_path, name, old, new):
    """A copy of the sample folder with one thing changed."""
    folder = tmp_path / "office"
    shutil.copytree(SAMPLE, folder, dirs_exist_ok=True)
    path = folder / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return folder


def test_the_sample_becomes_edition_one_in_the_offices_order(published, actor):
    """A kiosk reads the whole office, its services in the order the office wrote."""
    from sync_server.content.importer import read_source

    read = bundle(actor.office)
    assert (published.number, read.edition) == (1, 1)
    assert read.services == list(read_source(SAMPLE).services)
    assert read.office.name.th == actor.office.name
    assert read.made_ms == int(NOW.timestamp() * 1000)


def test_publishing_what_kiosks_show_already_is_refused(published, actor):
    """No edition is made for nothing."""
    from sync_server.content.actions import NothingToPublish, publish

    with pytest.raises(NothingToPublish):
        publish(actor, now=NOW)


def test_a_draft_is_not_seen_before_it_is_published(published, actor, tmp_path):
    """Importing changes the draft only, and tells what publishing would change."""
    from sync_server.content import queries
    from sync_server.content.actions import import_draft, publish
    from sync_server.content.importer import read_source
    from sync_server.content.models import Piece

    folder = edited(tmp_path, "services/sign_tax.toml", "value = 5", "value = 10")
    before = Piece.objects.count()
    found = import_draft(actor, read_source(folder), now=NOW)
    assert (found.new, found.changed, found.gone) == ((), ("sign_tax",), ())
    assert queries.current_edition() == 1
    assert [line.state for line in queries.service_lines(actor.office)].count("changed") == 1

    edition = publish(actor, now=NOW)
    assert (edition.number, Piece.objects.count()) == (2, before + 1)
    assert next(x for x in bundle(actor.office).services if x.id == "sign_tax").promise.value == 10
    lines = queries.service_lines(actor.office)
    assert {line.since for line in lines if line.service.id == "sign_tax"} == {2}
    assert {line.since for line in lines if line.service.id != "sign_tax"} == {1}
    assert not queries.draft_changes(actor.office)


def test_pictures_of_forms_travel_to_the_kiosk_as_they_are(published, actor):
    """Each form of the sample office names a picture, and the edition carries its very bytes."""
    shown = bundle(actor.office)
    samples = {form.sample for service in shown.services for form in service.forms}
    assert samples == set(shown.pictures)
    assert len(samples) >= 3
    for name, data in shown.pictures.items():
        assert data == (SAMPLE / "forms" / name).read_bytes()


def test_an_edition_says_which_jawi_was_approved(published, actor, tmp_path):
    """Kiosks get the office's reviews whole, its approved Jawi, and Rumi for a sentence whose approval is gone."""
    from sync_server.content.actions import import_draft, publish
    from sync_server.content.importer import read_source

    source = read_source(SAMPLE)
    assert bundle(actor.office).words == source.words
    title = source.services[1].title
    mark = content.fingerprint(title.th, title.ms_arab)
    assert bundle(actor.office).services[1].title.into("ms-Arab") == title.ms_arab
    import_draft(actor, read_source(edited(tmp_path, "words.toml", f'"{mark}",', "")), now=NOW)
    publish(actor, now=NOW)
    assert bundle(actor.office).services[1].title.into("ms-Arab") == title.ms


def test_a_service_taken_out_or_moved_is_told_apart(published, actor, tmp_path):
    """Gone is gone; another order alone is no change of a service."""
    from sync_server.content.actions import import_draft
    from sync_server.content.importer import read_source

    folder = edited(tmp_path, "office.toml", '    "sign_tax",\n', "")
    (folder / "services" / "sign_tax.toml").unlink()
    found = import_draft(actor, read_source(folder), now=NOW)
    assert (found.new, found.changed, found.gone, found.reordered) == ((), (), ("form/sign_tax.png", "sign_tax"), False)

    two = '"sign_tax",\n    "elderly_allowance"'
    moved = edited(tmp_path / "b", "office.toml", two, '"elderly_allowance",\n    "sign_tax"')
    found = import_draft(actor, read_source(moved), now=NOW)
    assert (found.new, found.changed, found.gone, found.reordered) == ((), (), (), True)


def test_a_refused_folder_leaves_draft_and_edition_as_they_were(published, actor, tmp_path):
    """A blank fee stops the import, with the field's name, before anything is written."""
    from django.core.management import CommandError, call_command

    from sync_server.content import queries
    from sync_server.content.importer import read_source

    folder = edited(tmp_path, "services/water_delivery.toml", 'th = "ไม่มีค่าธรรมเนียม"', 'th = ""')
    with pytest.raises(SourceRefused, match=r"water_delivery\.toml: fee\.th: left blank"):
        read_source(folder)
    with pytest.raises(CommandError, match=r"fee\.th: left blank"):
        call_command("import_office", str(folder))
    assert queries.current_edition() == 1
    assert not queries.draft_changes(actor.office)


def test_the_command_imports_into_the_draft(actor, told, capsys):
    """`manage import_office` tells what it took in; the second time there is nothing new."""
    from django.core.management import call_command

    from sync_server.content.actions import publish

    call_command("import_office", str(SAMPLE))
    assert "18 services, 3 notices" in capsys.readouterr().out
    publish(actor, now=NOW)
    call_command("import_office", str(SAMPLE))
    assert "Kiosks already show all of this." in capsys.readouterr().out


def test_a_file_in_another_encoding_is_named(tmp_path):
    """Windows-874 is the usual accident; a BOM is none."""
    from sync_server.content.importer import read_source

    folder = edited(tmp_path, "services/sign_tax.toml", "value = 5", "value = 5")
    path = folder / "services" / "sign_tax.toml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_source(folder).services[1].id == "sign_tax"
    path.write_bytes("title = 'ภาษี'".encode("cp874"))
    with pytest.raises(SourceRefused, match=r"sign_tax\.toml: not written in UTF-8"):
        read_source(folder)


def test_an_answer_reaches_the_holder_of_the_code_and_nobody_else(published, actor, told):
    """A new answer is a new edition with the same content; only the case's own key opens its status."""
    from sync_server.content.actions import publish_statuses

    told += [Told(1), Told(2, "ซ่อมไฟแล้ว ขอบคุณที่แจ้ง")]
    edition = publish_statuses(actor.office, now=NOW)
    assert edition.number == 2
    read = bundle(actor.office)
    sealed = read.statuses[told[1].status_id]
    opened = envelope.open_status(sealed, status_id=told[1].status_id, state_key=told[1].state_key)
    assert content.read_status(opened) == told[1].status
    with pytest.raises(CannotOpen):
        envelope.open_status(sealed, status_id=told[1].status_id, state_key=told[0].state_key)
    assert read.office == bundle(actor.office).office
    assert "ซ่อมไฟแล้ว" not in repr(read)


def test_statuses_that_did_not_move_make_no_edition(published, actor, told):
    """The follower may ask as often as it likes."""
    from sync_server.content.actions import publish_statuses

    told += [Told(1)]
    assert publish_statuses(actor.office, now=NOW).number == 2
    assert publish_statuses(actor.office, now=NOW) is None
    told[0] = Told(1, "รับเรื่องแล้ว")
    assert publish_statuses(actor.office, now=NOW).number == 3


def test_answering_does_not_publish_a_draft(published, actor, told, tmp_path):
    """An unfinished flowchart stays a draft when a citizen is answered."""
    from sync_server.content.actions import import_draft, publish_statuses
    from sync_server.content.importer import read_source

    import_draft(actor, read_source(edited(tmp_path, "services/sign_tax.toml", "value = 5", "value = 10")), now=NOW)
    told.append(Told(1))
    publish_statuses(actor.office, now=NOW)
    assert next(x for x in bundle(actor.office).services if x.id == "sign_tax").promise.value == 5


def test_nothing_is_told_before_the_first_edition(actor, told):
    """Without content there is no edition for statuses to travel in."""
    from sync_server.content.actions import publish_statuses

    told.append(Told(1))
    assert publish_statuses(actor.office, now=NOW) is None


def test_a_restored_server_publishes_above_what_its_kiosks_hold(published, actor, told):
    """A kiosk that holds edition 7 is not left behind by a server that remembers edition 1; wild claims do nothing."""
    from sync_server.content.actions import publish_statuses
    from sync_server.kiosks.models import Kiosk

    ids = {"kiosk_id": "k" * 32, "key_id": "x", "public_key": b""}
    kiosk = Kiosk.objects.create(office=actor.office, name="ตู้ 1", series="A", enrolled_at=NOW, edition=7, **ids)
    assert publish_statuses(actor.office, now=NOW).number == 8
    assert bundle(actor.office, at_least=7).edition == 8
    Kiosk.objects.filter(pk=kiosk.pk).update(edition=2**40)
    assert publish_statuses(actor.office, now=NOW) is None


def test_a_restored_server_gives_no_number_a_second_time(published, actor, told):
    """Edition 2 was made after the backup and shown by kiosks that have not called since: the next one is no 2."""
    from sync_server.content.actions import publish_statuses
    from sync_server.records import actions as records

    day = dt.timedelta(days=1)
    records.start(actor.office, now=NOW - day, epoch=b"first epoch of 1")
    records.restored(actor.office, "restored", epoch=b"another epoch of", now=NOW + day)
    told.append(Told(1))
    number = publish_statuses(actor.office, now=NOW + 2 * day).number
    assert 1002 <= number < 9002
    told.append(Told(2))
    assert publish_statuses(actor.office, now=NOW + 3 * day).number == number + 1


def test_old_lists_of_statuses_are_dropped_and_the_rest_stays(published, actor, told):
    """The table does not grow with every answer; what the newest edition needs is always there."""
    from sync_server.content.actions import publish_statuses
    from sync_server.content.models import Edition, Piece

    for n in range(12):
        told[:] = [Told(1, f"ครั้งที่ {n}")]
        publish_statuses(actor.office, now=NOW)
    assert Piece.objects.filter(name="statuses").count() == 9
    assert Edition.objects.count() == 13
    assert len(bundle(actor.office).statuses) == 1


def test_what_was_published_cannot_be_changed(published, actor):
    """The database itself refuses."""
    from django.db import DatabaseError, transaction

    from sync_server.content.models import Edition, Piece

    for act in (
        lambda: Edition.objects.update(number=9),
        lambda: Edition.objects.all().delete(),
        lambda: Piece.objects.update(data=b""),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_publishing_leaves_a_row_in_the_audit_log(published, actor):
    """Who published which edition is answered later."""
    from sync_server.organisations.queries import audit_of, verify_audit

    assert [row.act for row in audit_of(actor.office, "edition", "1")] == ["content.publish"]
    assert list(verify_audit(actor.office)) == []


def rate(office, kiosk, scores, day):
    """Ratings of a day, as the projector leaves them."""
    from sync_server.queues.models import Rating
    from sync_server.records.models import Log

    log = Log.objects.filter(office=office).first() or Log.objects.create(
        office=office,
        kiosk=kiosk,
        log_id="ab" * 16,
        name="lobby",
        head_hash=bytes(32),
        base_hash=bytes(32),
        opened_at=NOW,
    )
    first = Rating.objects.count() + 1
    for seq, score in enumerate(scores, first):
        Rating.objects.create(
            office=office, kiosk=kiosk, log=log, seq=seq, service_date=day, score=score, place="walk-by"
        )


def test_last_month_is_published_by_itself_from_five_ratings_on(published, actor, kiosk):
    """The server counts; four people are shown to nobody, and this month waits until it is over."""
    from sync_server.content.actions import publish_statuses
    from sync_server.kiosks.models import Kiosk

    row, office = Kiosk.objects.get(), actor.office
    assert bundle(office).satisfaction is None
    rate(office, row, [5, 5, 4, 1], dt.date(2026, 10, 31))
    rate(office, row, [1, 1, 1, 1, 1], dt.date(2026, 11, 1))
    assert publish_statuses(office, now=NOW) is None
    rate(office, row, [3], dt.date(2026, 10, 1))
    assert publish_statuses(office, now=NOW).number == 2
    told = bundle(office).satisfaction
    assert (told.month, told.place, told.by_score, told.n) == (dt.date(2026, 10, 1), "walk-by", (1, 0, 1, 1, 2), 5)
    assert publish_statuses(office, now=dt.datetime(2026, 12, 1, 3, tzinfo=dt.UTC)).number == 3
    assert bundle(office).satisfaction.by_score == (5, 0, 0, 0, 0)
    assert publish_statuses(office, now=dt.datetime(2027, 1, 1, 3, tzinfo=dt.UTC)).number == 4
    assert bundle(office).satisfaction is None


def test_one_more_rating_is_not_told_from_two_editions(published, actor, kiosk):
    """A figure is renewed by five people or more: what a single one touched cannot be found by subtraction."""
    from sync_server.content.actions import publish_statuses
    from sync_server.kiosks.models import Kiosk

    row, office = Kiosk.objects.get(), actor.office
    rate(office, row, [5] * 6, dt.date(2026, 10, 5))
    publish_statuses(office, now=NOW)
    rate(office, row, [1, 2, 3, 4], dt.date(2026, 10, 6))
    assert publish_statuses(office, now=NOW) is None
    rate(office, row, [1], dt.date(2026, 10, 6))
    publish_statuses(office, now=NOW)
    assert bundle(office).satisfaction.by_score == (2, 1, 1, 1, 6)


def test_what_the_server_makes_is_no_change_of_a_draft(published, actor, kiosk):
    """Publishing again after a month was rated says that nothing was edited."""
    from sync_server.content import queries
    from sync_server.content.actions import publish_statuses
    from sync_server.kiosks.models import Kiosk

    rate(actor.office, Kiosk.objects.get(), [5] * 6, dt.date(2026, 10, 5))
    publish_statuses(actor.office, now=NOW)
    assert not queries.draft_changes(actor.office)


def test_what_hangs_in_the_hall_reaches_the_kiosk_as_it_was_written(published, actor):
    """Budget, plan, hours and what the attract screen tells travel with the edition."""
    from sync_server.content.importer import read_source

    read, written = bundle(actor.office), read_source(SAMPLE).hall
    assert {name: getattr(read, name) for name in written} == dict(written)
    assert set(written) == {"attract", "budget", "floor", "schedule"}


def with_face(tmp_path, photo='photo = { file = "a.png", consent_on = 2026-10-01, consent_until = 2026-12-31 }'):
    """A folder of the sample office with a photo of its first colleague."""
    folder = edited(tmp_path, "office.toml", 'picture = "avatar-1"\n', f'picture = "avatar-1"\n{photo}\n')
    (folder / "staff").mkdir(exist_ok=True)
    Image.new("RGB", (300, 300), (200, 150, 120)).save(folder / "staff" / "a.png")
    return folder


def staff_pieces(office):
    """The pictures of people that anybody may fetch."""
    from sync_server.content.models import Piece

    return Piece.objects.filter(office=office, name__startswith="staff/").count()


def take_in(actor, folder, now=NOW):
    """Import this folder and publish it."""
    from sync_server.content.actions import import_draft, publish
    from sync_server.content.importer import read_source

    import_draft(actor, read_source(folder), now=now)
    return publish(actor, now=now)


def test_a_face_is_told_with_its_consent_and_gone_when_it_is_withdrawn(published, actor, tmp_path):
    """Without the day of consent nothing is imported; with it kiosks show it; withdrawn, the next edition is without it
    and nobody is served it any more.
    """
    with pytest.raises(SourceRefused, match="consent_on"):
        take_in(actor, with_face(tmp_path / "no", 'photo = { file = "a.png" }'))
    take_in(actor, with_face(tmp_path))
    read = bundle(actor.office)
    assert read.photo_of(read.office.colleagues[0], NOW.date()).startswith(b"\x89PNG")
    assert staff_pieces(actor.office) == 1
    take_in(actor, SAMPLE)
    assert (bundle(actor.office).photos, staff_pieces(actor.office)) == ({}, 0)


def test_a_consent_that_lapses_takes_its_face_away_by_itself(published, actor, told, tmp_path):
    """On the day after the last: a new edition, made by the server as it makes those of answers; and once only."""
    from sync_server.content.actions import publish_statuses

    take_in(actor, with_face(tmp_path))
    day = dt.datetime(2026, 12, 31, 3, 0, tzinfo=dt.UTC)
    assert publish_statuses(actor.office, now=day) is None
    edition = publish_statuses(actor.office, now=day + dt.timedelta(days=1))
    assert (edition.number, bundle(actor.office).photos, staff_pieces(actor.office)) == (3, {}, 0)
    assert publish_statuses(actor.office, now=day + dt.timedelta(days=2)) is None


def test_a_face_without_consent_is_never_published(published, actor, tmp_path):
    """Even where a draft holds one that no colleague answers for, however it came there."""
    from sync_server.content.actions import publish
    from sync_server.content.models import Draft

    take_in(actor, with_face(tmp_path))
    Draft.objects.filter(name="staff/a.png").update(name="staff/b.png")
    edition = publish(actor, now=NOW)
    assert bundle(actor.office, at_least=edition.number).photos == {}


def test_asking_whether_answers_moved_reads_no_pictures(published, actor, told):
    """It is asked every few seconds: the pieces that may move are read, and none of the rest."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from sync_server.content.actions import publish_statuses

    with CaptureQueriesContext(connection) as asked:
        assert publish_statuses(actor.office, now=NOW) is None
    read = [query["sql"] for query in asked if "content_piece" in query["sql"] and "data" in query["sql"]]
    assert not any(len(re.findall(r"[0-9a-f]{64}", sql)) > 1 for sql in read)
