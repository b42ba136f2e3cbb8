"""Forms of the office: signing in, one's own password, people, papers, closed days."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone

from sync_server.organisations.labels import ROLES
from sync_server.organisations.models import USERNAME, Division, Office, Staff
from sync_server.web.editing import EditForm
from sync_server.web.language import Text, lazy_text

WRONG = Text("ชื่อผู้ใช้หรือรหัสผ่านไม่ถูกต้อง", "The name or the password is wrong")
REQUIRED = lazy_text("ยังไม่ได้กรอก", "Nothing entered")
PASSWORD_CHARS_MAX = 128


class SignInForm(AuthenticationForm):
    """Name and password. Whatever is wrong, the answer is the same sentence."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name, password = self.fields["username"], self.fields["password"]
        name.label = str(Text("ชื่อผู้ใช้", "User name"))
        name.widget.attrs.update(
            {"autocapitalize": "none", "autocomplete": "username", "autofocus": True, "spellcheck": "false"}
        )
        password.label = str(Text("รหัสผ่าน", "Password"))
        password.widget.attrs.update({"autocomplete": "current-password", "maxlength": PASSWORD_CHARS_MAX})
        for each in (name, password):
            each.error_messages["required"] = REQUIRED

    def get_invalid_login_error(self) -> ValidationError:
        """One sentence for an unknown name, a wrong password and a person who has left."""
        return ValidationError(str(WRONG), code="invalid_login")


class PasswordForm(forms.Form):
    """The old password proves who asks; the new one is typed once and can be looked at."""

    old = forms.CharField(
        max_length=PASSWORD_CHARS_MAX,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        max_length=PASSWORD_CHARS_MAX, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, staff: Staff, data: Any = None) -> None:
        super().__init__(data)
        self.staff = staff
        self.fields["old"].label = str(Text("รหัสผ่านเดิม", "Old password"))
        self.fields["new"].label = str(Text("รหัสผ่านใหม่", "New password"))
        self.fields["new"].help_text = str(
            Text(
                "อย่างน้อย 10 ตัวอักษร ยาวและจำง่ายดีกว่าสั้นและยาก",
                "At least 10 characters. Long and easy beats short and hard.",
            )
        )
        for each in self.fields.values():
            each.error_messages["required"] = REQUIRED

    def clean_old(self) -> str:
        """The old password must be the right one."""
        old: str = self.cleaned_data["old"]
        if not self.staff.check_password(old):
            raise ValidationError(str(Text("รหัสผ่านเดิมไม่ถูกต้อง", "The old password is wrong")))
        return old

    def clean_new(self) -> str:
        """The new one must be long and not on the list of common ones."""
        new: str = self.cleaned_data["new"]
        if self.staff.password_given and self.staff.check_password(new):
            raise ValidationError(str(Text("ใช้รหัสเดิมไม่ได้ ตั้งของคุณเอง", "Not the one you were given: choose your own")))
        try:
            validate_password(new, self.staff)
        except ValidationError as error:
            raise ValidationError(str(Text("รหัสผ่านสั้นไปหรือเดาง่ายเกินไป", "Too short, or too easy to guess"))) from error
        return new


def _text(chars_max: int, *, required: bool = True, **attrs: str) -> forms.CharField:
    """One line of text."""
    return forms.CharField(max_length=chars_max, required=required, widget=forms.TextInput(attrs=attrs))


def _label(form: forms.Form, name: str, thai: str, english: str, help_text: Text | None = None) -> None:
    """Words of a field in the reader's language."""
    field = form.fields[name]
    field.label = str(Text(thai, english))
    field.help_text = str(help_text) if help_text else ""
    field.error_messages["required"] = REQUIRED


class StaffForm(EditForm):
    """What is known of a person who signs in."""

    full_name = _text(120)
    position = _text(120, required=False)
    role = forms.ChoiceField(choices=list(ROLES.items()))
    division = forms.ModelChoiceField(Division.objects.none(), required=False)

    def __init__(self, divisions: Sequence[Division], data: Any = None, *, initial: Staff | None = None) -> None:
        held = {name: getattr(initial, name) for name in self.base_fields} if initial else None
        super().__init__(data, initial=held)
        division = self.fields["division"]
        if not isinstance(division, forms.ModelChoiceField):
            raise TypeError("divisions are a choice among rows")
        division.queryset = Division.objects.filter(pk__in=[each.pk for each in divisions])
        division.empty_label = str(Text("ไม่สังกัดส่วนราชการ", "None"))
        _label(self, "full_name", "ชื่อและนามสกุล พร้อมคำนำหน้า", "Full name, with its title")
        shown = Text("ตามที่ควรขึ้นในประวัติของแต่ละเรื่อง", "As it should stand in the history of each case")
        _label(self, "position", "ตำแหน่ง", "Position", shown)
        may = Text(
            "เจ้าหน้าที่เห็นเรื่องของส่วนราชการตนและเรื่องที่ยังไม่มอบหมาย ปลัดและนายกเห็นทุกเรื่อง "
            "ผู้ดูแลระบบไม่เห็นเรื่อง ผู้อ่านเรื่องลับเห็นเฉพาะเรื่องที่ผนึกถึงตน",
            "Officers see the cases of their division and those nobody has yet; clerk and chief executive see all; "
            "administrators none; readers only what is sealed to them",
        )
        _label(self, "role", "หน้าที่ในระบบ", "Role here", may)
        _label(self, "division", "ส่วนราชการ", "Division")


