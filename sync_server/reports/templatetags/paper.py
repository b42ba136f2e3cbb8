"""``{{ text|held }}``: a text for the printed page, whose Thai words and counted things stay whole.

WeasyPrint breaks Thai by a general dictionary that splits an office's terms, and it does not turn lines at ``<wbr>``
inside what does not wrap. So each word stands in a span of its own that does not wrap, and between two of them a
character of no width says that a line may turn there.
"""

from django import template
from django.utils.safestring import SafeString, mark_safe

from sync_server.web.words import wrap_label

register = template.Library()

_TURN = '</span>\u200b<span class="th">'


@register.filter
def held(value: object) -> SafeString:
    """The text, escaped, with the only places marked where a line may turn."""
    return mark_safe(wrap_label(str(value)).replace("<wbr>", _TURN))  # noqa: S308 - wrap_label escaped every character
