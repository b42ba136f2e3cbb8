"""How often a password may be guessed before sign-in rests (django-axes keeps the counts).

A name rests after `AXES_FAILURE_LIMIT` wrong passwords, wherever they were typed. A whole office may stand behind one
address, and one colleague who forgot a password must not send the others home: an address rests only after as many
wrong passwords as `PEOPLE_AT_AN_ADDRESS` such colleagues type.
"""

from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from django.db.models import Sum
from django.http import HttpRequest

PEOPLE_AT_AN_ADDRESS = 5


class Throttle(AxesDatabaseHandler):  # type: ignore[misc] # axes has no types
    """Counts for `AXES_LOCKOUT_PARAMETERS`: the name first, then the address."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """How near sign-in is to resting, in wrong passwords of one name."""
        by_name, by_address = (
            attempts.aggregate(n=Sum("failures_since_start"))["n"] or 0
            for attempts in self.get_user_attempts(request, credentials)
        )
        return max(by_name, by_address // PEOPLE_AT_AN_ADDRESS)
