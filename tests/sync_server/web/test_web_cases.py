"""The inbox and one case, as staff use them."""

import html
import re

import pytest
from demo_desk import HOSTILE

TEXT = "ซ่อมแล้ววันนี้ <b>ครบ</b>"


def read(answer) -> str:
    """What a person reads of a page, without markup."""
    body = re.sub(r"(?s)<(script|style).*?</\1>|<[^>]*>", "", answer.content.decode().replace("<wbr>", ""))
    return re.sub(r"\s+", " ", html.unescape(body))


@pytest.fixture
def case(busy):
    """A case given to nobody, filed two days ago."""
    from sync_server.cases.models import Case

    return Case.objects.get(text__startswith="ไฟกะพริบ")


def rows(answer) -> list[str]:
    """The cases a list links to."""
    return re.findall(r'href="/desk/cases/(\d+)"', answer.content.decode())


# ---------------------------------------------------------------- the inbox


def test_the_inbox_opens_on_what_is_owed_soonest(busy, signed_in):
    """Overdue first, then due today; answered and closed ones are in their own tabs."""
    answer = signed_in("palad").get("/desk/cases/")
    shown = answer.context["rows"]
    due = [row.case.acknowledge_by if row.case.acknowledged_at is None else row.case.result_by for row in shown]
    assert due == sorted(due)
    assert {row.case.state for row in shown} == {"received", "in_progress"}
    assert shown[0].result.state == "late"


def test_tab_counts_are_the_numbers_of_their_rows(busy, signed_in):
    """A count leads to exactly that many rows, for everyone who looks."""
    for person in ("palad", "somjai", "wichai", "nayok", "it"):
        client = signed_in(person)
        for tab in client.get("/desk/cases/").context["tabs"]:
            assert client.get(f"/desk/cases/?tab={tab.key}").context["page"].total == tab.count, (person, tab.key)


def test_an_officer_knows_of_own_and_free_cases_only(busy, signed_in):
    """What belongs to another division is in no list, count or search."""
    from sync_server.cases.models import Case

    health = Case.objects.get(division__code="health")
    client = signed_in("wichai")
    assert str(health.pk) not in rows(client.get("/desk/cases/?tab=all"))
    assert rows(client.get(f"/desk/cases/?q={health.text[:8]}")) == []
    assert str(health.pk) in rows(signed_in("palad").get(f"/desk/cases/?q={health.text[:8]}"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=ไฟกะพริบ", 1),
        ("q=ไฟกระพริบ", 0),
        ("q=โรงเรยน", 0),
        ("q=ร.0001/2570", 1),
        ("q=ร0001/๒๕๗๐", 1),
        ("category=lamp", 3),
        ("category=lamp&q=ศาลาริมทาง", 1),
        ("category=unknown", 12),
        ("division=health", 1),
        ("first=2099-01-01", 0),
        ("last=2099-01-01", 12),
        ("first=not-a-day", 12),
        ("tab=closed", 1),
        ("tab=<script>", 9),
        ("page=999&tab=all", 12),
        ("q=%25", 1),
    ],
)
def test_filters_and_search_live_in_the_address(busy, signed_in, query, found):
    """Known values narrow the list, others are not looked at; a search looks in every tab."""
    if "tab" not in query and "=unknown" not in query and "not-a-day" not in query:
        query += "&tab=all"
    expected = found if "tab" in query else 9
    assert signed_in("palad").get(f"/desk/cases/?{query}").context["page"].total == expected


# ---------------------------------------------------------------- acts


def test_an_answer_and_a_note_go_to_different_places(case, signed_in):
    """The answer is what the citizen's code opens; the note is in no answer, no status, no bundle."""
    from sync_server.cases.queries import statuses_for_bundle

    client = signed_in("somjai")
    assert client.post(f"/desk/cases/{case.pk}/note", {"text": "หมายเหตุลับของช่าง"}).status_code == 302
    assert client.post(f"/desk/cases/{case.pk}/answer", {"text": TEXT}).status_code == 302
    assert [answer.text for answer in case.answers.all()] == [TEXT]
    assert [note.text for note in case.notes.all()] == ["หมายเหตุลับของช่าง"]
    told = [one.status.answer for one in statuses_for_bundle(case.office, now=case.received_at)]
    assert TEXT in told
    assert not any("หมายเหตุลับ" in answer for answer in told)
    page = client.get(f"/desk/cases/{case.pk}")
    assert TEXT in read(page)
    assert "<b>ครบ" not in page.content.decode().replace("<wbr>", "")


