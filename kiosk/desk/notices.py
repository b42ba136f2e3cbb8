"""Notices: what the office tells everybody, from one day to another."""

from datetime import date

from shared.content import Bundle, Notice


def current(bundle: Bundle, day: date) -> list[Notice]:
    """The notices of a service date, both days of their window included, the newest first."""
    shown = [notice for notice in bundle.notices if notice.from_day <= day <= notice.until_day]
    return sorted(shown, key=lambda notice: notice.from_day, reverse=True)
