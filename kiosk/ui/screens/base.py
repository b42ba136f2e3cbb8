"""What every screen is: a `Page` that shows one view, and lists that follow a tuple of it.

    <HomeScreen>:
        Roof:
            text: root.view.office
        Body:
            EachRow:
                items: root.view.languages      # a tuple of frozen rows
                each: "LanguageItem"            # an `Item` whose rule shows `self.item`
                owner: root
        Foot:
            page: root

An `Item` is kept while its place in the tuple is: a list that changes a little is drawn anew only where it changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from kivy.animation import Animation
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.factory import Factory
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from kiosk.ui.presenters.aloud import VOLUMES
from kiosk.ui.presenters.base import View
from kiosk.ui.presenters.flow import Chrome
from kiosk.ui.widgets import LOOK, ShapedLabel, Touchable, load_all
from kiosk.ui.widgets.foot import FootBar, FootCell
from kiosk.ui.widgets.header import RoofHeader
from kiosk.ui.widgets.input import ShapedInput
from kiosk.ui.widgets.keyboard import Keyboard
from kiosk.ui.widgets.scroll import Pager, ScrollArea
from kiosk.ui.widgets.surface import Box, Column, Grid, Ground, Row, Stack, Surface

if TYPE_CHECKING:
    from kiosk.ui.presenters.flow import Flow

load_all()

#: How long the frame glides from one part to the next.
GLIDE_S: Final = 0.2

#: What a drawing of the content says as a sign, where pictures would not be seen.
ICON_OF: Final = {
    "land": "house-line", "sign": "signpost", "shop": "storefront", "build": "hard-hat", "elder": "users",
    "lamp": "lamp", "road": "road-horizon", "tree": "tree", "trash": "trash", "water": "drop", "baby": "baby",
    "notice": "newspaper", "ask": "question", "way": "map-pin", "report": "megaphone", "track": "file-magnifying-glass",
    "rate": "smiley", "praise": "hand-heart", "ticket": "ticket", "archive": "folder", "care": "hand-heart",
    "certificate": "seal-check", "factory": "buildings", "farmer": "plant", "flood": "waves", "food": "storefront",
    "form": "file-text", "help": "handshake", "idea": "lightbulb", "noise": "speaker-high", "registry": "receipt",
    "sealed": "lock-key", "talk": "chats-circle", "tanker": "truck", "wheelchair": "wheelchair",
    "who-unit": "users-three", "who-clerk": "identification-card", "who-chief": "flag", "who-council": "users-four",
    "who-person": "pencil-simple", "who-unknown": "question", "sort-conduct": "smiley-angry", "sort-unfair": "scales",
    "sort-corruption": "hand-coins",
}  # fmt: skip

#: The quiet ground behind a drawing, by its own colours.
PANEL_OF: Final = {
    "build": "sand", "elder": "sky_wash", "lamp": "leaf_wash", "tree": "leaf_wash", "water": "sky_wash",
    "trash": "leaf_wash", "baby": "sky_wash", "notice": "sky_wash", "shop": "sand", "report": "clay_wash",
    "road": "sand", "archive": "sand", "care": "clay_wash", "certificate": "sand", "factory": "clay_wash",
    "farmer": "leaf_wash", "flood": "sky_wash", "food": "sand", "help": "clay_wash", "idea": "sand", "noise": "sand",
    "registry": "sand", "talk": "sky_wash", "tanker": "sky_wash", "wheelchair": "sky_wash",
}  # fmt: skip


def icon_of(picture: str) -> str:
    """The sign that stands for a drawing."""
    return ICON_OF.get(picture, "file-text")


def panel_of(picture: str) -> str:
    """The ground of a drawing."""
    return PANEL_OF.get(picture, "wash")


class Page(Ground):
    """One screen. Its rule reads `view`, `chrome` and says `presenter.verb()`."""

    view = ObjectProperty(View(), rebind=True)
    chrome = ObjectProperty(Chrome(), rebind=True)
    presenter = ObjectProperty(None, allownone=True)
    flow = ObjectProperty(None, allownone=True)
    #: Whether words that somebody typed are hidden, while nobody seems to be there.
    masked = BooleanProperty(False)
    #: Whether all that is touched stands in the lower half.
    low = BooleanProperty(False)
    #: The least height that is left between a roof that came down and the open keyboard.
    typing_room = NumericProperty(680)
    #: Counts how often this page came on screen: what must begin anew each time follows it.
    entered = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        self._parts: list[Widget] = []
        self._frame: Any = None
        self._turned: set[Room] = set()
        self._reach = Clock.create_trigger(self._reach_now, -1)
        super().__init__(**kwargs)
        for name in ("low", "height", "children", "typing_room"):
            self.fbind(name, self._reach)

    def add_widget(self, widget: Widget, *args: Any, **kwargs: Any) -> None:
        """Take a part of the page; what is no more than a box gets a room that scrolls where it does not fit."""
        if type(widget) is Box:
            room = Room()
            super().add_widget(room, *args, **kwargs)
            room.add_widget(widget)
            return
        if isinstance(widget, KeyboardTray):
            widget.fbind("height", self._reach)
        super().add_widget(widget, *args, **kwargs)

    def on_parent(self, _page: object, parent: object) -> None:
        """Off screen no room has the buttons that turn it, on screen each has that needs them."""
        for room in self._turned:
            if parent is None:
                room.return_pager()
            else:
                room.settle()

    def lend_pager(self, room: Room) -> Pager:
        """Two buttons for a room, for as long as this page is on screen: all pages of a look share them.

        A pager is thirty times a label, and most of forty pages would have one that nobody sees.
        """
        self._turned.add(room)
        return LOOK.pagers.pop() if LOOK.pagers else Pager()

    def _reach_now(self, *_: object) -> None:
        """Let the roof down to the middle of the page, or leave it up; a tablet has no room for it above a keyboard."""
        typing = sum(each.height for each in self.children if isinstance(each, KeyboardTray) and each.open)
        room = self.height - typing - self.typing_room if typing else self.height
        least = max(0, min(self.height / 2, room)) if self.low else 0
        for each in self.walk(restrict=True):
            if isinstance(each, RoofHeader):
                each.least = least
                each.away = LOOK.wide and typing > 0

    def show(self, flow: Flow) -> None:
        """Show the step that `flow` stands at. An equal view changes nothing."""
        self.flow = flow
        self.presenter = flow.presenter
        self.chrome = flow.chrome
        self.view = flow.view

    # --- reading aloud -------------------------------------------------------------------------------------------

    def read_aloud(self) -> None:
        """Read this page from the top, or stop reading."""
        if self.flow is None:
            return
        if self.chrome.reading >= 0:
            self.flow.hush()
            return
        parts = spoken(self)
        self._parts = [widget for widget, _ in parts]
        self.flow.read(tuple(text for _, text in parts))

    def on_chrome(self, *_: object) -> None:
        """Follow the voice with a frame."""
        at = self.chrome.reading
        if not 0 <= at < len(self._parts):
            if self._frame is not None:
                self._frame.seen = False
            return
        if self._frame is None:
            self._frame = ReadingFrame()
            self.canvas.after.add(self._frame.canvas)
        self._frame.silent = at in self.chrome.silent
        self._frame.follow(self._parts[at])

    def typed(self, verb: str, text: str) -> None:
        """Tell the presenter what stands in an input now. An input that only follows the view says nothing new."""
        if self.presenter is not None:
            getattr(self.presenter, verb)(text)

    def forget(self) -> None:
        """Show nothing of anybody any more."""
        self.presenter = None
        self.flow = None
        self.masked = False
        self._parts = []
        self.chrome = Chrome()
        self.view = type(self.view)()


class ReadingFrame(Widget):
    """Goes round what is being read. `silent` where nobody recorded it; `sign` is where its speaker stands."""

    seen = BooleanProperty(False)
    silent = BooleanProperty(False)
    sign = ListProperty([0, 0])

    def follow(self, widget: Widget) -> None:
        """Glide to a part of the page, bringing it into sight."""
        for area in _areas_around(widget):
            area.bring(widget)
        left, bottom = widget.to_window(widget.x, widget.y)
        air = LOOK.m.gap * 0.25
        place: dict[str, Any] = {
            "pos": (left - air, bottom - air),
            "size": (widget.width + 2 * air, widget.height + 2 * air),
        }
        side = LOOK.m.icon * 1.3
        place["sign"] = [
            min(max(0, left - side / 2), Window.width - side),
            bottom + widget.height - side / 2,
        ]
        Animation.cancel_all(self)
        if LOOK.motion and self.seen:
            Animation(duration=GLIDE_S, transition="out_quad", **place).start(self)
        else:
            for name, value in place.items():
                setattr(self, name, value)
        self.seen = True


def _areas_around(widget: Widget) -> Iterator[ScrollArea]:
    around = widget.parent
    while around is not None and around is not around.parent:
        if isinstance(around, ScrollArea):
            yield around
        around = around.parent


def spoken(page: Widget) -> list[tuple[Widget, str]]:
    """The parts of a page that can be read, from the top down, each with its words.

    A card or a button is one part. What somebody typed, what is told to one person alone, and what lies under a finger
    at the foot are none.
    """
    found: list[tuple[Widget, str]] = []
    for child in reversed(page.children):
        if child.opacity == 0 or isinstance(child, (FootBar, KeyboardTray, ShapedInput, Pager)):
            continue
        if isinstance(child, ShapedLabel):
            parts = [(child, child.text)] if _is_read(child) else []
        else:
            parts = spoken(child)
            if len(parts) > 1 and isinstance(child, (Touchable, Surface, RoofHeader)):
                parts = [(child, "\n".join(text for _, text in parts))]
            elif parts and isinstance(child, Touchable):
                parts = [(child, parts[0][1])]
        found += parts
    return found


def _is_read(label: ShapedLabel) -> bool:
    # The names of other languages stand in those; figures are set as English everywhere.
    own = label.lang == LOOK.lang or not any(each.isalpha() for each in label.text)
    return own and not label.private and any(each.isalnum() for each in label.text)


class Roof(RoofHeader):
    """The header of a page: time at the edge."""

    page = ObjectProperty(None, allownone=True, rebind=True)


class Room(Stack):
    """Holds its children from the top down. What does not fit scrolls, by finger or by two buttons; what is `Staying`
    stays in sight below.
    """

    def __init__(self, **kwargs: Any) -> None:
        self._inner: Any = None
        self._pager: Any = None
        self._place: Any = None
        self._lender: list[Pager] = []
        self.settle = Clock.create_trigger(self._settle_now, -1)
        """Look, before the next picture, whether everything fits."""
        super().__init__(**kwargs)
        self._furnish()

    def _furnish(self) -> None:
        if self._inner is not None:
            return
        self._inner, self._area = Stack(), ScrollArea()
        self._inner.size_hint_y = None
        self._area.add_widget(self._inner)
        super().add_widget(self._area)
        self._inner.spacing = self.spacing
        self.fbind("spacing", self._inner.setter("spacing"))
        self._inner.fbind("minimum_height", self.settle)
        self._area.fbind("height", self.settle)
        for name in ("pages", "page_now"):
            self._area.fbind(name, self._follow_area)
        for name in ("height", "minimum_height", "padding"):
            self.fbind(name, self.settle)

    def on_orientation(self, _room: object, orientation: str) -> None:
        """Set the children side by side; what stays in sight is below them all the same."""
        if orientation == "horizontal":
            self._furnish()
            self._inner.orientation = orientation
            self.orientation = "vertical"

    @property
    def area(self) -> ScrollArea:
        """What scrolls."""
        self._furnish()
        return self._area

    def add_widget(self, widget: Widget, *args: Any, **kwargs: Any) -> None:
        """Take a child; what stays goes below what scrolls."""
        self._furnish()
        if isinstance(widget, Staying):
            super().add_widget(widget)
        else:
            self._inner.add_widget(widget, *args, **kwargs)

    def remove_widget(self, widget: Widget, *args: Any, **kwargs: Any) -> None:
        """Let a child go."""
        if widget.parent is self:
            super().remove_widget(widget, *args, **kwargs)
        else:
            self._inner.remove_widget(widget, *args, **kwargs)

    def _settle_now(self, *_: object) -> None:
        needed = self._inner.minimum_height
        staying = [each for each in self.children if each is not self._area and each is not self._place]
        room = self.height - self.padding[1] - self.padding[3] - sum(each.height + self.spacing for each in staying)
        # Two buttons would fill a small room between roof and keyboard: there a finger moves it.
        self._page_by_buttons(needed > room + 1 and room > 3 * LOOK.m.secondary)
        self._inner.height = max(needed, self._area.height)

    def _page_by_buttons(self, wanted: bool) -> None:
        if not wanted or self.get_parent_window() is None:
            if self._place is not None:
                self.return_pager()
                super().remove_widget(self._place)
                self._place = None
                self._area.given_up = 0
                self._area.top_up()
            return
        page: Any = self.parent
        while not isinstance(page, Page):
            page = page.parent
        if self._place is None:
            # A room as wide as the window ends at its edges; what is touched does not.
            side, below = max(0, LOOK.m.margin - self.padding[0]), 0 if self.padding[3] else LOOK.m.gap * 0.5
            self._place = Stack(size_hint_y=None, padding=(side, 0, side, below))
            super().add_widget(self._place, index=self.children.index(self._area))
        if self._pager is None:
            self._lender, self._pager = LOOK.pagers, page.lend_pager(self)
            self._follow_area()
            self._pager.fbind("on_turn", self._turn)
            self._place.height = self._pager.height + self._place.padding[3]
            self._place.add_widget(self._pager)
        self._pager.back, self._pager.forth = page.chrome.say("service.up"), page.chrome.say("service.down")
        # This room must not need more with its buttons than without: it would show and hide them in turn.
        self._area.given_up = self._place.height + self.spacing

    def return_pager(self) -> None:
        """Leave the buttons to the next page, and their place free: what they had turned to stays in sight."""
        pager, self._pager = self._pager, None
        if pager is not None:
            pager.funbind("on_turn", self._turn)
            self._place.remove_widget(pager)
            self._lender.append(pager)

    def _follow_area(self, *_: object) -> None:
        if self._pager is not None:
            self._pager.pages, self._pager.page = self._area.pages, self._area.page_now

    def _turn(self, _pager: object, by: int) -> None:
        self._area.page(by)


class Body(Room):
    """What stands between header and foot."""


class Staying(Widget):
    """A part of a body that stays in sight below it while the rest scrolls."""


class Acts(Staying, Row):
    """The ways on at the end of a body: they stay in sight while the rest scrolls. As high as the highest."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._follow()

    def add_widget(self, widget: Widget, *args: Any, **kwargs: Any) -> None:
        """Take one way on."""
        super().add_widget(widget, *args, **kwargs)
        widget.fbind("height", self._follow)
        self._follow()

    def _follow(self, *_: object) -> None:
        self.height = max((child.height for child in self.children), default=0)


