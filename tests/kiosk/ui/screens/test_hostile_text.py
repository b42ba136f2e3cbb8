"""Every screen with hostile text, in the content and in what was typed: it stays text, and the way on stays there."""

import itertools

import msgspec
import pytest

from kiosk.config import pin_hash
from kiosk.ui import sample
from kiosk.ui.sample import SampleKiosk
from kiosk.ui.screens.examples import FIRST, PIN, WAYS, picture
from kiosk.ui.theme import Theme
from kiosk.ui.widgets import ShapedLabel
from kiosk.ui.widgets.scroll import ScrollArea
from kiosk.ui.widgets.touch import Touchable
from shared.content import Text
from tests.hostile import HOSTILE

#: Verbs of the examples whose argument is typed by a citizen.
TYPED = frozenset({"text", "place", "name", "phone", "words", "search", "when"})
#: An office's texts have at most this many characters: `shared.source` refuses more.
CONTENT_CHARS_MAX = 2_000
SIZES = [pytest.param((540, 960), id="panel"), pytest.param((640, 400), id="tablet")]


def replaced(value, texts):
    """A piece of content with another hostile text in each place where the office writes a sentence."""
    if isinstance(value, Text):
        text = next(texts)
        return Text(th=text, en=text)
    if isinstance(value, msgspec.Struct):
        return msgspec.structs.replace(
            value, **{name: replaced(getattr(value, name), texts) for name in value.__struct_fields__}
        )
    if isinstance(value, list):
        return [replaced(each, texts) for each in value]
    return value


@pytest.fixture(scope="module")
def kiosk(tmp_path_factory):
    """A sample kiosk whose office writes nothing else."""
    texts = itertools.cycle([text[:CONTENT_CHARS_MAX] for text in HOSTILE.values() if text.strip()])
    written = sample.sample_content()
    nasty = type(written)(
        **{
            **{name: getattr(written, name) for name in written.__slots__},
            "office": replaced(written.office, texts),
            "services": tuple(replaced(each, texts) for each in written.services),
            "notices": tuple(replaced(each, texts) for each in written.notices),
        }
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sample, "sample_content", lambda: nasty)
        made = SampleKiosk(
            tmp_path_factory.mktemp("kiosk"), settings={"staff_pin_hash": pin_hash(PIN, b"sample pin salt.")}
        )
        made.flow.start()
        yield made
        made.world.store.close()


def inside(widget, size):
    """Whether a touchable can be reached: in the window, whole, or in a part that scrolls."""
    left, bottom = widget.to_window(widget.x, widget.y)
    parent = widget.parent
    while parent is not None and parent is not parent.parent:
        if isinstance(parent, ScrollArea):
            return True
        parent = parent.parent
    right, top = left + widget.width, bottom + widget.height
    return left >= -1 and bottom >= -1 and right <= size[0] + 1 and top <= size[1] + 1


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "name", sorted({*FIRST, *(n for n, way in WAYS.items() if TYPED & {verb for verb, *_ in way})})
)
def test_a_screen_stands_whatever_is_written_on_it(stage, kiosk, monkeypatch, name, size):
    """It is drawn; tags, patterns and formulas show as they were written; what can be touched is still within reach."""
    stage.resize(size, Theme(motion=False), "th")
    typed = itertools.cycle([text for text in HOSTILE.values() if text.strip()])
    way = tuple((verb, *([next(typed)] if verb in TYPED and rest else rest)) for verb, *rest in WAYS[name])
    monkeypatch.setitem(WAYS, name, way)
    root = stage.show(picture(name, kiosk, "th"))
    stage.frames(2)
    widgets = list(stage.walk(root))
    labels = [each for each in widgets if isinstance(each, ShapedLabel) and each.text]
    for label in labels:
        assert label.texture_size[0] <= 4096, label.text[:40]
        assert label.texture_size[1] <= 16384, label.text[:40]
    # Nothing is filled in and no tag is obeyed: whoever shows these texts shows them as they are.
    told = "\n".join(label.text for label in labels)
    for text in HOSTILE.values():
        for mark in ("[size=999]", "{name!r:>99}", "<script>", "%(x)s"):
            if mark in text and text[:12] in told:
                assert mark in told
    out = [
        each.action or type(each).__name__
        for each in widgets
        if isinstance(each, Touchable) and not each.disabled and each.opacity and each.width > 1
        and not inside(each, size)
    ]  # fmt: skip
    assert out == []
