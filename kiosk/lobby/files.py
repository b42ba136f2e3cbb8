"""The files that pages are drawn with: their own in `pages/`, fonts and icons of the house.

`page` fills a page of `pages/` with words: `{{key}}` is a sentence of `words`, `{{key:ms}}` the same in another
language, `{{language}}` the code of the language for the browser, `{{build}}` the edition of all pages. All files are
small and read once; a browser asks each time whether its copy is still good.
"""

from __future__ import annotations

import hashlib
import html
import json
import mimetypes
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from kiosk.lobby.words import WORDS, sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

_PAGES: Final = Path(__file__).resolve().parent / "pages"
_ASSETS: Final = Path(__file__).resolve().parents[2] / "assets"
_FOLDERS: Final = (_PAGES, _ASSETS / "fonts", _ASSETS / "icons")
#: What may be asked for; pages themselves are told by their routes.
_SERVED: Final = frozenset({".css", ".js", ".svg", ".ttf"})
_PLACE: Final = re.compile(r"\{\{(\{)?\s*([\w.]+)(?::(\w+))?\s*\}\}(?(1)\})")


def page(
    name: str,
    language: str,
    *,
    words: str | tuple[str, ...] = (),
    values: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    """The page `pages/<name>` in a language ("th", "ms", "en"). Sentences whose key begins with (one of) `words` go
    along as JSON in `{{words}}`, for its script; `values` are what else it is filled with, in `{{{triple}}}` braces as
    HTML.
    """
    return HTMLResponse(_filled(name, language, words, values or {}), status)


def as_json(value: object) -> str:
    """JSON to stand inside a page, for its script: without what could end the element that it lies in."""
    return msgspec.json.encode(value).decode().replace("<", "\\u003c")


def _filled(name: str, language: str, words: str | tuple[str, ...], values: Mapping[str, str]) -> str:
    along = {key: text.into(language) for key, text in WORDS.items() if words and key.startswith(words)}

    def fill(found: re.Match[str]) -> str:
        key = found[2]
        if key in values:
            return values[key] if found[1] else html.escape(values[key])
        if key == "language":
            return language
        if key == "words":
            return as_json(along)
        if key == "build":
            return build()
        return html.escape(sentence(key, found[3] or language, **values))

    return _PLACE.sub(fill, _text(name))


@cache
def _text(name: str) -> str:
    return (_PAGES / name).read_text("utf-8")


@cache
def build() -> str:
    """The edition of the pages: a page that stays open for months loads itself anew when this is another."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(_PAGES.iterdir()))).hexdigest()[:12]


@cache
def _files() -> dict[str, tuple[bytes, str, str]]:
    """Name -> content, type, tag, of all files that are served."""
    found = [path for folder in _FOLDERS for path in folder.iterdir() if path.suffix in _SERVED]
    served = {}
    for path in found:
        content = path.read_bytes()
        media = mimetypes.guess_type(path.name)[0] or "font/ttf"
        served[path.name] = content, media, f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    points = json.loads((_ASSETS / "icons" / "codepoints.json").read_text("utf-8"))
    icons = "".join(f'.i-{name}::before{{content:"\\{point:x}"}}\n' for name, point in points.items()).encode()
    served["icons.css"] = icons, "text/css", f'"{hashlib.sha256(icons).hexdigest()[:16]}"'
    return served


async def _file(request: Request) -> Response:
    found = _files().get(request.path_params["name"])
    if found is None:
        return Response("there is no such file", 404, media_type="text/plain")
    content, media, tag = found
    headers = {"etag": tag, "cache-control": "no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media, headers=headers)


ROUTES: Final = (Route("/pages/{name}", _file),)
