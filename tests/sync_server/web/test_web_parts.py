"""Components, language, filters, clocks, and what every template must keep to."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from sync_server.web.clocks import clock
from sync_server.web.language import Text
from sync_server.web.paging import Filter, read

ROOT = Path(__file__).resolve().parents[3] / "sync_server"
#: Pages; papers are drawn by another program, which knows no policy and one language.
TEMPLATES = sorted(path for path in ROOT.glob("*/templates/**/*.html") if "paper" not in path.name)
SPRITE = (ROOT / "web/static/web/icons.svg").read_text("utf-8")
DAY = dt.date(2027, 3, 16)


def shown(source: str, **context) -> str:
    """A piece of template, drawn."""
    return Template("{% load sala %}" + source).render(Context(context))


# ---------------------------------------------------------------- language


def test_a_sentence_is_in_the_language_being_read(server):
    """Both languages stand in one place; the reader's is shown."""
    source = '{% t "เหลือ {n} วัน" "{n} days left" n=3 %}'
    with translation.override("th"):
        assert re.sub("<[^>]*>", "", shown(source)) == "เหลือ 3 วัน"
    with translation.override("en"):
        assert shown(source) == "3 days left"


def test_a_value_in_a_sentence_is_escaped(server):
    """What fills a sentence is text."""
    assert "<b>" not in shown('{% t "ชื่อ {n}" "Name {n}" n=name %}', name="<b>x</b>")


def test_the_language_is_chosen_by_cookie_and_never_by_the_browser(client):
    """Thai until the reader chooses; an unknown choice changes nothing."""
    assert 'lang="th"' in client.get("/sign-in", headers={"accept-language": "en"}).content.decode()
    answer = client.post("/language", {"language": "en", "next": "/sign-in"})
    assert answer["Location"] == "/sign-in"
    assert 'lang="en"' in client.get("/sign-in").content.decode()
    client.post("/language", {"language": "xx"})
    assert 'lang="en"' in client.get("/sign-in").content.decode()


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_choosing_a_language_leads_nowhere_else(client, away):
    """The way back stays on this server."""
    assert client.post("/language", {"language": "th", "next": away})["Location"] == "/desk/"


# ---------------------------------------------------------------- dates, figures, clocks


@pytest.mark.parametrize(
    ("source", "th", "en"),
    [
        ("{{ day|day }}", "16\u00a0มี.ค.\u00a02570", "16\u00a0Mar\u00a02027"),
        ("{{ at|time }}", "10.32\u00a0น.", "10:32"),
        ("{{ none|day }}", "–", "–"),
        ("{{ at|ago:later }}", "2 ชม.", "2 h"),
        ("{{ many|thousands }}", "1,842", "1,842"),
    ],
)
def test_dates_and_numbers_are_written_as_the_office_does(server, source, th, en):
    """Buddhist years and office time at the edge only."""
    at = dt.datetime(2027, 3, 16, 3, 32, tzinfo=dt.UTC)
    context = {"day": DAY, "at": at, "none": None, "later": at + dt.timedelta(hours=2, minutes=5), "many": 1842}
    for language, wanted in (("th", th), ("en", en)):
        with translation.override(language):
            assert shown(source, **context) == wanted


@pytest.mark.parametrize(
    ("ago", "done_ago", "state", "used", "th", "en"),
    [
        (2, None, "run", "2", "เหลือ 5 วัน", "5 days left"),
        (6, None, "near", "6", "เหลือ 1 วัน", "1 day left"),
        (7, None, "near", "full", "ครบวันนี้", "Due today"),
        (11, None, "late", "full", "เกินมา 4 วัน", "4 days late"),
        (10, 8, "done", "2", "ตอบ วันที่ 2", "Replied on day 2"),
        (10, 10, "done", "1", "ตอบ วันแรก", "Replied the same day"),
        (10, 1, "late", "full", "ตอบ ช้า 2 วัน", "Replied 2 days late"),
        (0, None, "run", "0", "เหลือ 7 วัน", "7 days left"),
        (8, None, "late", "full", "เกินมา 1 วัน", "1 day late"),
        (10, 2, "late", "full", "ตอบ ช้า 1 วัน", "Replied 1 day late"),
    ],
)
def test_a_clock_says_how_a_deadline_stands(ago, done_ago, state, used, th, en):
    """Cells and words agree; nothing is late before its last day is over."""
    start = DAY - dt.timedelta(days=ago)
    done = None if done_ago is None else DAY - dt.timedelta(days=done_ago)
    due = start + dt.timedelta(days=7)
    view = clock(start=start, due=due, days=7, today=DAY, done=done, verb=Text("ตอบ", "Replied"))
    assert (view.state, view.used, view.words.th, view.words.en) == (state, used, th, en)