class InputRoom(FloatLayout):
    """Where an input stands as large as there is room, and never less than three lines; nothing while not `on`."""

    on = BooleanProperty(True)


class Sheet(Stack):
    """A part of a body: a column or, on the tablet, one half of it."""


class Foot(FootBar):
    """Back, read aloud, larger, start page: always within reach."""

    page = ObjectProperty(None, allownone=True, rebind=True)


class ReadCell(FootCell):
    """Reads the page aloud, or stops; says so where there is no sound."""

    page = ObjectProperty(None, allownone=True, rebind=True)
    ready = BooleanProperty(False)
    reads = BooleanProperty(False)
    unheard = BooleanProperty(False)


class SizeCell(FootCell):
    """Larger text; while the page is read, a louder voice."""

    page = ObjectProperty(None, allownone=True, rebind=True)
    reads = BooleanProperty(False)

    def words(self, chrome: Chrome, reads: bool) -> str:
        """What the next touch does."""
        if reads:
            return chrome.say("foot.volume", n=chrome.volume + 1, most=len(VOLUMES))
        return chrome.say("foot.normal_size" if chrome.largest else "foot.larger")


class HomeFoot(FootBar):
    """How this visit looks, and an end to it."""

    page = ObjectProperty(None, allownone=True, rebind=True)

    def on_kv_post(self, base_widget: object) -> None:
        """A tablet is held in the hand: nothing on it is too high."""
        super().on_kv_post(base_widget)
        if LOOK.wide:
            self.remove_widget(self.ids.low)