def test_a_returned_case_shows_what_its_citizen_says_and_until_when(case, signed_in):
    """Reason and words stand on the timeline as the citizen's own, escaped; above them the day of the next answer."""
    from sync_server.cases.models import Return

    client = signed_in("palad")
    client.post(f"/desk/cases/{case.pk}/answer", {"text": TEXT})
    Return.objects.create(
        case=case, log=case.log, seq=10_000, said_on=case.filed_on, at=case.received_at, round=1, reason="came_back",
        words=f"ดับอีก {HOSTILE}", accepted=True,
    )  # fmt: skip
    case.refresh_from_db()
    case.state, case.round, case.again_by = "in_progress", 2, case.result_by
    case.save()
    for language, says in (("th", "ผู้แจ้ง: ยังไม่แก้"), ("en", "Citizen: not fixed")):
        client.cookies["lang"] = language
        page = client.get(f"/desk/cases/{case.pk}")
        assert says in read(page)
        assert ("ดีขึ้น แล้วเป็นอีก" if language == "th" else "Better, then back again") in read(page)
        assert "ดับอีก" in read(page)
        assert "<script>alert" not in page.content.decode()
    assert case.number in read(client.get("/desk/cases/?tab=open"))


@pytest.mark.parametrize("who", ["citizen", "staff"])
def test_the_page_says_who_took_a_case_up_again_until_it_is_answered(case, signed_in, who):
    """The citizen's word is told only where there is one; once the answer owed again is given, nothing is owed."""
    from sync_server.cases.models import Return

    client = signed_in("palad")
    client.post("/language", {"language": "en"})
    client.post(f"/desk/cases/{case.pk}/close", {"outcome": "fixed", "reason": "เปลี่ยนหลอดแล้ว"})
    client.post(f"/desk/cases/{case.pk}/reopen", {"reason": "ปิดผิดเรื่อง"})
    if who == "citizen":
        Return.objects.create(
            case=case, log=case.log, seq=10_000, said_on=case.filed_on, at=case.received_at, round=1, reason="other",
            accepted=True,
        )  # fmt: skip
    says = {"citizen": "The citizen says it is not fixed: answer again by", "staff": "Reopened: answer by"}
    page = read(client.get(f"/desk/cases/{case.pk}"))
    assert {name for name, words in says.items() if words in page} == {who}
    client.post(f"/desk/cases/{case.pk}/answer", {"text": TEXT})
    page = read(client.get(f"/desk/cases/{case.pk}"))
    assert not [words for words in says.values() if words in page]


def test_a_page_left_open_takes_no_case_back(case, signed_in, staff):
    """Whoever names a colleague leaves the division as somebody else gave it meanwhile, and the other way round."""
    from sync_server.organisations.models import Division

    works, health = Division.objects.get(code="works"), Division.objects.get(code="health")
    client, address = signed_in("palad"), f"/desk/cases/{case.pk}/assign"
    assert '<input type="hidden" name="initial-division"' in client.get(f"/desk/cases/{case.pk}").content.decode()
    type(case).objects.filter(pk=case.pk).update(division=health)
    untouched = {"initial-division": "", "division": "", "initial-staff": ""}
    client.post(address, {**untouched, "staff": staff("somjai").pk})
    case.refresh_from_db()
    assert (case.division, case.assigned_to) == (health, staff("somjai"))
    client.post(address, {"initial-division": health.pk, "division": works.pk, "initial-staff": "", "staff": ""})
    case.refresh_from_db()
    assert (case.division, case.assigned_to) == (works, staff("somjai"))
    seat = staff("somjai").pk
    client.post(address, {"initial-division": works.pk, "division": works.pk, "initial-staff": seat, "staff": ""})
    case.refresh_from_db()
    assert (case.division, case.assigned_to) == (works, None)


