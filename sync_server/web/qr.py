"""A QR code as one path of an inline picture: no image file, no style, nothing that a strict page forbids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import qrcode


@dataclass(frozen=True, slots=True)
class QrPicture:
    """`path` draws the dark squares on a field of `side` by `side`, its quiet zone of four included."""

    side: int
    path: str

    @classmethod
    def of(cls, text: str) -> Self:
        """The code of `text`, error level M."""
        code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4)
        code.add_data(text.encode())
        rows = code.get_matrix()
        dark = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, on in enumerate(row) if on]
        return cls(len(rows), "".join(dark))
