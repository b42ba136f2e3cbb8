"""Who may open which page: every address of the server has a row here, or this file fails."""

import re
from dataclasses import dataclass, field

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import IntConverter

OFFICER, ENGINEER, CLERK, CHIEF, ADMIN, READER = "somjai", "wichai", "palad", "nayok", "it", "thongthin"
PEOPLE = (OFFICER, ENGINEER, CLERK, CHIEF, ADMIN, READER)


@dataclass(frozen=True)
class Row:
    """What each person gets: `everyone`, or by name; `post` where the address is an act (sent with an empty form).
    Readers get nothing but what is `for_readers`.
    """

    everyone: int = 200
    but: dict[str, int] = field(default_factory=dict)
    post: bool = False
    of: str = ""
    for_readers: bool = False

    def gives(self, person: str) -> int:
        """The status of the answer."""
        return 403 if person == READER and not self.for_readers else self.but.get(person, self.everyone)


_NO_CASES = {ADMIN: 404}
_ACT = {CHIEF: 403, ADMIN: 403}
_DECIDE = {OFFICER: 403, ENGINEER: 403, ADMIN: 403}
_MANAGE = {OFFICER: 403, ENGINEER: 403, CHIEF: 403}

#: `of` names the thing in the address: an unassigned case, one given to another division, a record, one of an
#: opinion, the one that opened the other division's case, words of a rating, a praise, a kiosk, an alarm.
ROUTES: dict[str, list[Row]] = {
    "home:today": [Row(for_readers=True)],
    "organisations:account": [Row(for_readers=True)],
    "cases:inbox": [Row()],
    "cases:case": [
        Row(of="free case", but=_NO_CASES),
        Row(of="health case", but={OFFICER: 404, ENGINEER: 404, ADMIN: 404}),
        Row(of="no case", everyone=404),
    ],
    "cases:acknowledge": [Row(302, _ACT, post=True, of="free case")],
    "cases:answer": [
        Row(422, _ACT, post=True, of="free case"),
        Row(422, {OFFICER: 404, ENGINEER: 404, **_ACT}, post=True, of="health case"),
    ],
    "cases:note": [Row(422, _ACT, post=True, of="free case")],
    "cases:assign": [Row(422, _ACT, post=True, of="free case")],
    "cases:close": [Row(422, _ACT, post=True, of="free case")],
    "cases:reopen": [Row(422, _ACT, post=True, of="free case")],
    # A sealed case that was sealed to none of these people: whatever their role, there is none.
    "sealed:index": [Row(for_readers=True)],
    "sealed:key": [Row(for_readers=True)],
    "sealed:case": [Row(404, of="sealed case", for_readers=True)],
    "sealed:open": [Row(404, post=True, of="sealed case", for_readers=True)],
    "sealed:seal": [Row(404, post=True, of="sealed case", for_readers=True)],
    "sealed:answer": [Row(404, post=True, of="sealed case", for_readers=True)],
    "sealed:close": [Row(404, post=True, of="sealed case", for_readers=True)],
    "sealed:recuse": [Row(404, post=True, of="sealed case", for_readers=True)],
    "records:index": [Row()],
    "records:record": [
        Row(of="record", but=_NO_CASES),
        Row(of="opinion", but={OFFICER: 404, ENGINEER: 404, ADMIN: 404}),
        Row(of="health record", but={OFFICER: 404, ENGINEER: 404, ADMIN: 404}),
    ],
    "records:branches": [Row()],
    "records:decide": [Row(403, {CLERK: 302}, post=True, of="branch")],
    "kiosks:fleet": [Row()],
    "kiosks:kiosk": [Row(of="kiosk")],
    "kiosks:enrol": [Row(200, _MANAGE)],
    "kiosks:came": [Row(200, _MANAGE, of="code")],
    "kiosks:compared": [Row(302, _MANAGE, post=True, of="kiosk")],
    "kiosks:enrol-again": [Row(200, _MANAGE, post=True, of="kiosk")],
    "kiosks:clear-alarm": [Row(302, _MANAGE, post=True, of="alarm")],
    "records:revoke": [Row(302, _MANAGE, post=True, of="kiosk")],
    "records:reinstate": [Row(403, {CLERK: 302}, post=True, of="kiosk")],
    "office:index": [Row(200, _MANAGE)],
    "office:add": [Row(200, _MANAGE)],
    "office:person": [Row(200, _MANAGE, of="person"), Row(404, _MANAGE, of="nobody")],
    "office:give-password": [Row(200, _MANAGE, post=True, of="person")],
    "office:leave": [Row(302, _MANAGE, post=True, of="person")],
    "office:return": [Row(200, _MANAGE, post=True, of="person")],
    "office:papers": [Row(200, _MANAGE)],
    "office:closed-days": [Row(200, _MANAGE)],
    "office:open-day": [Row(302, _MANAGE, post=True, of="day")],
    "queues:tickets": [Row()],
    "queues:waiting": [Row()],
    "queues:outcomes": [Row()],
    "queues:ratings": [Row()],
    "queues:show-words": [Row(302, _DECIDE, post=True, of="words")],
    "queues:hide-words": [Row(302, _DECIDE, post=True, of="words")],
    "queues:praise": [Row()],
    "queues:show-praise": [Row(302, _DECIDE, post=True, of="praise")],
    "queues:hide-praise": [Row(302, _DECIDE, post=True, of="praise")],
}

