"""Forms of a member of staff: signing in and changing the password."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from sync_server.organisations.models import Staff
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
        try:
            validate_password(new, self.staff)
        except ValidationError as error:
            raise ValidationError(str(Text("รหัสผ่านสั้นไปหรือเดาง่ายเกินไป", "Too short, or too easy to guess"))) from error
        return new
