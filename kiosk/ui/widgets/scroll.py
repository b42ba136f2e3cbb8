"""More than fits: `Pager` (two big buttons and dots) turns the pages of a list, `ScrollArea` moves one long content.

A finger may drag a `ScrollArea`, but nobody has to: its page buttons do the same. A press inside shows at once, and
becomes a drag only when the finger has moved. Dragging moves a matrix, so nothing is laid out or drawn anew.
"""

from __future__ import annotations

from typing import Any, Final

from kivy.animation import Animation
from kivy.clock import Clock
from kivy.graphics import Color, PopMatrix, PushMatrix, SmoothRoundedRectangle, Translate
from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.stencilview import StencilView
from kivy.uix.widget import Widget

from .examples import Example, say
from .look import LOOK
from .surface import Column, Row
from .text import ShapedLabel

_DRAG_AFTER: Final = 24
"""Pixels. An old finger rolls this far on a tap."""
_KEEP: Final = 0.15
"""Share of the old page that stays in sight on the new one, so that the eye finds its place."""


class ScrollArea(StencilView):
    """Shows a part of its one child. ``offset``: pixels from the top. `page(1)` and `page(-1)` turn a page."""

    least = NumericProperty(0)
    """Height at the least, and how much of it what turns its pages takes up (`given_up`)."""
    given_up = NumericProperty(0)
    offset = NumericProperty(0)
    offset_max = NumericProperty(0)
    pages = NumericProperty(1)
    page_now = NumericProperty(0)
    turner = ObjectProperty(None, allownone=True)
    """What stands beside it, in the same column, as long as it is `tight`: the buttons that turn its pages."""
    tight = BooleanProperty(False)
    """Whether its content is higher than the column leaves it, the buttons' room included. `pages` would not do: with
    the buttons there may be two, and without them one.
    """

    def __init__(self, **kwargs: Any) -> None:
        self._turn: Animation | None = None
        self._bound = 0.0
        super().__init__(**kwargs)
        # Inside the stencil, wherever a rule puts that: only the content moves, never the opening it is seen through.
        with self.canvas:
            PushMatrix()
            self._shift = Translate()
        self._back = PopMatrix()
        self._arrange = Clock.create_trigger(self._arrange_now, -1)
        for name in ("pos", "size", "offset"):
            self.fbind(name, self._arrange)

    @property
    def content(self) -> Any:
        """The one child, or None."""
        return self.children[0] if self.children else None

    def add_widget(self, widget: Any, *args: Any, **kwargs: Any) -> None:
        """Take the content; there can be only one."""
        if self.children:
            raise ValueError("a ScrollArea holds one child: put several into a Column")
        super().add_widget(widget, *args, **kwargs)
        self.canvas.add(self._back)
        widget.fbind("height", self._arrange)
        self._arrange()

    def remove_widget(self, widget: Any, *args: Any, **kwargs: Any) -> None:
        """Let the content go."""
        super().remove_widget(widget, *args, **kwargs)
        self.canvas.remove(self._back)
        widget.funbind("height", self._arrange)

    def page(self, by: int) -> None:
        """Move by nearly a whole view, down for positive ``by``."""
        # Who touches again before the page has come turns it from where it is going, not from where it is.
        turns = self._turn is not None and self._turn.have_properties_to_animate(self)
        begin = self._bound if turns else self.offset
        target = self._bound = min(self.offset_max, max(0, begin + by * self.height * (1 - _KEEP)))
        Animation.cancel_all(self, "offset")
        if LOOK.motion:
            self._turn = Animation(offset=target, duration=0.2, transition="out_quad")
            self._turn.start(self)
        else:
            self.offset = target

    def bring(self, widget: Any) -> None:
        """Move so that `widget`, somewhere inside, is in sight: its top, where it is higher than the area."""
        _, top = widget.to_window(widget.x, widget.y + widget.height)
        _, bottom = widget.to_window(widget.x, widget.y)
        _, base = self.to_window(self.x, self.y)
        Animation.cancel_all(self, "offset")
        if bottom < base:
            self.offset = min(self.offset_max, self.offset + base - bottom)
        _, top = widget.to_window(widget.x, widget.y + widget.height)
        if top > base + self.height:
            self.offset = max(0, self.offset - (top - base - self.height))

    def top_up(self) -> None:
        """Go back to the beginning at once."""
        Animation.cancel_all(self, "offset")
        self.offset = 0

    def _arrange_now(self, *_: object) -> None:
        content = self.content
        if content is None:
            return
        content.size_hint_x = None
        content.width = self.width
        content.x = self.x
        content.y = self.y + self.height - content.height
        self.offset_max = max(0, content.height - self.height)
        self.offset = min(self.offset, self.offset_max)
        self._shift.y = round(self.offset)
        turn = self.height * (1 - _KEEP) or 1
        pages = 1 + -(-self.offset_max // turn)
        if self.offset <= 1:
            page = 0
        elif self.offset >= self.offset_max - 1:
            page = pages - 1
        else:  # somewhere between, after a drag: there is a page before and one after
            pages = max(pages, 3)
            page = max(1, min(pages - 2, round(self.offset / turn)))
        self.pages, self.page_now = pages, page
        self.tight = self.turner is not None and content.height > self._room() + 1

    def _room(self) -> float:
        """What its column has for it and for the buttons together."""
        column = self.parent
        others = [each for each in column.children if each not in (self, self.turner)]
        return float(
            column.height - column.padding[1] - column.padding[3] - sum(each.height + column.spacing for each in others)
        )

    def on_touch_down(self, touch: Any) -> bool:
        """Give the finger to what lies under it, and watch whether it drags."""
        if not self.collide_point(*touch.pos):
            return False
        if "button" in touch.profile and touch.button in ("scrollup", "scrolldown"):
            self.offset = min(self.offset_max, max(0, self.offset + (90 if touch.button == "scrollup" else -90)))
            return True
        touch.ud[self._watch] = (touch.y, self.offset, False)
        touch.grab(self)
        self._inside(touch, super().on_touch_down)
        return True

    def on_touch_move(self, touch: Any) -> bool:
        """Drag once the finger has moved further than a tap rolls."""
        if touch.grab_current is not self:
            return False
        start, offset, dragging = touch.ud[self._watch]
        moved = touch.y - start
        if not dragging and abs(moved) > _DRAG_AFTER and self.offset_max:
            dragging = True
            Animation.cancel_all(self, "offset")
            touch.ud["touchable"] = None  # whatever was pressed is no longer meant
            for reference in list(touch.grab_list):
                held = reference()
                if held is not None and held is not self and hasattr(held, "pressed"):
                    held.pressed = False
        touch.ud[self._watch] = (start, offset, dragging)
        if dragging:
            self.offset = min(self.offset_max, max(0, offset + moved))
        return True

    def on_touch_up(self, touch: Any) -> bool:
        """Let go."""
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        return True

    @property
    def _watch(self) -> str:
        return f"scroll.{self.uid}"

    def _inside(self, touch: Any, deliver: Any) -> None:
        touch.push()
        touch.apply_transform_2d(self.to_local)
        deliver(touch)
        touch.pop()

    def to_local(self, x: float, y: float, **_: Any) -> tuple[float, float]:
        """From the window to where the content thinks it is."""
        return x, y - round(self.offset)

    def to_parent(self, x: float, y: float, **_: Any) -> tuple[float, float]:
        """From the content to the window."""
        return x, y + round(self.offset)


class PageDots(Widget):
    """Where we are among ``pages``: a dot each, the present one long."""

    pages = NumericProperty(1)
    page = NumericProperty(0)
    dot = NumericProperty(14)
    color = ColorProperty((0, 0, 0, 1))
    color_others = ColorProperty((0, 0, 0, 1))
    turned = BooleanProperty(False)
    """Whether the first page is the one at the right."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._redraw = Clock.create_trigger(self._draw, -1)
        for name in ("pages", "page", "dot", "pos", "color", "color_others", "turned"):
            self.fbind(name, self._redraw)
        self._redraw()

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        if self.pages < 2:
            self.width = 0
            return
        x = self.x
        with self.canvas:
            for at in range(int(self.pages)):
                now = at == int(self.pages - 1 - self.page if self.turned else self.page)
                Color(*(self.color if now else self.color_others))
                SmoothRoundedRectangle(
                    pos=(x, self.y), size=(self.dot * (3 if now else 1), self.dot), radius=[self.dot / 2]
                )
                x += self.dot * (4 if now else 2)
        self.width = self.dot * (2 * int(self.pages) + 1)


class Pager(Row):
    """``page`` of ``pages`` (from 0); dispatches `on_turn(by)` with -1 or 1. Wire it to a list or to a `ScrollArea`.

    Pager:
        pages: area.pages
        page: area.page_now
        on_turn: area.page(args[1])
    """

    pages = NumericProperty(1)
    page = NumericProperty(0)
    back = StringProperty("")
    forth = StringProperty("")
    text = StringProperty("")
    tight = BooleanProperty(False)
    """Whether the two words take nearly all the room."""

    __events__ = ("on_turn",)

    def on_turn(self, by: int) -> None:
        """A page is turned (event)."""


def _area(lang: str) -> Any:
    box = Column()
    area = ScrollArea(size_hint_y=None, height=420)
    words = Column()
    for number in range(1, 13):
        words.add_widget(ShapedLabel(text=say(lang, th=f"บรรทัดที่ {number}", en=f"Line {number}")))
    area.add_widget(words)
    pager = Pager(back=say(lang, th="ก่อนหน้า", en="Earlier"), forth=say(lang, th="ถัดไป", en="Next"))
    area.bind(pages=pager.setter("pages"), page_now=pager.setter("page"))
    pager.bind(on_turn=lambda _, by: area.page(by))
    box.add_widget(area)
    box.add_widget(pager)
    return box


EXAMPLES = [
    Example(
        "pager on its first page",
        lambda lang: Pager(
            pages=3,
            back=say(lang, th="ก่อนหน้า", en="Earlier"),
            forth=say(lang, th="ถัดไป", en="Next"),
            text=say(lang, th="หน้า 1 จาก 3", en="Page 1 of 3"),
        ),
    ),
    Example("scroll area with its pager", _area),
]
