"""The components of the staff web, for templates: ``{% load sala %}``.

Words     {% t "เรื่องที่รับ" "Cases" %}  {% t "เหลือ {n} วัน" "{n} days left" n=3 %}
          {% say "ค้นหา" "Search" %} (attributes)
          {{ division.name|words }} (labels of ours)  {{ case.text|said }} (what people typed)
          {{ office.name|either:office.name_en }}
          {{ case.category|category:names|words }}  {{ ticket.service|service:names|words }}
Look up   {{ values|at:key }}
Dates     {{ case.filed_on|day }}  {{ at|time }}  {{ at|moment }}  {{ at|ago:now }}
Numbers   {{ 1842|thousands }}  {{ took_ms|clocked }}
Parts     {% icon "tray-fill" %}  {% tag "done" "check-circle-fill" words %}  {% count 12 %}  {% clock view %}
          {% src url 49 %}  {% stat label=... value=... unit=... line=... n=... href=... %}
          {% ratio 84 100 %}  {% ratio 84 100 before %}  {% face 4 %}
Lists     {% filters bar %}  {% pages page %}  {% query page=2 %}
Forms     {% errors form %}  {% field form.text %}
Empty     {% empty "tray" words href action %}
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import template
from django.forms import BaseForm, BoundField
from django.http import QueryDict
from django.template.context import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from shared import thai
from sync_server.web import naming
from sync_server.web.clocks import ClockView
from sync_server.web.language import Text, current
from sync_server.web.paging import FilterBar, Page
from sync_server.web.unsent import to_copy
from sync_server.web.words import wrap, wrap_label

register = template.Library()

_ENGLISH_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
#: Groups of fewer than this many people are not shown as a mean or share.
SHOWN_FROM = 5
_FACES = (
    ("smiley-angry-fill", Text("แย่มาก", "Very bad")),
    ("smiley-sad-fill", Text("แย่", "Bad")),
    ("smiley-meh-fill", Text("พอใช้", "Fair")),
    ("smiley-fill", Text("ดี", "Good")),
    ("smiley-wink-fill", Text("ดีมาก", "Very good")),
)


# ---------------------------------------------------------------- words


@register.simple_tag
def say(thai_words: str, english: str, **values: object) -> str:
    """The sentence in the reader's language, plain: for attributes and titles."""
    return str(Text(thai_words, english).format(**values)) if values else str(Text(thai_words, english))


@register.simple_tag
def t(thai_words: str, english: str, **values: object) -> SafeString:
    """The sentence in the reader's language, its Thai words kept whole: for the content of elements."""
    return wrap_label(say(thai_words, english, **values))


@register.filter
def words(value: object) -> SafeString:
    """A label of ours (a name, a title, a `Text`) with its Thai words kept whole."""
    return wrap_label(str(value))


@register.filter
def said(value: object) -> SafeString:
    """What a person typed: shown as text whatever it holds, in its own direction, kept nowhere."""
    return format_html('<bdi class="said-in">{}</bdi>', wrap(str(value)))


@register.filter
def either(value: object, english: object) -> str:
    """`value`, or `english` where English is read and there is one: ``{{ office.name|either:office.name_en }}``."""
    return str(english) if english and current() == "en" else str(value)


@register.filter
def category(category_id: object, names: naming.Names) -> Text | str:
    """The name of a category of requests: ``{{ case.category|category:names|words }}``."""
    return naming.category(str(category_id), names)


@register.filter
def service(service_id: object, names: naming.Names) -> Text | str:
    """The name of a service: ``{{ ticket.service|service:names|words }}``."""
    return naming.service(str(service_id), names)


@register.filter
def feedback(id_: object, names: naming.Names) -> Text | str:
    """The name of a reason or dimension: ``{{ reason|feedback:names|words }}``."""
    return naming.feedback(str(id_), names)


# ---------------------------------------------------------------- dates and numbers


def _local(value: dt.datetime | dt.date) -> dt.date:
    return thai.service_date(value) if isinstance(value, dt.datetime) else value


