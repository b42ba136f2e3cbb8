"""What somebody wrote is never lost because the server could not take it: it is shown to be copied."""

import html
import re

import pytest
from django.test import Client
from sealing import complain, keep_recovery, seat

from sync_server.organisations.access import IDLE_MIN

TEXT = "ช่างออกไปแล้ว <b>เมื่อวาน</b>\nเปลี่ยนหลอดทั้งสามต้น"
HERE = "http://testserver/desk/cases/{}"


@pytest.fixture
def case(server, kiosk):
    """A case, received."""
    from sync_server.cases.models import Case
    from sync_server.projectors import catch_up

    kiosk.file("ไฟกะพริบ")
    kiosk.push()
    catch_up()
    return Case.objects.get()


def kept(answer) -> list[str]:
    """What stands in the boxes to copy from, as a reader gets it."""
    boxes = re.findall(r"(?s)<textarea[^>]* readonly>\n(.*?)</textarea>", answer.content.decode())
    return [html.unescape(box) for box in boxes]


def idle(monkeypatch):
    """Let more than the time pass that a session lasts without anybody at work."""
    from sync_server.organisations import access

    minute = access._minute()
    monkeypatch.setattr(access, "_minute", lambda: minute + IDLE_MIN + 1)


@pytest.mark.parametrize(
    ("state", "act", "fields"),
    [
        ("closed", "answer", {"text": TEXT}),
        ("closed", "close", {"outcome": "fixed", "reason": TEXT}),
        ("open", "reopen", {"reason": TEXT}),
    ],
)
def test_a_colleague_was_quicker(case, signed_in, state, act, fields):
    """The form that is not on the page any more leaves what was typed in it, beside why it was refused."""
    client = signed_in("palad")
    if state == "closed":
        client.post(f"/desk/cases/{case.pk}/close", {"outcome": "fixed", "reason": "เสร็จ"})
    answer = client.post(f"/desk/cases/{case.pk}/{act}", fields)
    assert (answer.status_code, kept(answer)) == (422, [TEXT])
    assert "<b>เมื่อวาน" not in answer.content.decode()
    assert kept(client.get(f"/desk/cases/{case.pk}")) == []


def test_a_form_that_is_still_there_keeps_its_text_itself(case, signed_in):
    """Nothing stands on the page twice."""
    client, long = signed_in("palad"), "ก" * 4001
    answer = client.post(f"/desk/cases/{case.pk}/answer", {"text": long})
    assert (answer.status_code, kept(answer), answer.content.decode().count(long)) == (422, [], 1)


def test_a_reader_was_quicker_with_a_sealed_case(server, kiosk, signed_in):
    """As with other cases."""
    from sync_server.sealed.models import SealedCase

    keep_recovery(server)
    people = {"council_chair": "wichai", "district_liaison": "somjai", "auditor": "it"}
    complain(kiosk, [seat(server, username, reader, seed=i) for i, (reader, username) in enumerate(people.items())])
    page = f"/desk/sealed/{SealedCase.objects.get().pk}"
    signed_in("somjai").post(f"{page}/close", {"reason": "พิจารณาแล้ว"})
    for act, field, status in (("answer", "text", 422), ("close", "reason", 422), ("seal", "text", 200)):
        answer = signed_in("wichai").post(f"{page}/{act}", {field: TEXT})
        assert (answer.status_code, kept(answer)) == (status, [TEXT])


def test_the_case_was_given_away_meanwhile(case, signed_in, staff):
    """Not theirs to see any more: nothing of it is told, but their own words are theirs."""
    from sync_server.organisations.models import Division

    signed_in("palad").post(f"/desk/cases/{case.pk}/assign", {"division": Division.objects.get(code="health").pk})
    client = signed_in("wichai")
    answer = client.post(f"/desk/cases/{case.pk}/answer", {"text": TEXT}, headers={"Referer": HERE.format(case.pk)})
    assert (answer.status_code, kept(answer)) == (404, [TEXT])


def test_they_signed_in_anew_in_another_tab(case, staff):
    """The form's token is too old."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff("palad"), backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(f"/desk/cases/{case.pk}/answer", {"text": TEXT}, headers={"Referer": HERE.format(case.pk)})
    assert (answer.status_code, kept(answer)) == (403, [TEXT])


@pytest.mark.parametrize("how", ["idle", "eight hours"])
def test_the_session_ended_while_they_wrote(case, signed_in, monkeypatch, capfd, how):
    """The text stays on the page, and nowhere else; from there they sign in, back to the page it was written on."""
    from django.contrib.sessions.models import Session

    client = signed_in("palad")
    assert client.get(f"/desk/cases/{case.pk}").status_code == 200
    if how == "idle":
        idle(monkeypatch)
    else:
        Session.objects.all().delete()
    answer = client.post(
        f"/desk/cases/{case.pk}/answer", {"text": TEXT}, headers={"Referer": HERE.format(case.pk) + "?tab=late"}
    )
    assert (answer.status_code, kept(answer)) == (401, [TEXT])
    assert f'href="/sign-in?next=/desk/cases/{case.pk}%3Ftab%3Dlate"' in answer.content.decode()
    assert not case.answers.exists()
    assert not any(TEXT[:10] in str(session.get_decoded()) for session in Session.objects.all())
    assert TEXT[:10] not in "".join(capfd.readouterr())
    back = client.post(
        "/sign-in", {"username": "palad", "password": "sala-demo-password", "next": f"/desk/cases/{case.pk}?tab=late"}
    )
    assert client.get(back["Location"]).status_code == 200


@pytest.mark.parametrize("referer", ["", "https://evil.example/desk/cases/1", "http://testserver.evil.example/desk/"])
def test_what_another_site_sends_is_not_repeated(case, client, referer):
    """Nor does it choose where signing in leads."""
    answer = client.post(f"/desk/cases/{case.pk}/answer", {"text": TEXT}, headers={"Referer": referer})
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in?next=/desk/")


@pytest.mark.parametrize(
    ("path", "fields", "after"),
    [
        ("/desk/account", {"old": "secret-one", "new": "secret-two"}, "/desk/"),
        ("/desk/sealed/1/open", {"phrase": "secret-three"}, "/desk/sealed/1"),
        ("/desk/cases/1/acknowledge", {}, "/desk/sealed/1"),
    ],
)
def test_secrets_and_bare_buttons_lead_to_the_sign_in_page(client, server, path, fields, after):
    """A password is never repeated; and no way leads to an address that only takes what is sent."""
    before = path if path == "/desk/account" else "/desk/sealed/1"
    answer = client.post(path, fields, headers={"Referer": f"http://testserver{before}"})
    assert (answer.status_code, answer["Location"]) == (302, f"/sign-in?next={after}")
    assert "secret" not in answer.content.decode()


def test_from_a_page_that_came_back_with_a_refusal_signing_in_leads_to_the_desk(case, client):
    """Its address is that of the act: there is nothing to open there."""
    path = f"/desk/cases/{case.pk}/answer"
    answer = client.post(path, {"text": TEXT}, headers={"Referer": f"http://testserver{path}"})
    assert 'href="/sign-in?next=/desk/"' in answer.content.decode()
    assert kept(answer) == [TEXT]
