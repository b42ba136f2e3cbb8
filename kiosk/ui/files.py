"""Where the kiosk finds the files it draws with: fonts, icons, pictures, keyboards, words.

They live in `assets/` beside the packages. `SALA_ASSETS` names another place, for an installation that keeps them
elsewhere.
"""

from __future__ import annotations

import os
from pathlib import Path

ASSETS = Path(os.environ.get("SALA_ASSETS") or Path(__file__).resolve().parents[2] / "assets")
FONTS = ASSETS / "fonts"
ICONS = ASSETS / "icons"
PICTURES = ASSETS / "art" / "png"
KEYBOARDS = ASSETS / "keyboards"
WORDS = ASSETS / "words"
