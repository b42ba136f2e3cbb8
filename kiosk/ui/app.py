"""The kiosk's window: opened, kept going, and closed only from outside.

    run(world, clock, worker, printing, sync, queue)    # until the program is asked to end, or staff end the service
    run_stopped(config, error)                # a kiosk that could not start says so on its screen
    run_enrolling(config, clock, entry)       # one that belongs to no office yet is let in; whether it was
    on_main(fn)                               # the one way from other threads to the drawing thread

There is no way out for whoever stands before it: no settings page, no Esc, and a full-screen kiosk is not closed by its
window. Kivy is imported inside the functions, after `kivy_env.prepare` has settled what it reads when it is imported.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Protocol

from kiosk.heartbeat import Heartbeat
from kiosk.ui import kivy_env
from kiosk.ui.presenters import PRESENTERS, Flow
from kiosk.ui.presenters.enrolling import Enrolling
from kiosk.ui.strings import saying
from kiosk.worker import Worker

if TYPE_CHECKING:
    from kiosk.clock import Clock
    from kiosk.config import Config
    from kiosk.desk.counters import Queue
    from kiosk.desk.health import Link
    from kiosk.desk.world import World
    from kiosk.ui.front import Front
    from kiosk.ui.presenters.enrolling import Entry
    from kiosk.ui.presenters.flow import Ending
    from shared.errors import SalaError

logger = logging.getLogger(__name__)

#: How often time is looked at: clocks, countdowns, whether somebody is there.
TICK_S: Final = 0.25
#: How often a kiosk that is being enrolled looks for a stick.
LOOK_S: Final = 2.0


class Linked(Protocol):
    """What the window asks of `kiosk.sync.loop.Sync`."""

    @property
    def link(self) -> Link:
        """How the line to the server stands now."""


def on_main(fn: Callable[..., None]) -> Callable[..., None]:
    """`fn`, run on the drawing thread at its next turn from whichever thread it is called."""
    from kivy.clock import Clock as KivyClock

    def later(*args: Any) -> None:
        KivyClock.schedule_once(lambda _dt: fn(*args), -1)

    return later


def run(world: World, clock: Clock, worker: Worker, printing: Worker, sync: Linked, queue: Queue) -> Ending | None:
    """Open the window and serve citizens until the program is asked to end; what staff ended it for, if they did. The
    visit that is on then is forgotten.
    """
    config = world.config
    kivy_env.prepare((config.window_width_px, config.window_height_px), fullscreen=config.fullscreen)
    from kivy.base import stopTouchApp
    from kivy.clock import Clock as KivyClock

    from kiosk.ui.front import Front

    endings: list[Ending] = []

    def end(ending: Ending) -> None:
        logger.info("staff end the service: %s", ending)
        endings.append(ending)
        stopTouchApp()

    front = Front()
    flow = Flow(
        world, clock, worker, presenters=PRESENTERS, on_main=on_main, on_change=front.draw, link=lambda: sync.link,
        on_end=end, queue=queue, printing=printing,
    )  # fmt: skip
    front.serve(flow)
    KivyClock.schedule_interval(lambda _dt: flow.tick(), TICK_S)
    _loop(front, config)
    flow.reset()
    return endings[0] if endings else None


def run_stopped(config: Config, error: SalaError) -> None:
    """Show why the kiosk could not start and what staff can do, until the program is asked to end."""
    kivy_env.prepare((config.window_width_px, config.window_height_px), fullscreen=config.fullscreen)
    from kiosk.ui.front import Front
    from kiosk.ui.presenters.flow import Chrome
    from kiosk.ui.presenters.trouble import ClosedView, stopped
    from kiosk.ui.screens import build

    front = Front()
    screen = build("closed")
    say = saying(config.languages[0])
    screen.chrome = Chrome(say)
    screen.view = stopped(error, ClosedView(say))
    front.add_widget(screen)
    _loop(front, config)


def run_enrolling(config: Config, clock: Clock, entry: Entry) -> bool:
    """Let an installer enrol this kiosk by touch, until that is done or the program is asked to end; whether it is."""
    kivy_env.prepare((config.window_width_px, config.window_height_px), fullscreen=config.fullscreen)
    from kivy.base import stopTouchApp
    from kivy.clock import Clock as KivyClock

    from kiosk.ui.front import Front
    from kiosk.ui.presenters.flow import Chrome
    from kiosk.ui.screens import build
    from kiosk.ui.widgets import ARMING

    front, worker, enrolled = Front(), Worker(name="enrol"), threading.Event()
    screen, say = build("enrol"), saying(config.languages[0])

    def draw(enrolling: Enrolling) -> None:
        ARMING.rearm()
        screen.view = enrolling.view

    def finish() -> None:
        enrolled.set()
        stopTouchApp()

    enrolling = Enrolling(
        entry, worker, clock, say=say, server_url=config.server_url, on_main=on_main, on_change=draw, on_enrolled=finish
    )
    screen.chrome, screen.presenter = Chrome(say), enrolling
    draw(enrolling)
    front.add_widget(screen)
    enrolling.tick()
    KivyClock.schedule_interval(lambda _dt: enrolling.tick(), LOOK_S)
    _loop(front, config)
    worker.close()
    return enrolled.is_set()


def beat_with_the_loop(heart: Heartbeat) -> Any:
    """Let the loop that draws, and nothing else, give the sign of life. Returns Kivy's event, to cancel."""
    from kivy.clock import Clock as KivyClock

    return KivyClock.schedule_interval(lambda _dt: heart.beat(), TICK_S)


def _loop(front: Front, config: Config) -> None:
    """Turn the window's loop until SIGTERM, SIGINT or, where it is not full-screen, until it is closed."""
    from kivy.base import runTouchApp, stopTouchApp
    from kivy.clock import Clock as KivyClock
    from kivy.core.window import Window

    heart = Heartbeat(os.environ.pop("NOTIFY_SOCKET", ""))

    def first_picture(*_: object) -> None:
        Window.unbind(on_flip=first_picture)
        logger.info("first picture")
        heart.ready()

    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: KivyClock.schedule_once(lambda _dt: stopTouchApp(), 0))
    Window.bind(on_request_close=lambda *_args, **_kwargs: config.fullscreen)
    Window.bind(on_flip=first_picture)
    beat_with_the_loop(heart)
    runTouchApp(front)
