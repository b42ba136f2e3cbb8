"""Content of a newer office server: pictures, signs and ids that this program does not have leave every screen standing
(F-H2).
"""

import msgspec
import pytest

from kiosk.config import pin_hash
from kiosk.ui import sample
from kiosk.ui.sample import SampleKiosk
from kiosk.ui.screens.examples import FIRST, PIN, picture
from kiosk.ui.theme import Theme

#: Fields that name something which lies elsewhere: in the program, or in another piece.
NAMES = frozenset({"picture", "icon", "division", "series", "houses", "enquiries", "sample", "category"})


def renamed(value):
    """The same content, in which each such name is one that nobody knows."""
    if isinstance(value, msgspec.Struct):
        fields = {name: getattr(value, name) for name in value.__struct_fields__}
        return msgspec.structs.replace(
            value,
            **{
                name: "of-a-later-year" if name in NAMES and isinstance(inner, str) and inner else renamed(inner)
                for name, inner in fields.items()
            },
        )
    if isinstance(value, list | tuple):
        return type(value)(renamed(each) for each in value)
    return value


@pytest.fixture(scope="module")
def kiosk(tmp_path_factory):
    """A sample kiosk whose office is ahead of it."""
    written = sample.sample_content()
    newer = type(written)(**{name: renamed(getattr(written, name)) for name in written.__slots__})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sample, "sample_content", lambda: newer)
        made = SampleKiosk(
            tmp_path_factory.mktemp("kiosk"), settings={"staff_pin_hash": pin_hash(PIN, b"sample pin salt.")}
        )
        made.flow.start()
        yield made
        made.world.store.close()


@pytest.mark.parametrize("name", sorted(FIRST))
def test_a_screen_stands_without_what_it_does_not_know(stage, kiosk, name):
    """It is drawn, with a plain sign in place of an unknown one."""
    stage.resize((540, 960), Theme(motion=False), "th")
    root = stage.show(picture(name, kiosk, "th"))
    stage.frames(2)
    assert len(list(stage.walk(root))) > 3
