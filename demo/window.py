"""The kiosk, the real one, with somebody looking over its shoulder: `python -m demo.window SOCKET kiosk-arguments...`.

Runs `kiosk.__main__.main` unchanged. Beside it, each connection to the unix socket SOCKET is answered with one line of
JSON: which texts are on the screen, what can be touched where, and where it last heard of the pointer. It only looks;
whoever wants to touch does it through the X server. So the program a citizen uses needs no door for tests.
"""

import json
import queue
import socket
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

from demo.stage import Seen

_ANSWER_S = 10.0


class _Box(NamedTuple):
    """A rectangle in window pixels from the bottom left, as Kivy counts."""

    left: float
    bottom: float
    right: float
    top: float

    def within(self, other: "_Box") -> "_Box | None":
        """What of it lies inside `other`; None when nothing does."""
        box = _Box(
            max(self.left, other.left),
            max(self.bottom, other.bottom),
            min(self.right, other.right),
            min(self.top, other.top),
        )
        return box if box.left < box.right and box.bottom < box.top else None


def _look() -> dict[str, Any]:
    """What the window shows. Called on the drawing thread."""
    from kivy.core.window import Window

    from kiosk.ui.widgets.input import ShapedInput
    from kiosk.ui.widgets.text import ShapedLabel

    texts: list[str] = []
    touchables: list[Seen] = []
    whole = _Box(0, 0, Window.width, Window.height)
    for widget, box in (found for child in Window.children for found in _visible(child, whole)):
        if isinstance(widget, ShapedLabel | ShapedInput) and widget.text:
            texts.append(widget.text)
        if widget.disabled:
            continue
        if hasattr(widget, "on_release"):
            words = [
                inner.text for inner in widget.walk(restrict=True) if isinstance(inner, ShapedLabel) and inner.text
            ]
            action = str(getattr(widget, "action", "") or "")
            touchables.append(_seen(action, " ".join(words), box, Window.height))
        for spot in getattr(widget, "spots", ()):  # the keys of a keyboard are drawn on it, not widgets of their own
            x, y = widget.to_window(spot.x, spot.y)
            part = _Box(x, y, x + spot.width, y + spot.height).within(box)
            if part:
                action = f"key-{spot.key.do or spot.key.sign}"
                touchables.append(_seen(action, spot.key.shifted, part, Window.height))
    across, up = Window.mouse_pos
    pointer = [round(across), round(Window.height - 1 - up)]
    return {"texts": texts, "touchables": [asdict(row) for row in touchables], "pointer": pointer}


def _seen(action: str, text: str, box: _Box, height: float) -> Seen:
    return Seen(action, text, box.left, height - box.top, box.right, height - box.bottom)


def _visible(widget: Any, clip: _Box) -> Iterator[tuple[Any, _Box]]:
    """The widget and those in it, each with the part that can be seen; nothing of what is clipped or transparent."""
    from kivy.uix.stencilview import StencilView

    if widget.opacity <= 0:
        return
    x, y = widget.to_window(*widget.pos)
    box = _Box(x, y, x + widget.width, y + widget.height).within(clip)
    if box:
        yield widget, box
    inner = box if isinstance(widget, StencilView) else clip
    if inner:
        for child in reversed(widget.children):  # in the order in which they were laid out
            yield from _visible(child, inner)


def _serve(path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
        door.bind(str(path))
        door.listen()
        while True:
            line, _ = door.accept()
            with line:
                line.sendall(json.dumps(_asked()).encode() + b"\n")


def _asked() -> dict[str, Any]:
    """`_look` on the drawing thread; empty while no window is drawn yet."""
    # The program imports Kivy once it has settled Kivy's environment; until then there is nothing to see.
    if "kivy.core.window" not in sys.modules:
        return {}
    from kivy.clock import Clock

    answer: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    Clock.schedule_once(lambda _dt: answer.put(_look()))
    try:
        return answer.get(timeout=_ANSWER_S)
    except queue.Empty:
        return {}


def main(socket_path: str, arguments: list[str]) -> int:
    """Run the kiosk with `arguments`, observed; returns its exit code."""
    from kiosk.__main__ import main as kiosk_main

    path = Path(socket_path)
    path.unlink(missing_ok=True)
    threading.Thread(target=_serve, args=[path], daemon=True).start()
    return kiosk_main(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