def test_a_refused_act_keeps_what_was_typed(case, signed_in):
    """Nothing typed is lost: the page comes back with it and says what is missing."""
    client = signed_in("palad")
    answer = client.post(f"/desk/cases/{case.pk}/close", {"outcome": "", "reason": "ตามใบเบิกที่ 118"})
    assert answer.status_code == 422
    assert "เลือกผลก่อน" in read(answer)
    assert ">\nตามใบเบิกที่ 118</textarea>" in answer.content.decode()
    case.refresh_from_db()
    assert case.state == "received"


def test_closing_needs_an_outcome_and_a_reason_and_can_be_undone(case, signed_in):
    """Both are kept with the case; a closed one takes no answer until it is taken up again."""
    client = signed_in("palad")
    client.post(f"/desk/cases/{case.pk}/close", {"outcome": "fixed", "reason": "เปลี่ยนหลอดแล้ว"})
    case.refresh_from_db()
    assert case.state == "closed"
    assert "แก้ไขแล้ว: เปลี่ยนหลอดแล้ว" in read(client.get(f"/desk/cases/{case.pk}"))
    late = client.post(f"/desk/cases/{case.pk}/answer", {"text": "อีกอย่าง"})
    assert late.status_code == 422
    assert "เรื่องนี้ยุติแล้ว" in read(late)
    client.post(f"/desk/cases/{case.pk}/reopen", {"reason": "ไฟดับอีก"})
    case.refresh_from_db()
    assert case.state == "in_progress"


def test_a_refusal_is_in_the_language_being_read(case, signed_in):
    """English staff are told in English."""
    client = signed_in("palad")
    client.post("/language", {"language": "en"})
    client.post(f"/desk/cases/{case.pk}/acknowledge")
    again = client.post(f"/desk/cases/{case.pk}/acknowledge", follow=True)
    assert "This case is being worked on already" in read(again)


def test_every_refusal_has_an_english_sentence():
    """Each sentence that an act can refuse with is in the table."""
    import inspect

    from sync_server.cases import actions
    from sync_server.cases.labels import REFUSALS

    sentences = set(re.findall(r'"([ก-๛][^"]*)"', inspect.getsource(actions)))
    documented = {text for text in sentences if f'"{text}"' not in (actions.__doc__ or "")}
    assert documented - REFUSALS.keys() == set()


def test_who_gives_a_case_away_is_led_back_to_the_inbox(case, signed_in):
    """It is not theirs to see any more; only people and divisions of this office are offered."""
    from sync_server.organisations.models import Division

    client = signed_in("somjai")
    assert client.post(f"/desk/cases/{case.pk}/assign", {"division": "999999"}).status_code == 422
    health = Division.objects.get(code="health")
    assert client.post(f"/desk/cases/{case.pk}/assign", {"division": health.pk})["Location"] == "/desk/cases/"
    assert client.get(f"/desk/cases/{case.pk}").status_code == 404


def test_hostile_words_are_words(busy, signed_in):
    """Tags, formulas and template marks typed by a citizen are read as typed, in the list and on the case."""
    from sync_server.cases.models import Case

    case = Case.objects.get(text__startswith="[size=99]")
    page = signed_in("palad").get(f"/desk/cases/{case.pk}")
    assert re.sub(r"\s+", " ", case.text) in read(page)
    assert case.text.startswith(HOSTILE[:40])
    assert "<script>document" not in page.content.decode().replace("<wbr>", "")
    assert "[size=99]" in read(signed_in("palad").get("/desk/cases/"))


def test_the_page_of_a_case_tells_its_source_record(busy, signed_in):
    """From the case to the record and back."""
    from sync_server.cases.models import Case

    client, case = signed_in("palad"), Case.objects.get(text__startswith="ไฟกะพริบ")
    record = re.search(r'href="(/desk/records/\d+)"', client.get(f"/desk/cases/{case.pk}").content.decode())[1]
    assert f'href="/desk/cases/{case.pk}"' in client.get(record).content.decode()


def test_an_erased_case_is_shown_without_its_text(case, signed_in):
    """Dates, number and outcome stay."""
    case.text = case.place = case.search = ""
    case.save()
    client = signed_in("palad")
    assert "เนื้อหาถูกลบแล้ว" in read(client.get(f"/desk/cases/{case.pk}"))
    assert "ลบเนื้อหาแล้ว" in read(client.get("/desk/cases/?tab=all"))
