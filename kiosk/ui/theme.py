"""The look of the kiosk as facts: colours, sizes, type. No Kivy here, so tests and papers may read it too.

`Palette` holds colours by what they mean, once for the house and once for high contrast. `metrics` gives all sizes in
pixels for a window, from one of two tables (portrait lobby panel 1080x1920, landscape tablet 1280x800) scaled to the
window at hand, with the type enlarged by the citizen's text size. `Theme` is the citizen's choice of these.

    theme = Theme(contrast=True, text_factor=1.25)
    theme.palette.ink, theme.metrics((1080, 1920)).body.px
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Final

Colour = tuple[float, float, float, float]
Size = tuple[float, float]

PORTRAIT: Final = (1080, 1920)
LANDSCAPE: Final = (1280, 800)
TEXT_FACTORS: Final = (1.0, 1.25, 1.5)


def rgba(value: str, opacity: float = 1.0) -> Colour:
    """``#RRGGBB`` as four numbers from 0 to 1."""
    red, green, blue = (int(value[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue, opacity


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours by meaning. ``on_x`` is what is legible on ``x``; ``x_wash`` is the quiet fill of ``x``."""

    paper: Colour
    card: Colour
    line: Colour
    """Hairline round what only informs."""
    touch_line: Colour
    """Line round what can be touched."""
    ink: Colour
    ink2: Colour
    water: Colour
    water2: Colour
    on_water: Colour
    on_water2: Colour
    deep: Colour
    """The deep colour where it is a line, an icon or a figure, not a fill."""
    wash: Colour
    wash2: Colour
    marigold: Colour
    on_marigold: Colour
    leaf: Colour
    clay: Colour
    sky: Colour
    on_leaf: Colour
    on_clay: Colour
    on_sky: Colour
    leaf_wash: Colour
    clay_wash: Colour
    sky_wash: Colour
    sand: Colour
    earth: Colour
    plum: Colour
    plum_wash: Colour
    eave: Colour
    outline: Colour
    still: Colour
    """Fill of a button that does nothing yet."""
    keybed: Colour
    key: Colour
    shade: Colour
    """Over a screen that waits behind a question."""
    faces: tuple[Colour, Colour, Colour, Colour, Colour]


HOUSE: Final = Palette(
    paper=rgba("#FBF7EF"),
    card=rgba("#FFFFFF"),
    line=rgba("#E7DFD0"),
    touch_line=rgba("#E7DFD0"),
    ink=rgba("#1D2B2F"),
    ink2=rgba("#52646A"),
    water=rgba("#0E4F53"),
    water2=rgba("#176B70"),
    on_water=rgba("#FFFFFF"),
    on_water2=rgba("#D5E7E5"),
    deep=rgba("#0E4F53"),
    wash=rgba("#E3EFEE"),
    wash2=rgba("#C9DFDC"),
    marigold=rgba("#F2A51A"),
    on_marigold=rgba("#1D2B2F"),
    leaf=rgba("#2F7D4F"),
    clay=rgba("#B5402B"),
    sky=rgba("#2C6E9B"),
    on_leaf=rgba("#FFFFFF"),
    on_clay=rgba("#FFFFFF"),
    on_sky=rgba("#FFFFFF"),
    leaf_wash=rgba("#ECF5EE"),
    clay_wash=rgba("#F8E6E1"),
    sky_wash=rgba("#E2EDF5"),
    sand=rgba("#F4ECDC"),
    earth=rgba("#7A5A2E"),
    plum=rgba("#7A4A6B"),
    plum_wash=rgba("#F2E8EF"),
    eave=rgba("#9CC4BF"),
    outline=rgba("#8A8F88"),
    still=rgba("#EDE7DB"),
    keybed=rgba("#EFE8DA"),
    key=rgba("#FFFFFF"),
    shade=rgba("#1D2B2F", 0.72),
    faces=(rgba("#B5402B"), rgba("#D9822B"), rgba("#C9A227"), rgba("#6FA04A"), rgba("#2F7D4F")),
)

CONTRAST: Final = replace(
    HOUSE,
    paper=rgba("#000000"),
    card=rgba("#000000"),
    line=rgba("#FFFFFF"),
    touch_line=rgba("#F2A51A"),
    ink=rgba("#FFFFFF"),
    ink2=rgba("#E8E8E8"),
    water=rgba("#FFFFFF"),
    water2=rgba("#D8D8D8"),
    on_water=rgba("#000000"),
    on_water2=rgba("#1A1A1A"),
    deep=rgba("#F2A51A"),
    wash=rgba("#2E2A1C"),
    wash2=rgba("#6B6B6B"),
    on_marigold=rgba("#000000"),
    leaf=rgba("#86E3A8"),
    clay=rgba("#FF9C86"),
    sky=rgba("#93CFFF"),
    on_leaf=rgba("#000000"),
    on_clay=rgba("#000000"),
    on_sky=rgba("#000000"),
    leaf_wash=rgba("#0B1F13"),
    clay_wash=rgba("#2B0F09"),
    sky_wash=rgba("#0A1B29"),
    sand=rgba("#1C1810"),
    earth=rgba("#F0D9A8"),
    plum=rgba("#F0BFE0"),
    plum_wash=rgba("#24121E"),
    eave=rgba("#FFFFFF"),
    outline=rgba("#C8C8C8"),
    still=rgba("#3A3A3A"),
    keybed=rgba("#000000"),
    key=rgba("#000000"),
    shade=rgba("#000000", 0.85),
)

LEGIBLE: Final = (
    # (writing, ground): every pair the widgets put together; the contrast test walks this table.
    ("ink", "paper"), ("ink", "card"), ("ink", "wash"), ("ink", "sand"), ("ink", "leaf_wash"), ("ink", "clay_wash"),
    ("ink", "sky_wash"), ("ink", "plum_wash"), ("ink", "key"), ("ink2", "paper"), ("ink2", "card"), ("ink2", "wash"),
    ("ink2", "sand"), ("ink2", "key"), ("ink2", "leaf_wash"), ("ink2", "sky_wash"), ("ink2", "clay_wash"),
    ("on_water", "water"), ("on_water2", "water"), ("deep", "paper"), ("deep", "card"),
    ("deep", "wash"), ("on_marigold", "marigold"), ("leaf", "card"), ("leaf", "paper"), ("leaf", "leaf_wash"),
    ("clay", "card"), ("clay", "paper"), ("clay", "clay_wash"), ("sky", "card"), ("sky", "paper"), ("sky", "sky_wash"),
    ("on_leaf", "leaf"), ("on_clay", "clay"), ("on_sky", "sky"), ("earth", "sand"), ("earth", "card"),
    ("plum", "plum_wash"), ("plum", "card"), ("ink2", "still"), ("on_water", "water2"), ("ink2", "keybed"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Type:
    """One style of writing: em in pixels, weight, family, and the distance of its baselines in ems."""

    px: float
    weight: str = "regular"
    family: str = "sans"
    pitch: float = 1.5
    grows: bool = True
    """Whether the citizen's text size enlarges it; the giant figures are large enough."""


@dataclass(frozen=True, slots=True)
class Metrics:
    """Every size in pixels, for one window and one text size."""

    # Types
    question: Type
    title: Type
    heading: Type
    section: Type
    tile: Type
    main: Type
    row: Type
    body: Type
    strong: Type
    small: Type
    label: Type
    written: Type
    button: Type
    clock: Type
    figure: Type
    code: Type
    number: Type
    key: Type
    key_shift: Type
    # Room
    margin: float
    gap: float
    pad: float
    radius: float
    radius_main: float
    line: float
    """Width of a hairline."""
    stroke: float
    """Width of the line round an outlined button or a chosen card."""
    # Heights and widths of components
    touch: float
    """The least side of anything that can be touched."""
    guard: float
    """The edge of a target that hears nothing, so that 5 mm lie between any two; at the foot, where cells meet."""
    guard_foot: float
    header: float
    header_home: float
    foot: float
    primary: float
    secondary: float
    main_tile: float
    tile_h: float
    tile_panel: float
    tile_small: float
    row_h: float
    row_panel: float
    chip: float
    pill: float
    step_h: float
    disc: float
    stop: float
    timebar: float
    check: float
    box: float
    reason: float
    face: float
    face_card: float
    code_box: float
    avatar: float
    ring: float
    ring_line: float
    key_h: float
    key_gap: float
    key_gap_v: float
    key_side: float
    icon_s: float
    icon: float
    icon_l: float
    picture: float


_PORTRAIT: Final = Metrics(
    question=Type(68, "bold", pitch=1.3),
    title=Type(60, "bold", pitch=1.3),
    heading=Type(48, "bold", pitch=1.3),
    section=Type(44, "bold", pitch=1.35),
    tile=Type(40, "bold", pitch=1.3),
    main=Type(54, "bold", pitch=1.3),
    row=Type(37, "bold", pitch=1.35),
    body=Type(36, pitch=1.45),
    strong=Type(36, "bold", pitch=1.4),
    small=Type(30, pitch=1.4),
    label=Type(30, "semibold", pitch=1.35),
    written=Type(38, family="looped", pitch=1.7),
    button=Type(46, "bold", pitch=1.3),
    clock=Type(40, "semibold", pitch=1.3),
    figure=Type(76, "extrabold", pitch=1.15),
    code=Type(78, "extrabold", pitch=1.2, grows=False),
    number=Type(280, "extrabold", pitch=1.0, grows=False),
    key=Type(46, pitch=1.3, grows=False),
    key_shift=Type(28, pitch=1.2, grows=False),
    margin=56,
    gap=24,
    pad=28,
    radius=24,
    radius_main=28,
    line=2,
    stroke=4,
    touch=96,
    guard=4.6,
    guard_foot=8.5,
    header=232,
    header_home=296,
    foot=128,
    primary=136,
    secondary=112,
    main_tile=240,
    tile_h=236,
    tile_panel=180,
    tile_small=228,
    row_h=182,
    row_panel=156,
    chip=100,
    pill=60,
    step_h=186,
    disc=80,
    stop=60,
    timebar=64,
    check=104,
    box=64,
    reason=112,
    face=148,
    face_card=360,
    code_box=168,
    avatar=80,
    ring=150,
    ring_line=26,
    key_h=122,
    key_gap=8,
    key_gap_v=10,
    key_side=24,
    icon_s=36,
    icon=46,
    icon_l=64,
    picture=148,
)

_LANDSCAPE: Final = Metrics(
    question=Type(40, "bold", pitch=1.3),
    title=Type(36, "bold", pitch=1.3),
    heading=Type(34, "bold", pitch=1.3),
    section=Type(30, "bold", pitch=1.35),
    tile=Type(30, "bold", pitch=1.3),
    main=Type(36, "bold", pitch=1.3),
    row=Type(27, "bold", pitch=1.35),
    body=Type(25, pitch=1.45),
    strong=Type(25, "bold", pitch=1.4),
    small=Type(22, pitch=1.4),
    label=Type(22, "semibold", pitch=1.35),
    written=Type(27, family="looped", pitch=1.7),
    button=Type(32, "bold", pitch=1.3),
    clock=Type(32, "bold", pitch=1.3),
    figure=Type(46, "extrabold", pitch=1.15),
    code=Type(50, "extrabold", pitch=1.2, grows=False),
    number=Type(150, "extrabold", pitch=1.0, grows=False),
    key=Type(30, pitch=1.3, grows=False),
    key_shift=Type(20, pitch=1.2, grows=False),
    margin=32,
    gap=16,
    pad=18,
    radius=20,
    radius_main=20,
    line=2,
    stroke=3,
    touch=84,
    guard=3,
    guard_foot=8,
    header=124,
    header_home=124,
    foot=92,
    primary=92,
    secondary=88,
    main_tile=188,
    tile_h=188,
    tile_panel=140,
    tile_small=160,
    row_h=116,
    row_panel=110,
    chip=84,
    pill=44,
    step_h=118,
    disc=52,
    stop=42,
    timebar=48,
    check=84,
    box=44,
    reason=84,
    face=104,
    face_card=236,
    code_box=110,
    avatar=56,
    ring=96,
    ring_line=18,
    key_h=60,
    key_gap=8,
    key_gap_v=8,
    key_side=16,
    icon_s=26,
    icon=34,
    icon_l=46,
    picture=104,
)


#: What a finger needs on a lobby panel, in millimetres: the side of a target, and what lies between two.
TARGET_MM: Final = 20
BETWEEN_MM: Final = 5
_TARGETS: Final = ("touch", "foot", "primary", "secondary", "chip", "check", "reason", "row_h")


def pixels(millimetres: float, dpi: float) -> float:
    """A length on a panel of ``dpi`` dots an inch."""
    return millimetres * dpi / 25.4


def metrics(size: Size, text_factor: float = 1.0, dpi: float = 0) -> Metrics:
    """Sizes for a window of ``size`` pixels: the nearer table, scaled so that it fits both ways.

    On a panel whose ``dpi`` is known and fine, targets grow until a finger finds them. A tablet is held in the hand and
    keeps its own table.
    """
    wide = size[0] > size[1]
    table, design = (_LANDSCAPE, LANDSCAPE) if wide else (_PORTRAIT, PORTRAIT)
    scale = min(size[0] / design[0], size[1] / design[1])
    changed: dict[str, Any] = {}
    for field in fields(table):
        value = getattr(table, field.name)
        if isinstance(value, Type):
            changed[field.name] = replace(value, px=value.px * scale * (text_factor if value.grows else 1.0))
        else:
            changed[field.name] = value * scale
    if dpi and not wide:
        # The guards at both edges are no target.
        least = pixels(TARGET_MM, dpi) + 2 * changed["guard_foot"]
        changed |= {name: max(changed[name], least) for name in _TARGETS}
        changed["gap"] = max(changed["gap"], pixels(BETWEEN_MM, dpi))
    return replace(table, **changed)


@dataclass(frozen=True, slots=True)
class Theme:
    """What a citizen may choose of the look; everything else follows from it and the window."""

    contrast: bool = False
    text_factor: float = 1.0
    motion: bool = True
    dpi: float = 0
    """Dots an inch of the panel in this window; 0 where nobody knows."""

    @property
    def palette(self) -> Palette:
        """The colours of this theme."""
        return CONTRAST if self.contrast else HOUSE

    def metrics(self, size: Size) -> Metrics:
        """The sizes of this theme in a window of ``size`` pixels."""
        return metrics(size, self.text_factor, self.dpi)


THEME: Final = Theme()
"""The look a visit begins with."""


def contrast_ratio(one: Colour, other: Colour) -> float:
    """WCAG 2 contrast of two opaque colours, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
