"""One way to turn values into bytes and back: msgpack arrays, canonical and capped.

`decode` accepts only the very bytes that `encode` would write, so two byte strings never mean the same value and a
hash of the bytes is a hash of the meaning. Every way in which the decoder can fail ends in `Malformed` or `TooLarge`.

    >>> decode(list[int], encode([1, 2]), bytes_max=16)
    [1, 2]
"""

from collections.abc import Hashable
from functools import lru_cache
from typing import Any, TypeVar, cast

import msgspec

from shared.errors import Malformed, TooLarge

T = TypeVar("T")

_encoder = msgspec.msgpack.Encoder()


@lru_cache(maxsize=256)
def _decoder(kind: Hashable) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(cast("type[Any]", kind))


def encode(value: object) -> bytes:
    """The one byte string that stands for `value`; raises `Malformed` where none can (a number too large, half a
    character).
    """
    try:
        return _encoder.encode(value)
    except (msgspec.MsgspecError, ValueError, TypeError, RecursionError, OverflowError) as error:
        raise Malformed(f"a {type(value).__name__} that cannot be written: {error}") from error


def decode(kind: type[T], data: bytes, *, bytes_max: int) -> T:
    """The value of type `kind` that `data` stands for.

    Raises `TooLarge` above `bytes_max` bytes (before anything is decoded) and `Malformed` for all else that is wrong,
    longer or unusual encodings of the same value included.
    """
    if len(data) > bytes_max:
        raise TooLarge(f"{len(data)} bytes where at most {bytes_max} are allowed")
    try:
        value: T = _decoder(cast("Hashable", kind)).decode(data)
    except (msgspec.MsgspecError, ValueError, RecursionError, OverflowError) as error:
        raise Malformed(f"not a {getattr(kind, '__name__', kind)}: {error}") from error
    if _encoder.encode(value) != data:
        raise Malformed(f"an unusual encoding of a {getattr(kind, '__name__', kind)}")
    return value


def peek(kind: type[T], data: bytes) -> T:
    """The first fields of a written array, whatever follows them: all that can be read of what a newer program wrote.

    `kind` must allow fields it does not know. Raises `Malformed`; the bytes are not checked to be the only way to write
    this, so nothing may rest on them.
    """
    try:
        value: T = _decoder(cast("Hashable", kind)).decode(data)
    except (msgspec.MsgspecError, ValueError, RecursionError, OverflowError) as error:
        raise Malformed(f"not a {kind.__name__}: {error}") from error
    return value
