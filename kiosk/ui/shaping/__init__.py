"""Text to pixels without Kivy: Thai, Latin and Jawi, shaped, wrapped between words, in the right order, safe to show.

`lay_out` and `rasterise` are the two steps a widget or a slip printer takes:

    picture = rasterise(lay_out("ลงทะเบียนที่นี่ 12/2569", 36, width=600))

One idea a module: `showable` (what may be shown), `graphemes` (written characters), `linebreak` (where a line may
end), `fonts` (faces in order), `layout` (lines of glyphs), `raster` (pixels), `house` (our files). The order in a line
is that of `kiosk.bidi`.
"""

from shared.graphemes import boundaries as grapheme_boundaries
from shared.graphemes import count as count_graphemes
from shared.showable import showable

from .fonts import Box, Face, FontStack
from .house import forget, lay_out, stack, warm
from .layout import SIDE_MAX, Align, Laid, Line, Run, caret_stops, lay, one_line
from .raster import Picture, rasterise, rasterise_glyph

__all__ = [
    "SIDE_MAX", "Align", "Box", "Face", "FontStack", "Laid", "Line", "Picture", "Run", "caret_stops",
    "count_graphemes", "forget", "grapheme_boundaries", "lay", "lay_out",
    "one_line", "rasterise", "rasterise_glyph", "showable", "stack",
    "warm",
]  # fmt: skip