@register.filter
def day(value: dt.datetime | dt.date | None) -> str:
    """A day as "16 มี.ค. 2570" or "16 Mar 2027"; a dash for none."""
    if value is None:
        return "–"
    date = _local(value)
    if current() == "en":
        return f"{date.day}\u00a0{_ENGLISH_MONTHS[date.month - 1]}\u00a0{date.year}"
    return thai.short_date(date)


@register.filter
def time(value: dt.datetime | None) -> str:
    """The time of day as "10.32 น." or "10:32", in the office's time."""
    if value is None:
        return "–"
    return f"{value.astimezone(thai.OFFICE_ZONE):%H:%M}" if current() == "en" else thai.time_of_day(value)


@register.filter
def month(value: dt.date) -> str:
    """A month as "มี.ค. 2570" or "Mar 2027"."""
    return day(value).partition("\u00a0")[2]


@register.filter
def moment(value: dt.datetime | None) -> str:
    """Day and time of day together."""
    return "–" if value is None else f"{day(value)} {time(value)}"


@register.filter
def ago(value: dt.datetime | None, now: dt.datetime | None = None) -> Text:
    """How long ago, in the largest unit that says it: minutes, hours, days."""
    if value is None:
        return Text("ไม่เคย", "never")
    seconds = max(0, int(((now or timezone.now()) - value).total_seconds()))
    for unit_s, unit in ((86_400, Text("วัน", "d")), (3_600, Text("ชม.", "h")), (60, Text("นาที", "min"))):
        if seconds >= unit_s:
            return Text("{n} {unit}", "{n} {unit}").format(n=seconds // unit_s, unit=unit)
    return Text("ไม่ถึง 1 นาที", "under a minute")


@register.filter
def clocked(took_ms: int | None) -> str:
    """How long something took, as minutes and seconds "12:05"; a dash where nothing was measured."""
    return "–" if took_ms is None else f"{took_ms // 60_000:,}:{took_ms // 1_000 % 60:02}"


@register.filter
def thousands(value: float | None) -> str:
    """A number as "1,842"; a dash for none."""
    return "–" if value is None else f"{value:,}"


@register.filter
def at(values: Mapping[object, object], key: object) -> object:
    """What `values` holds under `key`, or nothing: ``{{ records|at:ticket.pk }}``."""
    return values.get(key)


# ---------------------------------------------------------------- parts


@register.simple_tag
def icon(name: str, kind: str = "") -> SafeString:
    """A Phosphor icon of the sprite, hidden from readers: a word always stands beside it."""
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        f"i {kind}".strip(),
        static("web/icons.svg"),
        name,
    )


@register.simple_tag
def tag(state: str, icon_name: str, label: object) -> SafeString:
    """A round tag: `state` is run, near, late, done, info or plain."""
    return format_html('<span class="tag {}">{}{}</span>', state, icon(icon_name), str(label))


@register.simple_tag
def count(number: int | None, kind: str = "") -> SafeString:
    """A number in a pill; nothing where it is 0 or unknown. `kind` "alarm" makes it clay."""
    return format_html('<span class="count {}">{}</span>', kind, f"{number:,}") if number else SafeString("")


@register.simple_tag
def clock(view: ClockView, kind: str = "") -> SafeString:
    """A clock bar with its words under it; `kind` "wide" for the head of a case."""
    line = format_html('<span class="due {}">{}<span>{}</span></span>', view.state, icon(view.icon), str(view.words))
    if not view.days:
        return line
    bar = format_html(
        '<span class="clk {} {}" data-d="{}" data-u="{}" title="{}"></span>',
        view.state,
        kind,
        view.days,
        view.used,
        str(view.words),
    )
    return SafeString(bar + line)


@register.simple_tag
def src(href: str, number: int, before: object = "n") -> SafeString:
    """The link from a figure to the records behind it."""
    return format_html(
        '<a class="src" href="{}">{}<span>{} {}</span></a>',
        href,
        icon("list-magnifying-glass"),
        str(before),
        f"{number:,}",
    )


@register.simple_tag
def ratio(part: float, whole: float, before: float | None = None) -> SafeString:
    """A bar filled to part/whole, with a tick where it stood `before` (in per cent); its words stand beside it."""
    share = max(0.0, min(100.0, 100 * float(part) / float(whole))) if whole else 0.0
    tick = "" if before is None else format_html('<rect class="tick" x="{}" width="1" height="14"/>', f"{before:.2f}")
    return format_html(
        '<svg class="ratio" viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="100" height="14"/><rect class="part" width="{}" height="14"/>{}</svg>',
        f"{share:.2f}",
        tick,
    )


