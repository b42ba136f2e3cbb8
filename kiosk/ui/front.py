"""`Front`: the one widget that fills the window. It shows the screen of the flow's step and, over it, the question
whether somebody is still there.

`app` makes it and runs the loop; tests and figures make one of their own and turn the loop by hand.

    front = Front()
    flow = Flow(..., on_change=front.draw)
    front.serve(flow)

The rules of this file:
1. The first picture comes before everything that can wait: a screen is built when its step comes, or while nobody is
   here.
2. One finger at a time. A second one is not heard, unless the first has been lying there like a forgotten sleeve.
3. When a visit ends, no widget and no cache holds a word of it, and a finger that still lies there holds nothing.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Final

from kivy.animation import Animation
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.graphics import PopMatrix, PushMatrix, Translate
from kivy.properties import NumericProperty
from kivy.uix.floatlayout import FloatLayout

from kiosk.desk.visit import Language
from kiosk.ui import memory, screens
from kiosk.ui.files import PICTURES
from kiosk.ui.presenters.flow import Flow
from kiosk.ui.presenters.idle import spoken
from kiosk.ui.screens.base import Page
from kiosk.ui.theme import TEXT_FACTORS, Theme
from kiosk.ui.widgets import ARMING, LOOK, Touchable, forget_texts
from kiosk.ui.widgets.icon import picture_texture
from kiosk.ui.widgets.keyboard import Keyboard
from kiosk.ui.widgets.text import TEXTURES

#: A screen that nobody waits for is built this long after the last.
PREPARE_EVERY_S: Final = 0.35
#: The slide of a new screen: how far in shares of the width, and how long.
SLIDE_SHARE: Final = 0.06
SLIDE_S: Final = 0.2
#: This many touches in the upper right corner within this time open the staff corner.
STAFF_TOUCHES: Final = 5
STAFF_MS: Final = 4_000
STAFF_STEPS: Final = frozenset({"idle", "home", "closed", "cannot"})
#: A kiosk that was not touched for so long is not touched in the next moment, most likely.
TIDY_AFTER_S: Final = 5
#: A finger that lies longer than this is no finger.
RESTING_MS: Final = 3_000


class Front(FloatLayout):
    """The window's content; see the module."""

    shift = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        memory.keep_apart()
        memory.sweep_when_quiet()
        LOOK.apply(Theme(), Window.size)
        TEXTURES.hold_screens(Window.size)
        Window.clearcolor = LOOK.c.paper  # seen at the edge while a screen slides in
        self.flow: Flow | None = None
        self._screens: dict[str, Page] = {}
        self._past: list[Page] = []
        """Screens of a look that is no more. They still hold this visit's words: to empty forty of them takes as long
        as the picture that somebody waits for, so it is done when nobody does.
        """
        self._screen: Page | None = None
        self._step = ""
        self._look: tuple[float, bool, str] = (1.0, False, "th")
        self._question: Any = None
        self.tidied = True
        """Nothing is left of screens that are shown no more."""
        self._made_ready = True
        """Nothing was built or read since memory was last swept."""
        self._tidying = Clock.create_trigger(self.tidy, TIDY_AFTER_S)
        self._finger: tuple[Any, int] | None = None
        self._down: dict[Any, Any] = {}
        """Every finger on the glass, heard or not."""
        self._pictures = sorted(path.stem for path in PICTURES.glob("*.png") if "@" not in path.stem)
        self._unrehearsed: list[tuple[Language, float]] = []
        self._told: tuple[object, ...] = ()
        """What of the content the start page last written ahead was made of."""
        self._corner: deque[int] = deque(maxlen=STAFF_TOUCHES)
        with self.canvas.before:
            PushMatrix()
            self._slide = Translate()
        with self.canvas.after:
            PopMatrix()

    def serve(self, flow: Flow) -> None:
        """Show the first screen of `flow`; the others are made ready while nobody is here."""
        self.flow = flow
        config = flow.world.config
        # A window smaller than the panel it is made for shows everything smaller.
        dpi = config.dpi * Window.width / config.window_width_px
        LOOK.apply(Theme(motion=not config.reduce_motion, dpi=dpi), Window.size)
        flow.start()
        Window.bind(on_flip=self._after_first_picture)

    def _after_first_picture(self, *_: object) -> None:
        Window.unbind(on_flip=self._after_first_picture)
        Clock.schedule_interval(self.prepare, PREPARE_EVERY_S)

    # --- drawing -------------------------------------------------------------------------------------------------

    def draw(self, flow: Flow) -> None:
        """Show what the flow says now."""
        self.flow = flow
        ARMING.rearm()
        renewed = self._follow_look(flow)
        changed = flow.step != self._step
        if changed or renewed:
            self._change(flow, slides=changed)
        assert self._screen is not None
        self._screen.show(flow)
        if changed or renewed:
            self._screen.entered += 1
        self._follow_question(flow)

    def _follow_look(self, flow: Flow) -> bool:
        """Take size, contrast and language of the visit; whether they changed, so that the screen must be built anew.

        A widget that lived through such a change would take the new look's common sizes even where its own rule sets
        another, since Kivy obeys the rule that moved last: the next citizen would find it slightly different. And the
        rules of forty screens that nobody sees would make the next picture wait.
        """
        look = (flow.chrome.text_factor, flow.chrome.contrast, flow.say.language)
        if look == self._look:
            return False
        self._unask()
        self._past += self._screens.values()
        self._screens, self._question, self.tidied = {}, None, False
        LOOK.renew()
        LOOK.apply(Theme(look[1], look[0], LOOK.motion, LOOK.dpi), Window.size)
        LOOK.speak(look[2])
        Window.clearcolor = LOOK.c.paper
        self._look = look
        return True

    def _change(self, flow: Flow, *, slides: bool) -> None:
        first = self._screen is None
        if flow.step == "idle":
            self._let_go()
            self.forget()
        if self._screen is not None:
            self.remove_widget(self._screen)
        self._step = flow.step
        self._screen = self.built(flow.step)
        self.add_widget(self._screen, index=len(self.children))
        if flow.step == "idle":
            self.tidied = first
            for rare in screens.RARE:
                self._screens.pop(rare, None)
        elif LOOK.motion and slides:
            Animation.cancel_all(self, "shift")
            # What comes next comes from where reading goes on.
            self.shift = self.width * SLIDE_SHARE * (1 if flow.forward != LOOK.rtl else -1)
            Animation(shift=0, duration=SLIDE_S, transition="out_quad").start(self)
        self._tidy_later()

    def on_shift(self, *_: object) -> None:
        """Move the picture, not the widgets: nothing is laid out anew."""
        self._slide.x = round(self.shift)

    def built(self, step: str) -> Page:
        """The screen of this step, built now if it was not before."""
        screen = self._screens.get(step)
        if screen is None:
            screen = self._screens[step] = screens.build(step)
            screen.size = Window.size
        return screen

    def prepare(self, _dt: float) -> None:
        """Build one screen that citizens may come to, read one drawing or write the start page in one more look, while
        nobody is here.

        Not before the last visit's screens are swept up: two generations of them at once are memory that never comes
        back.
        """
        if self._step != "idle" or not self.tidied:
            return
        self._plan_rehearsals()
        waiting = next((step for step in screens.SCREENS if step not in {*self._screens, *screens.RARE}), None)
        if waiting is None and not self._pictures and not self._unrehearsed:
            if not self._made_ready:
                self.tidy()
            return
        self._made_ready = False
        if waiting is not None:
            self.built(waiting)
        elif self._pictures:
            picture_texture(self._pictures.pop(), 1)
        else:
            self._rehearse(*self._unrehearsed.pop())

    def _plan_rehearsals(self) -> None:
        """Every look of the start page that a citizen may ask for, once for what the content says of it: most editions
        only bring answers to citizens.
        """
        assert self.flow is not None
        bundle = self.flow.world.content.bundle
        if bundle is None or self._told == (told := (bundle.office, bundle.words, bundle.floor is None)):
            return
        self._told = told
        looks = [(language, factor) for factor in TEXT_FACTORS for language, _ in spoken(self.flow)]
        self._unrehearsed = [look for look in reversed(looks) if look != (LOOK.lang, LOOK.text_factor)]

    def _rehearse(self, language: Language, text_factor: float) -> None:
        """Write the start page in this language and size for nobody: its words are shaped and drawn when a citizen asks
        for them, and the page itself is thrown away.
        """
        assert self.flow is not None
        now, screen = LOOK.now, None
        LOOK.renew()
        try:
            LOOK.apply(Theme(text_factor=text_factor, motion=LOOK.motion, dpi=LOOK.dpi), Window.size)
            LOOK.speak(language)
            screen = screens.build("home")
            screen.size = Window.size
            screen.view, screen.chrome = self.flow.foreseen("home", language)
            Clock.tick_draw()  # what waits for the next picture is done now: layouts, then their texts
        finally:
            LOOK.take(now)
            if screen is not None:
                screen.forget()

    def _follow_question(self, flow: Flow) -> None:
        assert self._screen is not None
        self._screen.masked = flow.warning is not None
        if flow.warning is None:
            self._unask()
            return
        if self._question is None:
            screens.load("warning")
            from kiosk.ui.screens.warning import WarningScreen

            self._question = WarningScreen()
        config = flow.world.config
        self._question.flow = flow
        self._question.total = config.idle_reset_s - config.idle_warn_s
        self._question.warning = flow.warning
        if self._question.parent is None:
            self.add_widget(self._question)

    def _unask(self) -> None:
        if self._question is not None and self._question.parent is not None:
            self.remove_widget(self._question)

    # --- forgetting ----------------------------------------------------------------------------------------------

    def forget(self) -> None:
        """Leave no word of the visit in a widget or a cache."""
        self._forget_past()
        for screen in self._screens.values():
            screen.forget()
        forget_texts()

    def _forget_past(self) -> None:
        for screen in self._past:
            screen.forget()
        self._past.clear()

    def _tidy_later(self) -> None:
        """Once nobody has touched anything for a while, and not before."""
        self._tidying.cancel()
        if not self.tidied:
            self._tidying()

    def tidy(self, _dt: float = 0.0) -> None:
        """Nobody is here, or somebody reads: sweep memory, typed words that still lie in it included."""
        self._forget_past()
        memory.sweep()
        self.tidied = self._made_ready = True

    # --- fingers -------------------------------------------------------------------------------------------------

    def on_touch_down(self, touch: Any) -> bool:
        """Count it, and let one finger at a time through."""
        flow = self.flow
        if flow is None:
            # Nobody's visit: an installer's fingers are not counted.
            return bool(super().on_touch_down(touch))
        now_ms = flow.clock.mono_ms()
        self._down[touch.uid] = touch
        if flow.warning is None:
            flow.touched()
        self._tidy_later()
        if self._finger is not None and now_ms - self._finger[1] < RESTING_MS:
            return True
        self._finger = (touch.uid, now_ms)
        if self._in_corner(touch) and self._opens_staff(now_ms):
            flow.staff()
            return True
        super().on_touch_down(touch)
        return True

    def on_touch_up(self, touch: Any) -> bool:
        """The finger is gone."""
        self._down.pop(touch.uid, None)
        if self.flow is None:
            return bool(super().on_touch_up(touch))
        if self._finger is not None and self._finger[0] == touch.uid:
            self._finger = None
            super().on_touch_up(touch)
        return True

    def _let_go(self) -> None:
        """End what fingers still hold: the visit they meant is over, and lifting them is nobody's act."""
        for touch in self._down.values():
            for reference in list(touch.grab_list):
                held = reference()
                if held is not None:
                    touch.ungrab(held)
                    if isinstance(held, (Touchable, Keyboard)):
                        held.let_go(touch)
        self._down.clear()

    def _in_corner(self, touch: Any) -> bool:
        side = LOOK.m.touch * 1.6
        return bool(touch.x > self.width - side and touch.y > self.height - side)

    def _opens_staff(self, now_ms: int) -> bool:
        self._corner.append(now_ms)
        return self._step in STAFF_STEPS and len(self._corner) == STAFF_TOUCHES and now_ms - self._corner[0] <= STAFF_MS
