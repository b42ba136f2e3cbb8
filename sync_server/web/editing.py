"""Forms over facts that several people change: what somebody did not touch is not written.

A page shows every field of a row, and its form sends every field back; meanwhile somebody else may have changed one. So
the form carries what it showed beside each field, and `EditForm.changes` are those that its sender made different.
"""

from typing import Any, ClassVar

from django import forms


class EditForm(forms.Form):
    """A form that carries what it showed. A subclass that makes something new sets `carries` to False."""

    carries: ClassVar[bool] = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for each in self.fields.values():
            each.show_hidden_initial = self.carries

    def changes(self) -> dict[str, Any]:
        """What its sender changed, of a valid form."""
        return {name: self.cleaned_data[name] for name in self.changed_data}
