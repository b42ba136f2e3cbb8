"""Forms of the fleet page."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator

from sync_server.web.language import Text, lazy_text

_REQUIRED = lazy_text("ยังไม่ได้กรอก", "Nothing entered")


class EnrolForm(forms.Form):
    """A new kiosk: what people call it, and the letters its tickets bear."""

    name = forms.CharField(max_length=80)
    series = forms.CharField(
        max_length=8,
        validators=[
            RegexValidator("^[A-Za-z]{1,8}$", lazy_text("ใช้ตัวอักษร A ถึง Z ไม่เกิน 8 ตัว", "Letters A to Z, eight at most"))
        ],
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = str(Text("ชื่อตู้", "Name of the kiosk"))
        self.fields["name"].help_text = str(Text("เช่น ตู้ 1 โถงหน้า", "Such as: Kiosk 1, front hall"))
        self.fields["series"].label = str(Text("ตัวอักษรนำหน้าบัตรคิว", "Letters of its tickets"))
        self.fields["series"].help_text = str(
            Text(
                "ตู้หนึ่งมีได้หลายตัว เช่น AB และห้ามซ้ำกับตู้อื่น", "One kiosk may have several, such as AB; no two kiosks share one"
            )
        )
        for each in self.fields.values():
            each.error_messages["required"] = _REQUIRED

    def clean_series(self) -> str:
        """Capital letters, whatever was typed."""
        series: str = self.cleaned_data["series"]
        return series.upper()


class RevokeForm(forms.Form):
    """Why a kiosk is shut out."""

    reason = forms.CharField(max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = str(Text("เหตุผล", "Reason"))
        self.fields["reason"].error_messages["required"] = _REQUIRED
