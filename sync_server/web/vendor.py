r"""Refresh the vendored parts of the staff web: fonts, icon sprite and htmx.

The pages load nothing from outside the office, so everything they need lies in ``static/web`` with its licence beside
it. This script makes those files again from an unpacked npm folder. Nobody runs it in production. To add an icon, put
its Phosphor name into ``ICONS`` and run::

    npm install --no-save @expo-google-fonts/sarabun@0.4.1 @expo-google-fonts/noto-sans-thai-looped@0.4.2 \
        @phosphor-icons/core@2.1.1 htmx.org@2.0.11
    python -m sync_server.web.vendor node_modules

Each icon comes twice, ``name`` (bold, for lines and buttons) and ``name-fill`` (for discs, tags and the active row).
Fonts are the complete TrueType files rewritten as WOFF2: no subsetting, because a citizen may type any character.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from fontTools.ttLib import TTFont

STATIC = Path(__file__).parent / "static" / "web"

_ICON_NAMES = (
    "archive arrow-clockwise arrow-counter-clockwise arrow-down arrow-left arrow-right arrow-up bank bookmark-simple "
    "broadcast buildings calendar-blank caret-down caret-left caret-right caret-up chart-line chart-line-up "
    "chat-circle-text chats-circle check check-circle checks circle circle-dashed clipboard-text clock cloud-arrow-up "
    "cloud-check coins copy database desktop device-tablet devices dots-three download-simple envelope "
    "envelope-simple eye eye-slash file-doc file-magnifying-glass file-pdf file-text fingerprint flow-arrow "
    "folder-open funnel gauge gear-six git-branch git-fork globe hand-palm hard-drives hash heart hourglass house "
    "image info key lightbulb link list list-checks list-magnifying-glass lock lock-key magnifying-glass map-pin "
    "megaphone minus moon newspaper note-pencil paper-plane-right paper-plane-tilt pencil-simple phone plugs plus "
    "printer prohibit question receipt rows scales seal-check seal-warning shield-check sign-out siren smiley "
    "smiley-angry smiley-meh smiley-nervous smiley-sad smiley-wink stack star storefront sun-horizon thumbs-up ticket "
    "translate tray upload-simple usb user user-circle users users-three warning warning-circle warning-octagon "
    "wifi-slash x "
)
ICONS = tuple(_ICON_NAMES.split())

FONTS = {
    "sarabun-400.woff2": "sarabun/400Regular/Sarabun_400Regular.ttf",
    "sarabun-600.woff2": "sarabun/600SemiBold/Sarabun_600SemiBold.ttf",
    "sarabun-700.woff2": "sarabun/700Bold/Sarabun_700Bold.ttf",
    "sarabun-800.woff2": "sarabun/800ExtraBold/Sarabun_800ExtraBold.ttf",
    "looped-400.woff2": "noto-sans-thai-looped/400Regular/NotoSansThaiLooped_400Regular.ttf",
    "looped-600.woff2": "noto-sans-thai-looped/600SemiBold/NotoSansThaiLooped_600SemiBold.ttf",
}

LICENCES = {
    "fonts/sarabun.OFL.txt": "@expo-google-fonts/sarabun/LICENSE_FONT",
    "fonts/looped.OFL.txt": "@expo-google-fonts/noto-sans-thai-looped/LICENSE_FONT",
    "icons.LICENSE.txt": "@phosphor-icons/core/LICENSE",
    "htmx.LICENSE.txt": "htmx.org/LICENSE",
}

_SVG = re.compile(r"<svg[^>]*>(?P<drawing>.*)</svg>", re.DOTALL)


def sprite(node_modules: Path) -> str:
    """Return one SVG holding every icon of ``ICONS`` as a ``<symbol>``, bold and filled."""
    symbols = []
    for name in sorted(ICONS):
        for weight, suffix in (("bold", ""), ("fill", "-fill")):
            source = node_modules / "@phosphor-icons/core/assets" / weight / f"{name}-{weight}.svg"
            found = _SVG.search(source.read_text(encoding="utf-8"))
            if found is None:
                raise ValueError(f"{source} is not a plain SVG")
            symbols.append(f'<symbol id="{name}{suffix}" viewBox="0 0 256 256">{found["drawing"]}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def main(node_modules: Path) -> None:
    """Write fonts, sprite, script and licences below ``static/web``."""
    (STATIC / "fonts").mkdir(parents=True, exist_ok=True)
    for target, source in FONTS.items():
        font = TTFont(node_modules / "@expo-google-fonts" / source)
        font.flavor = "woff2"
        font.save(STATIC / "fonts" / target)
    for target, source in LICENCES.items():
        shutil.copyfile(node_modules / source, STATIC / target)
    shutil.copyfile(node_modules / "htmx.org/dist/htmx.min.js", STATIC / "htmx.min.js")
    (STATIC / "icons.svg").write_text(sprite(node_modules), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
