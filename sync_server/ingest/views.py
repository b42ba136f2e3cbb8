"""The kiosks' addresses: bytes in, signed bytes out, no session, no cookie, no CSRF token.

The size cap is kept here, by reading at most one byte more than any envelope may have; what the office allows is for
`actions` to judge, like everything else.
"""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from shared.envelope import ENVELOPE_BYTES_MAX
from sync_server.ingest import actions
from sync_server.ingest.actions import Reply
from sync_server.keys import server_keys

_BYTES = "application/octet-stream"
# A piece is named by its content, so whoever has it may keep it for ever.
_FOREVER = "public, max-age=31536000, immutable"
# What a kiosk asks whose fetch broke off: the rest of a piece, from this byte on.
_REST = re.compile(r"bytes=([0-9]{1,8})-")


@csrf_exempt
@require_POST
def push(request: HttpRequest) -> HttpResponse:
    """An envelope; answered by a signed receipt or refusal."""
    return _respond(actions.accept(_body(request), now=timezone.now()))


@csrf_exempt
@require_POST
def position(request: HttpRequest) -> HttpResponse:
    """Where do you stand; answered by a signed position or refusal."""
    return _respond(actions.position(_body(request), now=timezone.now()))


@csrf_exempt
@require_POST
def roll(request: HttpRequest) -> HttpResponse:
    """From now on I sign with this key; answered by a signed word or refusal."""
    return _respond(actions.roll(_body(request), now=timezone.now()))


@csrf_exempt
@require_POST
def enrol(request: HttpRequest) -> HttpResponse:
    """Let me in; answered by a signed welcome or refusal."""
    return _respond(actions.enrol(_body(request), now=timezone.now()))


@require_GET
def key_lists(_request: HttpRequest) -> HttpResponse:
    """The chain of the office's key lists; 404 where there is none. They vouch for themselves."""
    chain = server_keys().chain
    if not chain:
        return HttpResponse(status=404, content_type=_BYTES)
    return HttpResponse(chain, content_type=_BYTES, headers={"Cache-Control": "no-store"})


@require_GET
def manifest(_request: HttpRequest) -> HttpResponse:
    """The signed manifest of the newest edition; 404 where nothing was published yet."""
    current: Callable[[], bytes | None] = import_string(f"{settings.SALA_BUNDLE_SOURCE}.current_manifest")
    data = current()
    if data is None:
        return HttpResponse(status=404, content_type=_BYTES)
    return HttpResponse(data, content_type=_BYTES, headers={"Cache-Control": "no-store"})


@require_GET
def piece(request: HttpRequest, digest: str) -> HttpResponse:
    """One piece of the content by the hex of its SHA-256, or the rest of it; 404 where it was never published."""
    read: Callable[[str], bytes | None] = import_string(f"{settings.SALA_BUNDLE_SOURCE}.piece")
    data = read(digest)
    if data is None:
        return HttpResponse(status=404, content_type=_BYTES)
    headers = {"Cache-Control": _FOREVER}
    rest = _REST.fullmatch(request.headers.get("Range", ""))
    begin = int(rest[1]) if rest else 0
    if not begin:
        return HttpResponse(data, content_type=_BYTES, headers=headers)
    if begin >= len(data):
        return HttpResponse(status=416, content_type=_BYTES, headers={"Content-Range": f"bytes */{len(data)}"})
    headers["Content-Range"] = f"bytes {begin}-{len(data) - 1}/{len(data)}"
    return HttpResponse(data[begin:], status=206, content_type=_BYTES, headers=headers)


def _body(request: HttpRequest) -> bytes:
    return request.read(ENVELOPE_BYTES_MAX + 1)


def _respond(reply: Reply) -> HttpResponse:
    headers = {"Cache-Control": "no-store"}
    if reply.retry_after_s:
        # Signed in the body as well; this is for whoever stands between.
        headers["Retry-After"] = str(reply.retry_after_s)
    return HttpResponse(reply.body, status=reply.status, content_type=_BYTES, headers=headers)