class Item(Widget):
    """A widget of a list. `item` is its row of the view, `owner` the page."""

    item = ObjectProperty(None, allownone=True)
    owner = ObjectProperty(None, allownone=True)


class When(Column):
    """Holds its children while `on`, and else takes no room at all, its parent's spacing included."""

    on = BooleanProperty(True)

    def __init__(self, **kwargs: Any) -> None:
        self._kept: list[Widget] = []
        super().__init__(**kwargs)
        # Its height too: a column's own rule may speak after this one, and the next citizen would find a gap.
        for name in ("on", "parent", "minimum_height", "height"):
            self.fbind(name, self._follow)

    def add_widget(self, widget: Widget, *args: Any, **kwargs: Any) -> None:
        """Keep a child, and show it while on."""
        if widget not in self._kept:
            self._kept.append(widget)
            # Out of the tree it has no parent, and its rules must not outlive the page they read.
            widget.keeper = self
        if self.on:
            super().add_widget(widget, *args, **kwargs)

    def _follow(self, *_: object) -> None:
        if self.on:
            for child in self._kept:
                if child.parent is None:
                    super().add_widget(child)
            self.height = self.minimum_height
            return
        self.clear_widgets()
        # A box puts its spacing around every child; less than nothing takes it back.
        self.height = -getattr(self.parent, "spacing", 0)