#: Addresses outside the desk, and why they need no row: they are open, or closed by other means.
OPEN = {
    "root": "leads to the desk",
    "organisations:sign-in": "one must be able to come in",
    "organisations:sign-out": "ends a session, POST only",
    "web:language": "sets one cookie",
    "sync-push": "signed bytes", "sync-position": "signed bytes", "sync-enrol": "proved by a code",
    "sync-roll": "signed bytes",
    "sync-keys": "signed by the root, and public",
    "sync-manifest": "signed and public", "sync-piece": "public by hash",
}  # fmt: skip

#: Pages of other applications, tested beside them; here they are only asked to refuse strangers.
ELSEWHERE = ("content:", "reports:", "measures:")


def names(resolver=None, spaces=()):
    """Every named address of the server."""
    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            yield from names(each, (*spaces, each.namespace) if each.namespace else spaces)
        elif isinstance(each, URLPattern):
            yield ":".join((*spaces, each.name)), each


def test_every_address_has_a_row(server):
    """A page without a rule does not ship."""
    unknown = {name for name, _ in names()} - ROUTES.keys() - OPEN.keys()
    assert [name for name in unknown if not name.startswith(ELSEWHERE)] == []


@pytest.fixture
def things(busy):
    """What the addresses are about."""
    from sync_server.cases.models import Case
    from sync_server.kiosks.models import Alarm, EnrolmentCode, Kiosk
    from sync_server.organisations.models import Staff
    from sync_server.queues.models import Explanation, Praise
    from sync_server.records.models import Log, RecordRow
    from sync_server.sealed.models import SealedCase

    log = Log.objects.all()[0]
    day = log.opened_at.date()
    health = Case.objects.get(division__code="health")
    sealed = SealedCase.objects.create(
        office=busy.office, log=log, seq=1, year=2570, n=1, number="ล.0001/2570", route="chief", category="unfair",
        size=1, status_id="0" * 32, state_key=bytes(32), filed_on=day, received_on=day, acknowledge_by=day,
        result_by=day,
    )  # fmt: skip
    return {
        "": {},
        "sealed case": {"case_id": sealed.pk},
        "free case": {"case_id": Case.objects.filter(division=None, state="received")[0].pk},
        "health case": {"case_id": health.pk},
        "no case": {"case_id": 10**9},
        "record": {"record_id": RecordRow.objects.all()[0].pk},
        "opinion": {"record_id": RecordRow.objects.filter(kind="rating.given")[0].pk},
        "health record": {"record_id": health.log.rows.get(seq=health.seq).pk},
        "branch": {"log_id": Log.objects.get(branch=1).pk},
        "kiosk": {"kiosk_id": Kiosk.objects.all()[0].kiosk_id},
        "words": {"explanation_id": Explanation.objects.exclude(words="")[0].pk},
        "praise": {"praise_id": Praise.objects.exclude(words="")[0].pk},
        "person": {"staff_id": Staff.objects.get(username="prasit").pk},
        "nobody": {"staff_id": 10**9},
        "day": {"day": "2026-12-31"},
        "code": {"code_id": EnrolmentCode.objects.all()[0].pk},
        "alarm": {"alarm_id": Alarm.objects.all()[0].pk},
    }


