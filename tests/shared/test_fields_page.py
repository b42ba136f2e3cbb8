"""The page of fields says what the types say."""

from pathlib import Path

from shared import kinds
from tests.vectors import fields


def test_the_page_is_what_the_types_say():
    """Whoever changes a type runs `make vectors`; the page names every kind there is."""
    page = Path(fields.PAGE).read_text("utf-8")
    assert page == fields.page()
    assert all(f"| `{kind.name}`, {kind.schema} |" in page for kind in kinds.KINDS)
