"""Drawing a slip: from what it says to the black and white dots that a thermal printer burns.

Thai never goes to a printer as text: code pages differ by model and float the tone marks. Every slip is one picture,
shaped by HarfBuzz through Pillow's raqm; without raqm nothing is drawn (`check`).

    image = render(slip, width_dots=384)        # mode "1", 384 (58 mm) or 576 (80 mm) dots wide

Sizes are written for 384 dots and scaled from there. Text is never under 24 dots.
"""

import functools
import gzip
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date
from itertools import chain, pairwise
from pathlib import Path
from typing import Final, Literal

import qrcode
from PIL import Image, ImageDraw, ImageFont, features

from kiosk import words
from kiosk.devices import line
from kiosk.paper import CaseSlip, FormSlip, GuideSlip, PaperLine, Slip, StripSlip, TicketSlip, TrialSlip
from shared import graphemes
from shared.errors import SalaError
from shared.showable import showable
from shared.thaibreak import ThaiBreaker

_ASSETS: Final = Path(__file__).resolve().parents[2] / "assets"
_BASE_WIDTH: Final = 384
_MARGIN: Final = 12
_SMALL, _BODY, _LEAD, _TITLE, _CODE, _TORN, _NUMBER = 24, 26, 30, 38, 54, 116, 154
#: Lines are this much higher than their letters: room for a vowel below and two marks above.
_LINE: Final = 1.42
_FEED: Final = 40

_BLACK, _WHITE = 0, 255

#: Words whose marks and descenders show at a glance whether Thai is drawn well.
HARD_WORDS: Final = "ที่ น้ำ ผู้ใหญ่ ฐานันดร กตัญญู"


Align = Literal["start", "centre"]


class CannotDraw(SalaError):
    """This machine cannot draw Thai as it is written."""

    remedy = "Install Pillow from requirements/kiosk.txt: it brings raqm, which puts Thai marks in their places."


def check() -> None:
    """Raise `CannotDraw` unless Pillow shapes text and the fonts are there."""
    if not features.check("raqm"):
        raise CannotDraw("Pillow has no raqm here")
    for name in chain(*line.FILES.values()):
        if not (line.FONTS / name).exists():
            raise CannotDraw(f"the font {name} is missing")


def render(slip: Slip, *, width_dots: int) -> Image.Image:
    """The slip as dots: mode "1", as long as it must be."""
    check()
    roll = _Roll(width_dots, rtl=slip.language == words.JAWI)
    if isinstance(slip, TicketSlip):
        _ticket(roll, slip)
    elif isinstance(slip, CaseSlip):
        _case(roll, slip)
    elif isinstance(slip, GuideSlip):
        _guide(roll, slip)
    elif isinstance(slip, FormSlip):
        _form(roll, slip)
    elif isinstance(slip, StripSlip):
        _strip(roll, slip)
    else:
        _trial(roll, slip)
    return roll.torn_off()


def draw_words(words: Sequence[str], *, width_dots: int) -> Image.Image:
    """Words one below the other, for trying out a printer and its fonts."""
    check()
    roll = _Roll(width_dots)
    for word in words:
        roll.text(word, _TITLE, "bold")
    return roll.torn_off()


def _ticket(roll: "_Roll", slip: TicketSlip) -> None:
    say = _saying(slip.language)
    roll.roof()
    roll.text(slip.office, _BODY, "semibold")
    roll.text(say("slip.centre"), _BODY, "regular")
    roll.rule()
    roll.text(slip.public_label, _LEAD, "bold")
    roll.number(slip.label)
    if slip.priority:
        roll.band(f"{say('slip.priority')}: {say(f'slip.{slip.priority}')}")
    if slip.ahead is not None:
        roll.text(say("slip.ahead").format(n=slip.ahead) if slip.ahead else say("slip.ahead_none"), _LEAD, "bold")
    if slip.minutes is not None:
        low, high = slip.minutes
        roll.text(say("slip.wait" if low else "slip.wait_below").format(low=low, high=high), _BODY, "regular")
    roll.text(_day(slip.day, slip.language, weekday=True) + (f"  {slip.time}" if slip.time else ""), _SMALL, "regular")
    if slip.papers:
        roll.dashes()
        roll.text(say("slip.papers"), _BODY, "bold", align="start")
        _papers(roll, slip.papers, say)
    if slip.link:
        roll.dashes()
        roll.qr(slip.link, say("slip.on_phone"), say("slip.on_wifi"))
    if slip.rating_code:
        roll.dashes()
        roll.gap(6)
        roll.text(say("slip.rate"), _SMALL, "regular")
        roll.text(" ".join((slip.rating_code[:4], slip.rating_code[4:])), _TITLE, "bold")
        roll.text(say("slip.rate_once"), _SMALL, "regular")
    roll.rule()
    roll.text(say("slip.late"), _SMALL, "regular")
    roll.text(slip.foot, _SMALL, "regular")