class Each(Widget):
    """Holds one widget of class `each` for every item.

    Making a widget costs a hundred times as much as changing one, so those that are not needed now are kept aside,
    empty; `spare` of them are made when the page is. Once the list is empty no more than those are kept: what a page
    holds at the end of a day is what it held in the morning.
    """

    items = ListProperty()
    each = StringProperty("")
    owner = ObjectProperty(None, allownone=True)
    spare = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        self._aside: list[Any] = []
        super().__init__(**kwargs)
        for name in ("items", "each", "owner", "spare"):
            self.fbind(name, self._follow)
        self._follow()

    def _follow(self, *_: object) -> None:
        if not self.each or self.owner is None:
            return
        standing = list(reversed(self.children))
        for widget in standing[len(self.items) :]:
            self.remove_widget(widget)
            widget.item = None
            self._aside.append(widget)
        for widget, item in zip(standing, self.items, strict=False):
            widget.item = item
        for item in self.items[len(standing) :]:
            if not self._aside:
                self._make()
            widget = self._aside.pop()
            widget.item = item
            self.add_widget(widget)
        while len(self._aside) + len(self.children) < self.spare:
            self._make()
        if not self.items:
            del self._aside[self.spare :]
        self._grow()

    def _make(self) -> None:
        widget = Factory.get(self.each)(owner=self.owner)
        widget.fbind("height", self._grow)
        self._aside.append(widget)

    def _grow(self, *_: object) -> None:
        """A child is higher now: most holders know by themselves."""


