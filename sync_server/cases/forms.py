"""Forms of one case. The answer and the internal note are two forms with two addresses, never one with a switch."""

from collections.abc import Sequence
from typing import Any

from django import forms

from sync_server.cases.actions import REASON_CHARS_MAX, TEXT_CHARS_MAX
from sync_server.cases.labels import OUTCOMES
from sync_server.organisations.models import Division, Staff
from sync_server.web.editing import EditForm
from sync_server.web.language import Text, lazy_text

_OUTCOME_CHARS = max(len(words.th) for words in OUTCOMES.values()) + 3


class AnswerForm(forms.Form):
    """What the citizen will read."""

    text = forms.CharField(
        max_length=TEXT_CHARS_MAX, widget=forms.Textarea(attrs={"rows": 4, "class": "area"}),
        error_messages={"required": lazy_text("เขียนคำตอบก่อน", "Write the answer first")},
    )  # fmt: skip

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="answer-%s")
        self.fields["text"].label = str(Text("คำตอบถึงผู้แจ้ง", "Answer to the citizen"))


class NoteForm(forms.Form):
    """What only colleagues will read."""

    text = forms.CharField(
        max_length=TEXT_CHARS_MAX, widget=forms.Textarea(attrs={"rows": 3, "class": "area"}),
        error_messages={"required": lazy_text("เขียนบันทึกก่อน", "Write the note first")},
    )  # fmt: skip

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="note-%s")
        self.fields["text"].label = str(Text("บันทึกภายใน", "Internal note"))


class AssignForm(EditForm):
    """A division, a colleague, or both."""

    division = forms.ModelChoiceField(Division.objects.none(), required=False)
    staff = forms.ModelChoiceField(Staff.objects.none(), required=False)

    def __init__(
        self, divisions: Sequence[Division], colleagues: Sequence[Staff], data: Any = None, initial: Any = None
    ) -> None:
        super().__init__(data, auto_id="assign-%s", initial=initial)
        division, staff = self.fields["division"], self.fields["staff"]
        if not (isinstance(division, forms.ModelChoiceField) and isinstance(staff, forms.ModelChoiceField)):
            raise TypeError("the fields of this form are choices among rows")
        division.queryset = Division.objects.filter(pk__in=[each.pk for each in divisions])
        staff.queryset = Staff.objects.filter(pk__in=[each.pk for each in colleagues])
        division.label = str(Text("ส่วนราชการ", "Division"))
        staff.label = str(Text("ผู้ทำเรื่อง", "Colleague"))
        division.empty_label = str(Text("เลือกส่วนราชการ", "Choose a division"))
        staff.empty_label = str(Text("ยังไม่ระบุคน", "Nobody in particular"))


class CloseForm(forms.Form):
    """How it ended, and what shows it."""

    outcome = forms.ChoiceField(
        choices=[(key, words) for key, words in OUTCOMES.items()], widget=forms.RadioSelect,
        error_messages={"required": lazy_text("เลือกผลก่อน", "Choose how it ended")},
    )  # fmt: skip
    reason = forms.CharField(
        max_length=REASON_CHARS_MAX - _OUTCOME_CHARS, widget=forms.Textarea(attrs={"rows": 3, "class": "area"}),
        error_messages={"required": lazy_text("ต้องระบุเหตุผล", "A reason is needed")},
    )  # fmt: skip

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="close-%s")
        self.fields["outcome"].label = str(Text("ผล", "Outcome"))
        self.fields["reason"].label = str(Text("เหตุผลและหลักฐาน", "Reason and evidence"))

    def sentence(self) -> str:
        """Outcome and reason as the one line that is kept."""
        return f"{OUTCOMES[self.cleaned_data['outcome']].th}: {self.cleaned_data['reason']}"


class ReopenForm(forms.Form):
    """Why a closed case is taken up again."""

    reason = forms.CharField(
        max_length=REASON_CHARS_MAX, widget=forms.Textarea(attrs={"rows": 2, "class": "area"}),
        error_messages={"required": lazy_text("ต้องระบุเหตุผล", "A reason is needed")},
    )  # fmt: skip

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="reopen-%s")
        self.fields["reason"].label = str(Text("เหตุผลที่เปิดอีกครั้ง", "Why it is taken up again"))