def _papers(roll: "_Roll", papers: Sequence[PaperLine], say: Callable[[str], str]) -> None:
    """Papers with boxes: ticked, or said to be missing, or left to those whom they concern."""
    for paper in papers:
        note = f"({say('slip.if_any')})" if paper.optional else say("slip.missing") if paper.at_hand is False else ""
        roll.check(f"{paper.name} {note}".rstrip(), ticked=bool(paper.at_hand))


def _guide(roll: "_Roll", slip: GuideSlip) -> None:
    say = _saying(slip.language)
    roll.roof()
    roll.text(slip.office, _BODY, "semibold")
    roll.rule()
    roll.text(slip.title, _LEAD, "bold")
    roll.gap(6)
    for label, told in (("promise", slip.promise), ("fee", slip.fee), ("hours", slip.hours), ("phone", slip.phone)):
        roll.text(say(f"slip.{label}"), _SMALL, "regular", align="start")
        roll.text(told, _SMALL, "bold", align="start")
    roll.dashes()
    roll.text(say("slip.steps"), _BODY, "bold", align="start")
    for number, step in enumerate(slip.steps, 1):
        roll.step(number, step.title, f"{step.time} · {step.who}")
    roll.dashes()
    roll.text(say("slip.papers"), _BODY, "bold", align="start")
    _papers(roll, slip.papers, say)
    if slip.forms:
        roll.dashes()
        roll.text(say("slip.forms"), _BODY, "bold", align="start")
        for name in slip.forms:
            roll.text(name, _SMALL, "regular", align="start")
    if slip.link:
        roll.dashes()
        roll.qr(slip.link, say("slip.same_at_home"))
    roll.rule()
    roll.text(f"{say('slip.checked')} {slip.checked}", _SMALL, "regular")
    roll.text(say("slip.no_number"), _SMALL, "semibold")
    roll.text(slip.foot, _SMALL, "regular")


def _form(roll: "_Roll", slip: FormSlip) -> None:
    say = _saying(slip.language)
    roll.roof()
    roll.text(slip.office, _BODY, "semibold")
    roll.rule()
    roll.text(slip.name, _LEAD, "bold")
    roll.text(slip.service, _SMALL, "regular")
    roll.dashes()
    roll.text(say("slip.asks"), _BODY, "bold", align="start")
    for asked in slip.asks:
        roll.check(asked, ticked=False)
    if slip.link:
        roll.dashes()
        roll.qr(slip.link, say("slip.form_here"), say("slip.form_counter"))
    else:
        roll.text(say("slip.form_counter"), _SMALL, "semibold")
    roll.rule()
    roll.text(f"{say('slip.phone')} {slip.phone}", _SMALL, "regular")
    roll.text(slip.foot, _SMALL, "regular")


def _strip(roll: "_Roll", slip: StripSlip) -> None:
    say = _saying(slip.language)
    roll.roof()
    roll.text(slip.office, _BODY, "semibold")
    roll.rule()
    roll.text(say("slip.strip"), _TITLE, "bold")
    roll.text(f"{slip.labels[0]}\u2013{slip.labels[-1]}", _TITLE, "bold")
    roll.text(say("slip.strip_how"), _SMALL, "regular")
    for label in slip.labels:
        roll.dashes()
        roll.text(slip.public_label, _BODY, "semibold")
        roll.number(label, _TORN)
        roll.text(f"{say('slip.strip_one')} · {_day(slip.day, slip.language)}", _SMALL, "regular")
    roll.dashes()
    roll.text(say("slip.strip_later"), _SMALL, "regular")
    roll.text(slip.foot, _SMALL, "regular")


