"""Every widget stands in every language, size and theme, whole, on assets that exist."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from kiosk.ui.files import ASSETS, FONTS, ICONS, PICTURES
from kiosk.ui.gallery import add, draw_all, registered, sheet
from kiosk.ui.harness import Stage
from kiosk.ui.theme import LANDSCAPE, PORTRAIT, Theme
from kiosk.ui.widgets import MODULES, ShapedLabel
from kiosk.ui.widgets.icon import icon_names
from kiosk.ui.widgets.surface import Ground

UI = Path(__file__).resolve().parents[3] / "kiosk" / "ui"
WITH_EXAMPLES = [name for name in MODULES if name not in ("text", "touch", "surface", "icon", "panel")]


@pytest.mark.parametrize("module", WITH_EXAMPLES)
def test_examples_are_whole(stage: Stage, module: str) -> None:
    """In Thai and English, on both sizes, no word of an example is cut and nothing hangs out of the window."""
    assert import_module(f"kiosk.ui.widgets.{module}").EXAMPLES
    large = Theme(motion=False, text_factor=1.25, contrast=True)
    for size, theme, lang in ((PORTRAIT, None, "th"), (PORTRAIT, large, "en"), (LANDSCAPE, large, "th")):
        stage.resize(size, theme, lang)
        for page in sheet(stage, module, lang):
            stage.show(page)
            for widget in stage.walk(page):
                if isinstance(widget, ShapedLabel) and widget.text:
                    assert not widget.cut_short, (size, theme, lang, widget.text)
                    left = widget.to_window(widget.x, widget.y)[0]
                    assert -1 <= left <= size[0] + 1 - widget.texture_size[0], (size, theme, lang, widget.text)


def test_examples_stand_in_jawi_too(stage: Stage) -> None:
    """Mirrored Jawi lays out without a stumble, ready for its reviewed words."""
    lang = "ms-Arab"
    stage.resize(PORTRAIT, lang=lang)
    for module in WITH_EXAMPLES:
        for page in sheet(stage, module, lang):
            stage.show(page)


def test_the_gallery_draws_a_registered_screen(stage: Stage, tmp_path: Path) -> None:
    """A builder that is added is drawn in each language and size, in colour."""

    def build(lang: str, _size: Any) -> Any:
        ground = Ground()
        ground.add_widget(ShapedLabel(text=f"ศาลาทอง {lang}"))
        return ground

    add("screen-example", build)
    assert "screen-example" in registered()
    written = draw_all(tmp_path, ["screen-example"])
    assert {path.parent.name for path in written} == {"portrait", "landscape"}
    for path in written:
        with Image.open(path) as picture:
            assert picture.size == (PORTRAIT if path.parent.name == "portrait" else LANDSCAPE)
            assert len(picture.getcolors(1 << 20) or ()) > 5, path
    assert stage is not None


def test_icons_and_pictures_exist() -> None:
    """Every sign and drawing that a rule or an example names is among the assets."""
    icons, pictures = set(icon_names()), {path.stem for path in PICTURES.glob("*.png")}
    for path in [*UI.rglob("*.kv"), *UI.rglob("*.py")]:
        source = path.read_text("utf-8")
        for name in re.findall(r"""\bicon(?:=|: *)["']([a-z0-9-]+)["']""", source):
            assert name in icons, f"{path.name}: {name}"
        for name in re.findall(r"""\bpicture(?:=|: *)["']([a-z0-9-]+)["'](?: *[,)\n])""", source):
            assert name in pictures, f"{path.name}: {name}"


def test_assets_are_small_and_licensed() -> None:
    """Fonts, icons and pictures together stay under four megabytes, each folder with its licence beside it."""
    binary = [path for path in ASSETS.rglob("*") if path.suffix in {".ttf", ".png", ".gz"}]
    assert sum(path.stat().st_size for path in binary) < 4 << 20
    for folder in (FONTS, ICONS, PICTURES.parent, ASSETS / "words"):
        assert (folder / "LICENCE.md").exists(), folder


def test_every_font_has_its_licence_text() -> None:
    """The OFL asks to travel with the font."""
    for path in FONTS.glob("*.ttf"):
        assert (FONTS / f"OFL-{path.stem.split('_')[0]}.txt").exists(), path.name


def test_shaping_and_theme_know_no_kivy() -> None:
    """The slip printer, the presenters and the server may use them: importing them brings no Kivy."""
    code = (
        "import sys, kiosk.ui.shaping, kiosk.ui.theme, kiosk.ui.editing, kiosk.ui.files, kiosk.ui.kivy_env\n"
        "sys.exit(any(name.split('.')[0] == 'kivy' for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=UI.parents[1], check=False).returncode == 0