class AddForm(StaffForm):
    """A new person: with the name they sign in with, which stays for ever."""

    username = forms.CharField(
        max_length=40,
        validators=[USERNAME],
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}),
    )
    carries = False
    field_order = ("full_name", "username", "position", "role", "division")

    def __init__(self, divisions: Sequence[Division], data: Any = None) -> None:
        super().__init__(divisions, data)
        such = Text("เช่น somjai ตั้งแล้วเปลี่ยนไม่ได้", "Such as somjai; it cannot be changed later")
        _label(self, "username", "ชื่อผู้ใช้", "User name", such)

    def clean_username(self) -> str:
        """A name nobody has, not even somebody who left."""
        username: str = self.cleaned_data["username"]
        if Staff.objects.filter(username=username).exists():
            raise ValidationError(str(Text("มีคนใช้ชื่อนี้แล้ว ใช้ชื่ออื่น", "Somebody has this name; take another")))
        return username


class PapersForm(EditForm):
    """What stands on papers and slips."""

    name = _text(200)
    name_en = _text(200, required=False)
    short_name = _text(80, required=False)
    phone = _text(40, required=False)
    document_code = _text(20, required=False)
    clerk_name = _text(120, required=False)
    executive_name = _text(120, required=False)
    thai_digits_on_paper = forms.TypedChoiceField(choices=(), coerce=lambda value: value == "True")

    def __init__(self, data: Any = None, *, initial: Office | None = None) -> None:
        held = {name: getattr(initial, name) for name in self.base_fields} if initial else None
        super().__init__(data, initial=held)
        digits = self.fields["thai_digits_on_paper"]
        if not isinstance(digits, forms.ChoiceField):
            raise TypeError("digits are a choice")
        digits.choices = [
            ("True", str(Text("เลขไทย ๑๒๓", "Thai, ๑๒๓"))),
            ("False", str(Text("เลขอารบิก 123", "Arabic, 123"))),
        ]
        _label(self, "name", "ชื่อหน่วยงาน", "Name of the office", Text("ชื่อเต็มตามประกาศ", "In full, as it is gazetted"))
        _label(self, "name_en", "ชื่อภาษาอังกฤษ", "Its English name")
        _label(self, "short_name", "ชื่อย่อ", "Short name", Text("เช่น อบต.ศาลาทอง", "Such as อบต.ศาลาทอง"))
        _label(self, "phone", "โทรศัพท์", "Telephone")
        before = Text("คำนำหน้าเลขที่หนังสือ เช่น ตย 00000", "What outgoing numbers begin with, such as ตย 00000")
        _label(self, "document_code", "ที่", "Number of papers", before)
        signs = Text("ผู้ลงนามในรายงาน พร้อมคำนำหน้า", "Signs reports; with the title")
        _label(self, "clerk_name", "ชื่อปลัด", "Name of the clerk", signs)
        _label(self, "executive_name", "ชื่อนายก", "Name of the chief executive", signs)
        _label(self, "thai_digits_on_paper", "ตัวเลขบนเอกสาร", "Digits on papers")

    @classmethod
    def blank(cls, office: Office) -> list[str]:
        """What papers still lack, by the words of their fields."""
        wanted = ("short_name", "phone", "document_code", "clerk_name", "executive_name")
        form = cls()
        return [str(form.fields[name].label) for name in wanted if not getattr(office, name)]


#: How far from today a closed day may lie; further away it is a slip, most often a Buddhist-era year.
_YEARS_AWAY_MAX = 3


class ClosedDayForm(forms.Form):
    """A day on which the office is closed, and why."""

    day = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))
    name = _text(120)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        _label(self, "day", "วันที่", "Day")
        _label(self, "name", "วันหยุดอะไร", "Which closed day", Text("เช่น วันหยุดพิเศษตามมติ ครม.", "As the notice calls it"))
        self.fields["day"].error_messages["invalid"] = lazy_text("ไม่ใช่วันที่", "Not a day")

    def clean_day(self) -> dt.date:
        """A day of these years."""
        day: dt.date = self.cleaned_data["day"]
        if abs(day.year - timezone.localdate().year) > _YEARS_AWAY_MAX:
            raise ValidationError(
                str(Text("ปีนี้ไกลเกินไป ใช้ปี ค.ศ. เช่น 2026", "This year is far away; use years such as 2026"))
            )
        return day
