"""Make the two small icon fonts from Phosphor's web fonts: only the icons in `names.txt`, fill and bold.

    npm install --ignore-scripts @phosphor-icons/web          # in any folder
    python assets/icons/build.py node_modules/@phosphor-icons/web

An icon is one glyph, so the kiosk's own text raster draws it at any size and in any colour. To use another icon, add
its name (phosphoricons.com) to `names.txt` and run this again. Needs fontTools, which the server's tools bring along.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from fontTools import subset

HERE = Path(__file__).resolve().parent


def main(package: Path) -> None:
    """Write `phosphor-fill.ttf`, `phosphor-bold.ttf` and `codepoints.json` beside this file."""
    names = sorted({line.strip() for line in (HERE / "names.txt").read_text("utf-8").splitlines() if line.strip()})
    points: dict[str, int] = {}
    for weight in ("fill", "bold"):
        source = package / "src" / weight
        css = (source / "style.css").read_text("utf-8")
        found = {
            name: int(point, 16)
            for name, point in re.findall(rf'\.ph-{weight}\.ph-([a-z0-9-]+):before \{{\s*content: "\\([0-9a-f]+)"', css)
        }
        unknown = [name for name in names if name not in found]
        if unknown:
            sys.exit(f"Phosphor {weight} has no icon called {', '.join(unknown)}")
        points = points or {name: found[name] for name in names}
        if any(points[name] != found[name] for name in names):
            sys.exit("Phosphor's weights no longer share code points: write one table a weight")
        options = subset.Options(
            layout_features=[], name_IDs=[1, 2, 13, 14], notdef_outline=True, drop_tables=["GSUB", "GPOS", "GDEF"]
        )
        options.recalc_timestamp = False
        font = subset.load_font(str(source / f"Phosphor-{weight.title()}.ttf"), options)
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=points.values())
        cutter.subset(font)
        subset.save_font(font, str(HERE / f"phosphor-{weight}.ttf"), options)
    (HERE / "codepoints.json").write_text(json.dumps(points, indent=0, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