@register.simple_tag
def face(score: int) -> SafeString:
    """One of the five faces with its word."""
    name, label = _FACES[score - 1]
    return format_html('<span class="face" data-score="{}">{}<span>{}</span></span>', score, icon(name), str(label))


@register.inclusion_tag("web/parts/stat.html")
def stat(
    *,
    label: object,
    value: object,
    unit: object = "",
    line: object = "",
    n: int | None = None,
    href: str = "",
    state: str = "",
) -> dict[str, Any]:
    """A figure with its n and the link to its records.

    `n` is how many the figure rests on; under five of them a mean or share is not shown. Leave `n` out for plain
    counts.
    """
    hidden = n is not None and n < SHOWN_FROM
    return {
        "label": label,
        "value": value,
        "unit": unit,
        "line": line,
        "n": n,
        "href": href,
        "state": state,
        "hidden": hidden,
    }


@register.inclusion_tag("web/parts/empty.html")
def empty(icon_name: str, sentence: object, href: str = "", action: object = "") -> dict[str, Any]:
    """Why there is nothing here, and the one thing to do about it."""
    return {"icon_name": icon_name, "sentence": sentence, "href": href, "action": action}


# ---------------------------------------------------------------- lists


def _address(context: Context, changes: dict[str, object]) -> str:
    query: QueryDict = context["request"].GET.copy()
    if "page" not in changes:
        query.pop("page", None)
    for name, value in changes.items():
        query.pop(name, None)
        if value not in ("", None):
            query[name] = str(value)
    return "?" + query.urlencode()


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: object) -> str:
    """This page's address with some parameters changed (empty: taken out); the page number starts again unless it is
    given.
    """
    return _address(context, changes)


@register.inclusion_tag("web/parts/filters.html", takes_context=True)
def filters(context: Context, bar: FilterBar, keep: str = "") -> dict[str, Any]:
    """The filter bar. `keep` names a parameter (the tab) that stays when the filters are applied or cleared."""
    kept = context["request"].GET.get(keep, "") if keep else ""
    controls = [{"filter": filter_, "value": value} for filter_, value in bar.controls()]
    cleared = "?" + (urlencode({keep: kept}) if kept else "")
    return {"bar": bar, "controls": controls, "keep": keep, "kept": kept, "cleared": cleared}


@register.inclusion_tag("web/parts/pages.html", takes_context=True)
def pages(context: Context, page: Page[Any], note: object = "") -> dict[str, Any]:
    """The foot of a list: which rows are shown, the pages before and after, a short note at the right."""
    return {
        "page": page,
        "note": note,
        "before": _address(context, {"page": page.before}) if page.before else "",
        "after": _address(context, {"page": page.after}) if page.after else "",
    }


# ---------------------------------------------------------------- forms


@register.inclusion_tag("web/parts/errors.html")
def errors(form: BaseForm) -> dict[str, Any]:
    """What is wrong with a form, on top of it, with a link to each field."""
    return {"form": form, "wrong": [field for field in form if field.errors]}


@register.inclusion_tag("web/parts/unsent.html", takes_context=True)
def unsent(context: Context) -> dict[str, Any]:
    """What was written in the form that this page answers, to be copied; nothing on the page of an error of our own,
    which is drawn without its request.
    """
    request = context.get("request")
    return {"texts": to_copy(request) if request else []}


@register.inclusion_tag("web/parts/field.html")
def field(bound: BoundField, hint: object = "") -> dict[str, Any]:
    """A labelled control with its hint and what is wrong with it."""
    described = f"{bound.id_for_label}-wrong" if bound.errors else ""
    attrs: dict[str, str | bool] = {"aria-invalid": "true", "aria-describedby": described} if described else {}
    return {
        "field": bound,
        "control": bound.as_widget(attrs=attrs),
        "shown": bound.as_hidden(only_initial=True) if bound.field.show_hidden_initial else "",
        "hint": hint or bound.help_text,
        "described": described,
    }
