"""Every string on the screen goes through the shaped-text widgets, none through Kivy's own text.

Kivy 2.3 draws น้ำ with colliding marks, turns 600 round in Jawi and crashes on ``[size=]`` in a marked-up label, so its
text widgets are not used anywhere, not even for one word.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

UI = Path(__file__).resolve().parents[2] / "kiosk" / "ui"
KV_FILES = sorted(UI.rglob("*.kv"))
PY_FILES = sorted(UI.rglob("*.py"))

WORDLESS = {"anchorlayout", "boxlayout", "floatlayout", "gridlayout", "relativelayout", "stencilview", "widget"}
"""The modules of `kivy.uix` that hold no text."""
TEXT_WIDGETS = {
    "Label", "Button", "ToggleButton", "TextInput", "CodeInput", "Spinner", "SpinnerOption", "DropDown", "TabbedPanel",
    "Popup", "Bubble", "BubbleButton", "ActionBar", "ActionButton", "Accordion", "AccordionItem", "FileChooserListView",
    "RstDocument", "TreeViewLabel", "Settings", "VKeyboard", "ModalView", "CoreLabel", "MarkupLabel",
}  # fmt: skip
KV_WIDGET = re.compile(r"^\s*<?-?\s*([A-Z]\w*)(?:@([\w+]+))?\s*>?\s*:\s*(?:#.*)?$")
UNTURNED = {"BoxLayout": "Box", "GridLayout": "Grid"}
"""Kivy's layouts that would stand the wrong way round for Jawi, and ours that turn."""
KV_RULE = re.compile(r"^\s*<[\w@+]+>:", re.MULTILINE)
KV_MARKUP = re.compile(r"^\s*(markup|font_name|font_script_name)\s*:")


def complaints_about_kv(source: str) -> list[str]:
    """What in a `.kv` text would draw words with Kivy's own text, or stand the wrong way round for Jawi."""
    found: list[str] = []
    for number, line in enumerate(source.splitlines(), start=1):
        named = KV_WIDGET.match(line)
        names = {named[1], *(named[2] or "").split("+")} if named else set()
        found += [f"{number}: {name} draws text of its own" for name in sorted(names & TEXT_WIDGETS)]
        found += [f"{number}: {name} never turns round, {UNTURNED[name]} does" for name in names & UNTURNED.keys()]
        if KV_MARKUP.match(line):
            found.append(f"{number}: {line.strip()} belongs to Kivy's labels")
    return found


def complaints_about_python(source: str) -> list[str]:
    """What in a module would draw words with Kivy's own text."""
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        modules: list[str] = []
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules = [node.module]
            if node.module == "kivy.uix":
                modules = [f"kivy.uix.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        for module in modules:
            if module.startswith("kivy.uix.") and module.split(".")[2] not in WORDLESS:
                found.append(f"{node.lineno}: {module} is not among the modules without text")
            if module.startswith(("kivy.core.text", "kivy.uix.label", "kivy.core.markup")):
                found.append(f"{node.lineno}: {module} is Kivy's own text")
        if isinstance(node, ast.Attribute) and node.attr in TEXT_WIDGETS and getattr(node.value, "id", "") == "Factory":
            found.append(f"{node.lineno}: Factory.{node.attr} draws text of its own")
        if isinstance(node, ast.keyword) and node.arg == "markup":
            found.append(f"{node.value.lineno}: markup belongs to Kivy's labels")
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and KV_RULE.search(node.value):
            found += [f"{node.lineno}: {complaint}" for complaint in complaints_about_kv(node.value)]
    return found


@pytest.mark.parametrize("path", KV_FILES, ids=lambda path: path.name)
def test_kv_draws_no_text_of_its_own(path: Path) -> None:
    """No rule uses a stock text widget or its markup."""
    assert complaints_about_kv(path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", PY_FILES, ids=lambda path: str(path.relative_to(UI)))
def test_python_draws_no_text_of_its_own(path: Path) -> None:
    """No module imports a stock text widget."""
    assert complaints_about_python(path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", KV_FILES, ids=lambda path: path.name)
def test_every_rule_file_has_its_module(path: Path) -> None:
    """A `.kv` stands beside the `.py` of the same name."""
    assert path.with_suffix(".py").exists()


def test_no_two_widgets_have_one_name() -> None:
    """Rules know widgets by their class's name alone: a second class of that name would take the first one's place."""
    homes: dict[str, list[str]] = {}
    for path in [*(UI / "widgets").glob("*.py"), *(UI / "screens").glob("*.py")]:
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef):
                homes.setdefault(node.name, []).append(path.name)
    assert {name: files for name, files in homes.items() if len(files) > 1} == {}


@pytest.mark.parametrize(
    "source",
    [
        "<Home>:\n    Label:\n        text: 'x'\n",
        "<Mine@Label>:\n    text: 'x'\n",
        "<Mine@Touchable+Button>:\n",
        "<Home>:\n    ShapedLabel:\n        markup: True\n",
        "Button:\n",
        "<Home>:\n    BoxLayout:\n",
    ],
)
def test_the_lint_sees_kv(source: str) -> None:
    """Each way to bring in Kivy's text in `.kv` is found."""
    assert complaints_about_kv(source)


@pytest.mark.parametrize(
    "source",
    [
        "from kivy.uix.label import Label",
        "from kivy.uix import textinput",
        "import kivy.uix.button",
        "from kivy.core.text import Label as CoreLabel",
        "widget = Factory.Button(text='x')",
        "widget = Mine(markup=True)",
        "Builder.load_string('''\n<Home>:\n    Label:\n''')",
        "from kivy.uix.popup import Popup",
    ],
)
def test_the_lint_sees_python(source: str) -> None:
    """Each way to bring in Kivy's text in Python is found."""
    assert complaints_about_python(source)


def test_the_lint_lets_the_house_style_pass() -> None:
    """What screens do write is no complaint, comments included."""
    assert complaints_about_kv("<Home>:\n    # Label: no\n    ShapedLabel:\n        text: root.view.title\n") == []
    assert complaints_about_python("from kivy.uix.boxlayout import BoxLayout\nfrom kivy.clock import Clock\n") == []
