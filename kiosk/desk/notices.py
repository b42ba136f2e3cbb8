"""Notices, "you said, we did" and the survey of another body: what is told to everybody, from one day to another."""

from datetime import date

from shared.content import Bundle, Notice, Said, Survey


def current(bundle: Bundle, day: date) -> list[Notice]:
    """The notices of a service date, both days of their window included, the newest first."""
    shown = [notice for notice in bundle.notices if notice.from_day <= day <= notice.until_day]
    return sorted(shown, key=lambda notice: notice.from_day, reverse=True)


def said(bundle: Bundle, day: date) -> list[Said]:
    """What was said and done, of a service date, the newest first."""
    shown = [each for each in bundle.attract.said if each.from_day <= day <= each.until_day]
    return sorted(shown, key=lambda each: each.from_day, reverse=True)


def survey(bundle: Bundle, day: date) -> Survey | None:
    """The survey to point to on a service date, both days of its window included."""
    found = bundle.attract.survey
    return found if found is not None and found.from_day <= day <= found.until_day else None
