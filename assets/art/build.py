"""Render the drawings to PNG, because Kivy draws no SVG: `svg/NAME.svg` becomes `png/NAME.png` and `png/NAME@2x.png`.

    python assets/art/build.py

Needs `resvg-py` (MPL-2.0) where the pictures are made, and nowhere else: the PNGs are committed. A drawing wider than
`SCENE_WIDTH` is a scene, made for the width of the screen, and comes at one size only.
"""

from __future__ import annotations

import io
from pathlib import Path

import resvg_py
from PIL import Image

HERE = Path(__file__).resolve().parent
SCENE_WIDTH = 400
FONTS = [str(path) for path in sorted((HERE.parent / "fonts").glob("*.ttf"))]


def main() -> None:
    """Render every drawing, and drop pictures whose drawing is gone."""
    target = HERE / "png"
    target.mkdir(exist_ok=True)
    made = set()
    for source in sorted((HERE / "svg").glob("*.svg")):
        for zoom, suffix in ((1, ""), (2, "@2x")):
            drawn = resvg_py.svg_to_bytes(svg_path=str(source), zoom=zoom, font_files=FONTS, skip_system_fonts=True)
            picture = Image.open(io.BytesIO(drawn))
            if zoom == 2 and picture.width > 2 * SCENE_WIDTH:
                continue
            name = f"{source.stem}{suffix}.png"
            picture.save(target / name, optimize=True)
            made.add(name)
    for old in target.glob("*.png"):
        if old.name not in made:
            old.unlink()


if __name__ == "__main__":
    main()