def _case(roll: "_Roll", slip: CaseSlip) -> None:
    say = _saying(slip.language)
    roll.roof()
    roll.text(slip.office, _BODY, "semibold")
    roll.rule()
    roll.text(say("slip.case_title"), _TITLE, "bold")
    roll.text(f"{say('slip.received')} {_day(slip.filed_on, slip.language)}", _BODY, "regular")
    roll.gap(8)
    roll.text(say("slip.your_code"), _BODY, "semibold", align="start")
    groups = [slip.code[i : i + 4] for i in range(0, len(slip.code), 4)]
    roll.boxed([" ".join(groups[i : i + 2]) for i in range(0, len(groups), 2)])
    roll.band(say("slip.keep"))
    roll.dashes()
    roll.text(say("slip.next"), _BODY, "bold", align="start")
    roll.step(1, say("slip.acknowledge"), _day(slip.acknowledge_by, slip.language))
    roll.step(2, say("slip.answer"), _day(slip.answer_by, slip.language))
    roll.step(3, say("slip.not_solved"), say("slip.with_code_web" if slip.track_url else "slip.with_code"))
    if slip.track_url:
        roll.dashes()
        roll.qr(slip.track_url, say("slip.open_web"), say("slip.type_code"))
    roll.rule()
    roll.text(say("slip.proof"), _SMALL, "regular")
    roll.text(slip.proof, _BODY, "bold")
    roll.text(say("slip.tells_nothing"), _SMALL, "regular")


def _trial(roll: "_Roll", slip: TrialSlip) -> None:
    say = _saying(slip.language)
    roll.roof()
    roll.text(slip.office, _BODY, "semibold")
    roll.text(slip.kiosk, _SMALL, "regular")
    roll.text(_day(slip.day, slip.language), _SMALL, "regular")
    roll.rule()
    roll.text(say("slip.trial"), _TITLE, "bold")
    roll.text(HARD_WORDS, _LEAD, "regular")
    roll.gap(10)
    roll.band(say("slip.trial_black"))
    roll.number("A123")
    roll.dashes()
    roll.text(say("slip.trial_whole"), _SMALL, "regular")


def _saying(language: str) -> Callable[[str], str]:
    return functools.partial(words.sentence, language=language)


def _day(day: date, language: str, *, weekday: bool = False) -> str:
    say = _saying(language)
    written = words.short_day(say, day, language)
    return f"{words.weekday(say, day)} {written}" if weekday else written


