"""How the last whole month was rated, for the attract screen: named in the settings as ``SALA_SATISFACTION_SOURCE``."""

import datetime as dt

from shared import content, thai
from sync_server.organisations.models import Office
from sync_server.queues.queries import satisfaction


def of_last_month(office: Office, *, now: dt.datetime) -> content.Satisfaction | None:
    """The month before the one that `now` lies in, by its best evidence; None where too few rated anywhere."""
    last = thai.service_date(now).replace(day=1) - dt.timedelta(days=1)
    told = satisfaction(office, last).told
    if told is None or told.score is None:
        return None
    return content.Satisfaction(month=last.replace(day=1), place=told.place, by_score=told.score.by_score)
