"""The widgets screens are made of. Call `load_all()` once, then name them in any `.kv`; no import is needed there.

In every rule the name `look` is at hand: `look.c.ink` (colours: `theme.Palette`), `look.m.gap` (sizes:
`theme.Metrics`), `look.lang`, `look.rtl`, `look.contrast`, `look.motion`, `look.text_factor`, `look.wide` (tablet
form), `look.roomy` (False with the largest text). `LOOK.apply(theme, size)` and `LOOK.speak(lang)` change them.

Words
    ShapedLabel   text; style (a Type of `Metrics`: question title heading section tile main row body strong small label
                  written button clock figure code number); tone (palette name) or color; halign auto|left|center|right|
                  start|end; valign top|middle|bottom; fit height|width|both|none (which sides follow the text; with
                  width or both, width_max wraps); wrap; lines_max; shrink (smaller type before cutting or tearing);
                  font_size, weight, family, pitch (override the style); lang (default look.lang); private (not cached).
                  Read-only: texture_size, cut_short
    ShapedInput   text, caret, count, characters_max, multiline, placeholder, mask, focus, style, pad, start_pad;
                  on_text, on_enter; insert(), backspace(), enter(), step()
    Keyboard      target (a ShapedInput) or on_key(text), on_backspace(), on_enter(); begin(language); layouts (language
                  key goes through them), layout: th-kedmanee th-alphabet en jawi symbols digits; shift

Touch: everything below marked * dispatches on_press, on_release and has action (debounce id), once, disabled, pressed.
A released action is dead until `ARMING.rearm()`, which the app calls whenever it presents a view, even an equal one.
    Primary*      text, sub, icon, icon_after                     Secondary*  the same, kind quiet|discard|agree
    MainTile*     text, sub, picture, icon                        Tile*       text, sub, picture, icon, panel
    SmallTile*    text, picture, icon, panel                      Chip*       text, icon, lang, selected (once: False)
    ListRow*      text, sub, picture, icon, panel, pill, pill_icon, pill_kind, caret
    CheckRow*     text, sub, pill, chosen (once: False)           ReasonCard* text, icon, picture, chosen (once: False)
    PersonCard*   text, sub, sub2, avatar 1..7, picture, chosen (once: False)
    FaceCard*     score 1..5, text, chosen, dim                   SmallFace*  score, text, chosen, dim (once: False)
    FootCell*     text, icon, tone; inside a FootBar
  Your own: class Mine(Touchable, Surface, Row) and a rule.

Things to look at
    RoofHeader    text, sub, icon, clock, home                    FootBar     holds FootCells
    Icon          icon (phosphoricons.com), bold, side, tone, stays   Picture     picture (assets/art), cover, size
    Panel         picture, icon, panel, side                      Pill        text, icon, kind (pill.KINDS)
    Banner        text (bold), sub, icon, kind                    Fact        text, sub, icon, tone
    PersonChip    text, sub, avatar, picture                      Tick        chosen, round, tone, side
    StepCard      number, lane, text, sub, pill, person, person_sub, avatar, last
    TimeBar       steps [(minutes, words)], start, total          Face        score, side, chosen, dim
    Stepper       items [words], current                          CaseStepper items [(word, date, done)]
    Timeline      items [(icon, title, line, when, date, done)]   IdleRing    seconds, total, side
    CodeGroup     code                                            QrCode      data, side
    Slip          tear, notch; holds children from the top        PageDots    pages, page

Layouts. All turn round for Jawi, padding and corners too: write rules for left to right and never ask for `look.rtl`
    Box           orientation; Kivy's box that turns (turns: False: not this one; backwards: from the other end)
    Ground        the window in paper colour, parts from the top  Card        white, padded, as high as its children
    Surface       fill, edge (palette names or ""), edge_width, corner, corners
    Row           side by side                                    Column      one below another, as high as they are
    Grid          cols                                            Stack       from the top down, room left below
    ScrollArea    one child; page(1), page(-1), top_up(); offset, pages, page_now
    Pager         page, pages, back, forth, text; on_turn(by)

Properties set from Python at construction lose to a rule that computes them (`spacing=0` to a Row): set those after.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Final

from .. import kivy_env

kivy_env.prepare()

from kivy.clock import Clock  # noqa: E402 - Kivy only after its environment is settled
from kivy.lang import Builder  # noqa: E402

from .look import LOOK  # noqa: E402
from .text import ShapedLabel, forget_texts  # noqa: E402
from .touch import ARMING, Touchable  # noqa: E402

__all__ = ["ARMING", "LOOK", "MODULES", "ShapedLabel", "Touchable", "forget_texts", "load_all"]

MODULES: Final = (
    # In the order their rules build on each other.
    "text", "touch", "surface", "icon", "panel", "pill", "button", "tile", "listrow", "header", "foot", "step",
    "choice", "face", "banner", "progress", "code", "slip", "scroll", "input", "keyboard",
)  # fmt: skip
_loaded: set[str] = set()


def load_all() -> None:
    """Import every widget module and read its `.kv`, once; importing registers the classes with Kivy's Factory."""
    # How much room a box needs goes outwards one box a turn: more turns than Kivy's ten within one frame.
    Clock.max_iteration = 40
    for name in MODULES:
        if name in _loaded:
            continue
        import_module(f"{__name__}.{name}")
        rules = Path(__file__).with_name(f"{name}.kv")
        Builder.load_file(str(rules), rulesonly=True)
        _loaded.add(name)
