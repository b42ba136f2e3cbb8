"""Write docs/fields.md: what every body of a record and every piece of an edition holds, from the types themselves.

A second implementation reads that page beside docs/format.md. `make vectors` writes it, and
`tests/shared/test_fields_page.py` holds it to the types.
"""

import types
import typing
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from shared import content, kinds

PAGE: Final = Path("docs/fields.md")

_HEAD: Final = """\
# The fields

Written by `make vectors` from `shared/kinds.py` and `shared/content.py`; change those, not this page. It belongs to
[format.md](format.md), sections 2 and 10. *int* is an integer, *str* text, *bytes* are msgpack `bin` in bodies and
base64 in JSON, *date* is an ISO date in JSON; `|` says or, a list stands in brackets, quoted words are all that may
stand there. Behind `=` is what a reader takes where a JSON field is absent.

## Bodies of records

Each is an array of these fields in this order. *log* is the sort of log it may lie in.
"""

_PIECES: Final = """
## Pieces of an edition

JSON objects. What a name in capitals means stands in the list behind.
"""

#: The pieces by name, with what each holds.
_HOLDS: Final[dict[str, type]] = {
    content.OFFICE_PIECE: content.Office,
    f"{content.SERVICE_PREFIX}<id>": content.Service,
    content.NOTICES_PIECE: content.Notices,
    content.STATUSES_PIECE: content.Statuses,
    content.WORDS_PIECE: content.Words,
    **content.HALL,
}


def page() -> str:
    """The whole page."""
    bodies = ["| kind, schema | log | fields |", "|---|---|---|"]
    bodies += [f"| `{kind.name}`, {kind.schema} | {kind.log} | {_fields(kind.body)} |" for kind in kinds.KINDS]
    pieces = ["| piece | holds |", "|---|---|"]
    pieces += [f"| `{name}` | {held.__name__.upper()} |" for name, held in _HOLDS.items()]
    objects = ["| object | fields |", "|---|---|"]
    objects += [f"| {each.__name__.upper()} | {_fields(each)} |" for each in _reached(_HOLDS.values())]
    return "\n".join([_HEAD, *bodies, _PIECES, *pieces, "", *objects, ""])


def _reached(roots: typing.Iterable[type]) -> list[type]:
    """Every type of object that stands somewhere in these."""
    found: list[type] = []
    waiting: list[Any] = list(roots)
    while waiting:
        each = waiting.pop(0)
        if isinstance(each, type) and issubclass(each, msgspec.Struct):
            if each not in found:
                found.append(each)
                waiting += typing.get_type_hints(each).values()
        else:
            waiting += [inner for inner in typing.get_args(each) if not isinstance(inner, str)]
    return found


def _fields(struct: type) -> str:
    hints = typing.get_type_hints(struct)
    return ", ".join(
        f"{field.encode_name}: {_type(hints[field.name])}{_default(field)}" for field in msgspec.structs.fields(struct)
    )


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return ""
    value = field.default_factory() if field.default is msgspec.NODEFAULT else field.default
    if isinstance(value, msgspec.Struct):
        return " = all absent"
    said = msgspec.json.encode(value).decode()
    return f" = {said}" if len(said) <= _SHOWN_CHARS else " = as the type says"


#: A default that is longer is left to the type.
_SHOWN_CHARS: Final = 60

_WORDS: Final[dict[Any, str]] = {type(None): "nil", int: "int", str: "str", bytes: "bytes", bool: "bool", date: "date"}


def _type(hint: Any) -> str:
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is Literal:
        return " \\| ".join(f'"{word}"' for word in inner)
    if origin in (types.UnionType, typing.Union):
        return " \\| ".join(_type(each) for each in inner)
    if origin in (list, tuple):
        parts = inner[:1] if origin is list or inner[-1] is Ellipsis else inner
        return f"[{', '.join(_type(each) for each in parts)}{' ...' if len(parts) == 1 else ''}]"
    if origin is dict:
        return f"{{{_type(inner[0])}: {_type(inner[1])} ...}}"
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return hint.__name__.upper()
    return _WORDS.get(hint) or getattr(hint, "__name__", str(hint))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