class _Roll:
    """A strip of paper that grows downwards. All sizes are in dots of the 384 wide strip. Where `rtl`, what begins at
    the left edge begins at the right one.
    """

    def __init__(self, width_dots: int, *, rtl: bool = False) -> None:
        self._rtl = rtl
        self._scale = width_dots / _BASE_WIDTH
        self._width = width_dots
        self._paper = Image.new("L", (width_dots, self._px(600)), _WHITE)
        self._pen = ImageDraw.Draw(self._paper)
        self._y = self._px(16)

    def torn_off(self) -> Image.Image:
        """What was drawn, cut to length, every dot black or white."""
        strip = self._paper.crop((0, 0, self._width, self._y + self._px(_FEED)))
        return strip.point(lambda value: _BLACK if value < 128 else _WHITE).convert("1")

    def gap(self, height: int) -> None:
        """Leave room."""
        self._y += self._px(height)

    def text(self, text: str, size: int, weight: str, *, align: Align = "centre") -> None:
        """Lines of text, wrapped between words and at line ends."""
        for part in text.split("\n"):
            # Marks that hang on nothing would lean out over the edge: they hang on spaces.
            hanging = align == "start" and unicodedata.category(part[:1] or " ")[0] == "M"
            words = "\u00a0\u00a0" + part if hanging else part
            self._lines(self._wrap(words, self._inner, size, weight), size, weight, align, self._px(_MARGIN))

    def roof(self) -> None:
        """Three lines of a pavilion's roof: the mark on every paper."""
        half, middle = self._px(66), self._width // 2
        width = max(2, self._px(4))
        for level in range(3):
            reach = half * (6 + 2 * level) // 10
            top = self._y + self._px(10 * level)
            low = top + self._px(18)
            points = [(middle - reach, low), (middle - reach // 2, low - self._px(5)), (middle, top),
                      (middle + reach // 2, low - self._px(5)), (middle + reach, low)]  # fmt: skip
            self._room(self._px(60))
            self._pen.line(points, fill=_BLACK, width=width, joint="curve")
        self._y += self._px(52)

    def rule(self) -> None:
        """A full line across."""
        self._y += self._px(8)
        self._room(self._px(3))
        self._pen.rectangle(self._across(self._px(3)), fill=_BLACK)
        self._y += self._px(12)

    def dashes(self) -> None:
        """A broken line across."""
        self._y += self._px(9)
        self._room(self._px(3))
        dash = self._px(7)
        for x in range(self._px(_MARGIN), self._width - self._px(_MARGIN) - dash // 2, dash * 8 // 5):
            self._pen.rectangle((x, self._y, x + dash, self._y + self._px(3) - 1), fill=_BLACK)
        self._y += self._px(9)

    def number(self, label: str, size: int = _NUMBER) -> None:
        """A ticket number, as large as the paper allows."""
        label = _plain(label)
        while self._font(size, "extrabold").getlength(label) > self._inner:
            size -= 2
        font = self._font(size, "extrabold")
        left, top, right, bottom = font.getbbox(label)
        height = int(bottom - top)
        self._room(height + self._px(24))
        self._y += self._px(10)
        self._pen.text(((self._width - (right - left)) / 2 - left, self._y - top), label, font=font, fill=_BLACK)
        self._y += height + self._px(14)

    def band(self, text: str) -> None:
        """White on black, across the whole strip."""
        lines = self._wrap(text, self._inner - self._px(12), _BODY, "semibold")
        height = len(lines) * self._line(_BODY) + self._px(8)
        self._room(height)
        self._pen.rectangle(self._across(height), fill=_BLACK)
        self._y += self._px(4)
        self._lines(lines, _BODY, "semibold", "centre", self._px(_MARGIN), fill=_WHITE)
        self._y += self._px(10)

    def check(self, text: str, *, ticked: bool) -> None:
        """A line with a box before it."""
        side, indent = self._px(22), self._px(_MARGIN + 34)
        weight = "regular" if ticked else "semibold"
        lines = self._wrap(text, self._width - indent - self._px(_MARGIN), _SMALL, weight)
        self._room(self._line(_SMALL) * len(lines) + self._px(8))
        x, y = self._from_start(self._px(_MARGIN), side), self._y + (self._line(_SMALL) - side) // 2
        pen = self._px(3)
        self._pen.rectangle((x, y, x + side, y + side), outline=_BLACK, width=pen)
        if ticked:
            tick = [
                (x + side // 5, y + side // 2),
                (x + side * 2 // 5, y + side * 3 // 4),
                (x + side * 5 // 6, y + side // 5),
            ]
            self._pen.line(tick, fill=_BLACK, width=pen, joint="curve")
        self._lines(lines, _SMALL, weight, "start", indent)
        self._y += self._px(4)

    def step(self, number: int, title: str, below: str) -> None:
        """A numbered disc with two lines beside it."""
        radius, indent = self._px(19), self._px(_MARGIN + 52)
        self._room(self._line(_SMALL) * 4)
        x = self._from_start(self._px(_MARGIN), 2 * radius) + radius
        y = self._y + self._line(_SMALL) // 2 + self._px(4)
        self._pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=_BLACK)
        self._pen.text((x, y), str(number), font=self._font(_SMALL, "bold"), fill=_WHITE, anchor="mm")
        for text, weight in ((title, "regular"), (below, "semibold")):
            lines = self._wrap(text, self._width - indent - self._px(_MARGIN), _SMALL, weight)
            self._lines(lines, _SMALL, weight, "start", indent)
        self._y += self._px(6)

    def boxed(self, lines: Sequence[str]) -> None:
        """Large lines inside a rounded frame."""
        font = self._font(_CODE, "bold")
        step = self._px(64)
        height = step * len(lines) + self._px(20)
        self._y += self._px(5)
        self._room(height)
        frame = self._across(height)
        self._pen.rounded_rectangle(frame, radius=self._px(10), outline=_BLACK, width=self._px(4))
        for place, text in enumerate(lines):
            centre = self._y + self._px(10) + step * place + step // 2
            self._pen.text((self._width / 2, centre), text, font=font, fill=_BLACK, anchor="mm")
        self._y += height + self._px(10)

    def qr(self, data: str, *beside: str) -> None:
        """A QR code with lines beside it; a cell is a whole number of dots."""
        code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
        code.add_data(data)
        matrix = code.get_matrix()
        cell = max(3, self._px(116) // len(matrix))
        side = cell * len(matrix)
        x0 = self._from_start(self._px(_MARGIN), side)
        self._y += self._px(8)
        self._room(side + self._px(8))
        for row, cells in enumerate(matrix):
            for column, dark in enumerate(cells):
                if dark:
                    x, y = x0 + column * cell, self._y + row * cell
                    self._pen.rectangle((x, y, x + cell - 1, y + cell - 1), fill=_BLACK)
        top, indent = self._y, self._px(_MARGIN + 16) + side
        for place, text in enumerate(beside):
            weight = "regular" if place else "semibold"
            lines = self._wrap(text, self._width - indent - self._px(_MARGIN), _SMALL, weight)
            self._lines(lines, _SMALL, weight, "start", indent)
        self._y = max(self._y, top + side) + self._px(4)

    # ---- inside ----------------------------------------------------------------------------------------------------

    @property
    def _inner(self) -> int:
        return self._width - 2 * self._px(_MARGIN)

    def _px(self, dots: int) -> int:
        return round(dots * self._scale)

    def _line(self, size: int) -> int:
        return round(self._px(size) * _LINE)

    def _font(self, size: int, weight: str) -> ImageFont.FreeTypeFont:
        return line.font(self._px(size), weight)

    def _wrap(self, text: str, width: int, size: int, weight: str) -> list[str]:
        return _wrap(text, width, lambda part: line.length(part, self._px(size), weight))

    def _from_start(self, indent: int, width: int) -> int:
        """The left edge of what is `width` dots wide and begins `indent` dots from where lines begin."""
        return self._width - indent - width if self._rtl else indent

    def _across(self, height: int) -> tuple[int, int, int, int]:
        return self._px(_MARGIN), self._y, self._width - self._px(_MARGIN) - 1, self._y + height - 1

    def _room(self, height: int) -> None:
        """Make the paper long enough for `height` more dots below the present place."""
        needed = self._y + height + self._px(_FEED)
        if needed > self._paper.height:
            longer = Image.new("L", (self._width, needed * 3 // 2), _WHITE)
            longer.paste(self._paper)
            self._paper, self._pen = longer, ImageDraw.Draw(longer)

    def _lines(
        self, lines: Sequence[str], size: int, weight: str, align: Align, indent: int, *, fill: int = _BLACK
    ) -> None:
        step = self._line(size)
        self._room(step * len(lines))
        anchor: line.Anchor = "ms" if align == "centre" else "rs" if self._rtl else "ls"
        x = self._width / 2 if align == "centre" else float(self._from_start(indent, 0))
        for text in lines:
            # The baseline sits where the middle of a Thai consonant is the middle of the line, whatever marks it bears.
            at = (x, self._y + step / 2 + self._px(size) * 0.34)
            line.draw(self._pen, at, text, self._px(size), weight, anchor=anchor, fill=fill)
            self._y += step


@functools.cache
def _breaker() -> ThaiBreaker:
    folder = _ASSETS / "words"
    common = gzip.decompress((folder / "words_th.txt.gz").read_bytes()).decode()
    return ThaiBreaker([*common.split("\n"), *(folder / "office.txt").read_text("utf-8").split("\n")])


def _plain(text: str) -> str:
    """`text` in one line, without what has no shape or would let a slip read other than it is."""
    return showable(text).replace("\n", " ")


def _wrap(text: str, width: int, measure: Callable[[str], float]) -> list[str]:
    """`text` in lines of at most `width` dots, cut between words; within one only where it alone is wider."""
    lines = [""]
    for piece in _pieces(_plain(text)):
        if lines[-1] and measure((lines[-1] + piece).rstrip(" ")) > width:
            lines.append("")
        for part in _parts(piece, width, measure):
            if lines[-1] and measure((lines[-1] + part).rstrip(" ")) > width:
                lines.append("")
            lines[-1] += part
    return [each.strip(" ") for each in lines]


def _parts(word: str, width: int, measure: Callable[[str], float]) -> list[str]:
    """A word as it is, or in parts as wide as the paper, no mark apart from its letter."""
    if measure(word.rstrip(" ")) <= width:
        return [word]
    parts = [""]
    for start, end in pairwise(graphemes.boundaries(word)):
        if parts[-1] and measure(parts[-1] + word[start:end]) > width:
            parts.append("")
        parts[-1] += word[start:end]
    return parts


def _pieces(text: str) -> list[str]:
    """Where a line may end: behind a space or between Thai words, never inside what a no-break space holds together."""
    ends = {*_breaker().boundaries(text), *(at + 1 for at, char in enumerate(text) if char == " "), len(text)}
    glued = {at for at in ends if at < len(text) and (text[at] in "ๆฯ,.:)\u00a0 " or text[at - 1] in "(\u00a0")}
    cuts = sorted(ends - glued)
    return [text[start:end] for start, end in zip([0, *cuts], cuts, strict=False)]