def test_a_figure_of_few_people_is_not_shown(server):
    """Under five, only that it is under five."""
    source = '{% stat label="คะแนน" value="4.25" n=n %}'
    assert "4.25" not in shown(source, n=4)
    assert "4.25" in shown(source, n=5)


# ---------------------------------------------------------------- filters

FILTERS = (
    Filter("q", Text("ค้น", "Search")),
    Filter("kind", Text("ชนิด", "Kind"), "select", [("a", "A"), ("b", "B")]),
    Filter("first", Text("ตั้งแต่", "From"), "date"),
)


@pytest.mark.parametrize(
    ("query", "chosen"),
    [
        ("?q=ไฟ&kind=a&first=2027-03-16", {"q": "ไฟ", "kind": "a", "first": "2027-03-16"}),
        ("?kind=c&first=2027-13-45", {"q": "", "kind": "", "first": ""}),
        ("?q=%00x&password__startswith=a&office=2", {"q": "x", "kind": "", "first": ""}),
        ("?q=" + "ก" * 500, {"q": "ก" * 100, "kind": "", "first": ""}),
    ],
)
def test_an_address_sets_only_what_a_filter_may_be(query, chosen):
    """Whatever else is in an address is not looked at."""
    assert read(RequestFactory().get("/" + query), FILTERS).chosen == chosen


# ---------------------------------------------------------------- every template


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_template_keeps_to_the_policy_and_to_both_languages(path):
    """No inline style or script, no event attribute, known icons only, no Thai outside a sentence of two languages."""
    source = path.read_text("utf-8")
    assert not re.search(r"""\sstyle=|\son[a-z]+=["']|<style|javascript:|https?://""", source)
    assert not re.search(r"<script(?![^>]* src=)", source)
    assert "|safe" not in source
    assert "{% autoescape" not in source
    for name in re.findall(r'{% icon "([a-z-]+)"', source) + re.findall(
        r'{% (?:empty|tag "[a-z]+") "([a-z-]+)"', source
    ):
        assert f'id="{name}"' in SPRITE, f"{name} is not in the sprite: add it to vendor.ICONS"
    # A Thai word alone is allowed where the template asks which language it is in.
    bare = re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}", "", source, flags=re.DOTALL)
    if "LANGUAGE_CODE" not in source:
        assert not re.search("[ก-๛]", bare), "a sentence without English"
    for sentence in re.findall(r"{% (?:t|say) (.*?)%}", source):
        quoted = re.findall(r"""(["'])(.*?)\1""", sentence)
        assert len(quoted) >= 2, f"one language only: {sentence}"
        thai, english = quoted[0][1], quoted[1][1]
        assert not re.search("[ก-๛]", english), f"Thai where English should be: {sentence}"
        assert set(re.findall(r"{\w+}", english)) <= set(re.findall(r"{\w+}", thai)), sentence


def test_every_icon_of_the_menu_and_the_states_is_in_the_sprite(server):
    """Icons named in Python are there too, filled ones included."""
    from sync_server.cases.labels import EVENT_ICONS
    from sync_server.cases.labels import STATES as CASE_STATES
    from sync_server.home.menu import MENU
    from sync_server.kiosks.labels import ALARMS
    from sync_server.records.labels import ICONS, STATES
    from sync_server.web.clocks import ICONS as CLOCKS

    names = [row.icon for group in MENU for row in group]
    names += [f"{name}-fill" for name in names]
    names += [each.icon for table in (CASE_STATES, STATES, ALARMS) for each in table.values()]
    names += [*EVENT_ICONS.values(), *ICONS.values(), *CLOCKS.values()]
    assert [name for name in names if f'id="{name}"' not in SPRITE] == []
