"""The form of a decision about praise."""

from typing import Any

from django import forms

from sync_server.queues.actions import REASON_CHARS_MAX
from sync_server.web.language import Text


class HideForm(forms.Form):
    """Why the words of a praise are not shown."""

    reason = forms.CharField(max_length=REASON_CHARS_MAX)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="hide-%s")
        self.fields["reason"].label = str(Text("เหตุผลที่ไม่เผยแพร่", "Why it is not shown"))