@pytest.mark.parametrize("person", PEOPLE)
def test_each_person_gets_what_the_table_says(person, things, signed_in):
    """Every address, every role, own cases and others': denied unless a row says otherwise."""
    client = signed_in(person)
    got, wanted = {}, {}
    for name, rows in ROUTES.items():
        for row in rows:
            address = reverse(name, kwargs=things[row.of])
            answer = client.post(address) if row.post else client.get(address)
            got[name, row.of] = answer.status_code
            wanted[name, row.of] = row.gives(person)
    assert got == wanted


def elsewhere() -> list[str]:
    """An address of each page that is tested beside its application."""
    return [
        reverse(
            name, kwargs={key: 1 if isinstance(x, IntConverter) else "x" for key, x in each.pattern.converters.items()}
        )
        for name, each in names()
        if name.startswith(ELSEWHERE)
    ]


def test_a_reader_is_refused_whatever_is_not_for_them(busy, signed_in):
    """Also pages of other applications, those to come, and those that refresh themselves."""
    client = signed_in(READER)
    for address in [*elsewhere(), "/desk/nothing", "/desk/sealed", "/desk/accounts"]:
        for answer in (client.get(address), client.post(address), client.get(address, headers={"HX-Request": "true"})):
            assert answer.status_code == 403, address


def test_a_reader_meets_no_link_that_refuses_them(busy, signed_in):
    """Menu, search and first page lead to their pages alone."""
    client = signed_in(READER)
    for page in ("/desk/", "/desk/account", "/desk/sealed/", "/desk/sealed/key"):
        links = set(re.findall(r'(?:href|action)="(/desk/[^"?#]*)', client.get(page).content.decode()))
        assert {client.get(link).status_code for link in links} == {200}, page
    assert 'href="/desk/sealed/"' in client.get("/desk/").content.decode()


def test_nobody_comes_in_unsigned(busy, client, things):
    """Every address below /desk/ sends a stranger to the sign-in page, known or made up, and changes nothing."""
    addresses = [reverse(name, kwargs=things[row.of]) for name, rows in ROUTES.items() for row in rows]
    for address in [*addresses, *elsewhere(), "/desk/", "/desk/nothing", "/desk/cases/1/../2"]:
        for answer in (client.get(address), client.post(address)):
            assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/sign-in"), address


def test_an_act_needs_post(things, signed_in):
    """A link or a picture in a page can change nothing."""
    client = signed_in(CLERK)
    for name, rows in ROUTES.items():
        for row in rows:
            if row.post:
                assert client.get(reverse(name, kwargs=things[row.of])).status_code == 405, name


def test_an_act_needs_its_token(things, staff):
    """A form of another site is refused."""
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(staff(CLERK), backend="django.contrib.auth.backends.ModelBackend")
    for name, rows in ROUTES.items():
        for row in rows:
            if row.post:
                assert client.post(reverse(name, kwargs=things[row.of])).status_code == 403, name


def test_a_swap_does_not_paste_the_sign_in_page(client):
    """When the session is over, a page that refreshes itself goes to the sign-in page as a whole."""
    answer = client.get("/desk/kiosks/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (401, "/sign-in?next=%2Fdesk%2F")


HEADERS = {
    "Content-Security-Policy": "default-src 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@pytest.mark.parametrize(
    "path", ["/sign-in", "/desk/", "/desk/cases/", "/desk/records/", "/desk/nothing", "/nothing", "/"]
)
def test_every_answer_to_a_browser_carries_the_headers(signed_in, path):
    """Pages, redirects and errors alike; nothing inline, nothing from elsewhere, nothing kept."""
    answer = signed_in(CLERK).get(path)
    for name, begins in HEADERS.items():
        assert begins in answer[name], name
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