class EachColumn(Each, Column):
    """One below another."""


class EachRow(Each, Row):
    """Side by side, as high as the highest."""

    def _grow(self, *_: object) -> None:
        self.height = max((child.height for child in self.children), default=0)


class EachGrid(Each, Grid):
    """In rows of `cols`."""


class KeyboardTray(Column):
    """The keyboard at the foot of a page while `open`. It writes into `target`.

    It begins with the letters of the visit's language each time the page comes on screen; whoever then chooses others
    keeps them from one input of the page to the next.
    """

    page = ObjectProperty(None, allownone=True, rebind=True)
    target = ObjectProperty(None, allownone=True)
    open = BooleanProperty(False)
    digits = BooleanProperty(False)
    letters = StringProperty("")
    """The language whose letters it begins with, where that is not the visit's."""
    entered = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        self._keyboard: Any = None
        self._began: tuple[object, ...] = ()
        super().__init__(**kwargs)
        for name in ("open", "target", "digits", "letters", "entered"):
            self.fbind(name, self._follow)
        self._follow()

    def _follow(self, *_: object) -> None:
        if not self.open:
            self.clear_widgets()
            return
        if self._keyboard is None:
            self._keyboard = Keyboard()
        keyboard = self._keyboard
        keyboard.target = self.target
        language = self.letters or (self.page.chrome.say.language if self.page else "th")
        if self._began != (self.entered, language, self.digits):
            self._began = (self.entered, language, self.digits)
            keyboard.begin(language, digits=self.digits)
        if keyboard.parent is None:
            self.add_widget(keyboard)


class Input(ShapedInput):
    """Where something is typed; `action` names it, as it names what is touched."""

    action = StringProperty("")


class Way(Row):
    """A quiet line that ends in the marigold arrow: this whole card is a way on."""

    text = StringProperty("")
