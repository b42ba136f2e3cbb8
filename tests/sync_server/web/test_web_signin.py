"""Signing in and out, the throttle, idle sessions, one's own password."""

import re

import pytest

from sync_server.organisations.access import IDLE_MIN

PASSWORD = "sala-demo-password"


def tried(client, username, password, **more):
    """One try at the sign-in page."""
    return client.post("/sign-in", {"username": username, "password": password, **more})


def without_token(answer) -> str:
    """The page without what differs in any two: the form's token, the name typed, the time of day."""
    text = re.sub(r'value="[^"]*"', "", answer.content.decode())
    return re.sub(r"\d\d[.:]\d\d", "", text)


def test_a_right_pair_opens_the_desk(client):
    """And the session gets a new key, so one that was planted before is worth nothing."""
    client.get("/sign-in")
    answer = tried(client, "palad", PASSWORD)
    assert (answer.status_code, answer["Location"]) == (302, "/desk/")
    cookie = client.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert client.get("/desk/").status_code == 200


def test_unknown_name_and_wrong_password_look_the_same(client):
    """Nobody learns which names exist."""
    unknown, wrong = tried(client, "nobody", "x" * 12), tried(client, "palad", "x" * 12)
    assert unknown.status_code == wrong.status_code == 200
    assert without_token(unknown) == without_token(wrong)
    assert "ชื่อผู้ใช้หรือรหัสผ่านไม่ถูกต้อง" in re.sub("<[^>]*>", "", wrong.content.decode())


def test_who_has_left_is_told_the_same(client, staff):
    """A deactivated account is as unknown as any."""
    gone = staff("somjai")
    gone.is_active = False
    gone.save()
    assert without_token(tried(client, "somjai", PASSWORD)) == without_token(tried(client, "nobody", PASSWORD))


@pytest.mark.parametrize("username", ["palad", "nobody"])
def test_five_wrong_tries_rest_the_name(client, username):
    """The sixth is refused even with the right password, for a name that exists and one that does not."""
    for _each in range(4):
        assert tried(client, username, "wrong-wrong").status_code == 200
    assert tried(client, username, "wrong-wrong").status_code == 429
    answer = tried(client, username, PASSWORD)
    assert answer.status_code == 429
    assert "15" in answer.content.decode()
    assert client.get("/desk/").status_code == 302


def test_one_who_forgot_locks_out_nobody_else(client):
    """The office sits behind one address: colleagues come in while a name rests."""
    for _each in range(8):
        tried(client, "somjai", "wrong-wrong")
    assert tried(client, "somjai", PASSWORD).status_code == 429
    assert tried(client, "palad", PASSWORD).status_code == 302


def test_who_tries_name_after_name_rests_at_the_address(client):
    """One password for many names is a guess as well; whoever sits elsewhere comes in."""
    answers = [tried(client, f"nobody{n}", "wrong-wrong").status_code for n in range(25)]
    assert answers == [200] * 24 + [429]
    assert tried(client, "palad", PASSWORD).status_code == 429
    elsewhere = client.post("/sign-in", {"username": "palad", "password": PASSWORD}, REMOTE_ADDR="192.0.2.7")
    assert elsewhere.status_code == 302


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_signing_in_leads_nowhere_else(client, away):
    """The way on stays on this server."""
    assert tried(client, "palad", PASSWORD, next=away)["Location"] == "/desk/"


def test_signing_in_goes_on_to_the_page_that_was_asked_for(client):
    """A link sent by a colleague works after signing in."""
    asked = client.get("/desk/cases/?tab=late")["Location"]
    assert asked == "/sign-in?next=/desk/cases/%3Ftab%3Dlate"
    assert tried(client, "palad", PASSWORD, next="/desk/cases/?tab=late")["Location"] == "/desk/cases/?tab=late"


def test_signing_out_ends_the_session(signed_in):
    """By POST; a link cannot do it."""
    client = signed_in("palad")
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out")["Location"] == "/sign-in"
    assert client.get("/desk/").status_code == 302


def test_signing_in_is_kept_in_the_audit_log(client, server):
    """Who, when, from where; and the person sees it on their own page."""
    from sync_server.organisations.models import AuditRow

    tried(client, "palad", PASSWORD)
    row = AuditRow.objects.get(act="staff.sign_in")
    assert (row.actor.username, row.object_id, row.ip) == ("palad", "palad", "127.0.0.1")
    assert "127.0.0.1" in client.get("/desk/account").content.decode()


def test_a_session_nobody_works_in_ends(signed_in, monkeypatch):
    """After half an hour; a page that refreshes itself does not keep it open."""
    from sync_server.organisations import access

    client = signed_in("palad")
    minute = access._minute()
    for passed, headers, status in (
        (0, {}, 200),
        (29, {"HX-Request": "true"}, 200),
        (IDLE_MIN, {}, 200),
        (61, {}, 302),
    ):
        monkeypatch.setattr(access, "_minute", lambda passed=passed: minute + passed)
        assert client.get("/desk/kiosks/", headers=headers).status_code == status, passed


def test_reading_pages_writes_at_most_once_a_minute(signed_in, monkeypatch):
    """A list that is paged through does not write to the database at every page."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from sync_server.organisations import access

    client = signed_in("palad")
    minute = access._minute()
    monkeypatch.setattr(access, "_minute", lambda: minute)
    client.get("/desk/records/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/desk/records/")
    assert [query["sql"] for query in queries if not query["sql"].startswith("SELECT")] == []


@pytest.mark.parametrize(
    ("old", "new", "status"),
    [
        (PASSWORD, "ข้าวผัดกุ้งสองจาน", 302),
        ("wrong", "ข้าวผัดกุ้งสองจาน", 422),
        (PASSWORD, "short", 422),
        (PASSWORD, "password1234", 422),
        ("", "", 422),
    ],
)
def test_the_password_is_changed_by_whoever_knows_the_old_one(signed_in, staff, old, new, status):
    """And the session goes on; a short or common one is refused."""
    client = signed_in("somjai")
    assert client.post("/desk/account", {"old": old, "new": new}).status_code == status
    assert staff("somjai").check_password(new if status == 302 else PASSWORD)
    assert client.get("/desk/").status_code == 200
