r"""Text on its way into a page: Thai words stay whole, hostile characters become visible, lines stay lines.

Thai is written without spaces, and browsers cut it with dictionaries that do not know an office's terms. So a text is
put into ``<span class="th">``, which the style sheet keeps on one line, and ``<wbr>`` is written at the only places
where it may turn: between words, never between a number and its unit or a day and its month. Copying such a text
gives exactly what was typed.

    wrap("ไฟถนนดับ 3 วัน")      ->  <span class="th">ไฟ<wbr>ถนน<wbr>ดับ <wbr>3 วัน</span>
    wrap("\u202eabc")           ->  the mark "U+202E" and abc: a control character is shown, it does not act
"""

import gzip
import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from shared.thaibreak import ThaiBreaker

#: A run without any place to turn is opened by force after this many letters: nothing pushes a page beyond its frame.
#: Thai letters are narrower, and the longest terms an office needs whole have 20 of them.
RUN_LETTERS_MAX = 18
RUN_THAI_LETTERS_MAX = 24

_LISTS = Path(__file__).resolve().parents[2] / "assets" / "words"
_THAI = re.compile("[\u0e00-\u0e7f]")
#: After a space, unless what follows cannot begin a line.
_SPACE = re.compile(r" (?=[^ ๆฯ,.;:!?)\]}%])|(?<=[^0-9๐-๙ ])[/–—-](?=[^0-9๐-๙ ])")
_UNITS = (
    "วัน|ชั่วโมง|ชม\\.|นาที|วินาที|เดือน|ปี|สัปดาห์|น\\.|บาท|คน|ราย|รายการ|เรื่อง|ครั้ง|คิว|ใบ|คะแนน|จาก|หน้า|หลัก|แห่ง|ฉบับ|ข้อ|ตู้|เครื่อง|ชุด|ต้น|กม\\.|เมตร|%"
    "|ม\\.ค\\.|ก\\.พ\\.|มี\\.ค\\.|เม\\.ย\\.|พ\\.ค\\.|มิ\\.ย\\.|ก\\.ค\\.|ส\\.ค\\.|ก\\.ย\\.|ต\\.ค\\.|พ\\.ย\\.|ธ\\.ค\\."
    "|มกราคม|กุมภาพันธ์|มีนาคม|เมษายน|พฤษภาคม|มิถุนายน|กรกฎาคม|สิงหาคม|กันยายน|ตุลาคม|พฤศจิกายน|ธันวาคม"
)
#: Spaces that must not open: between number and unit, month and year, "หมู่" and its number.
_GLUE = re.compile(
    rf"[0-9๐-๙] (?=(?:{_UNITS}))|\.[ ](?=[0-9๐-๙]{{4}})|(?:คม|ยน|ธ์) (?=[0-9๐-๙]{{4}})"
    "|(?:หมู่|ช่อง|ข้อ|ที่|ตู้|ชั้น) (?=[0-9๐-๙])"
)
#: What may stand in a text without being seen on its own: joiners that Thai, Jawi and emoji need.
_QUIET = "\u200b\u200c\u200d"
_ACTING = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


@cache
def _breaker() -> ThaiBreaker:
    """The product's dictionary and the office's own terms, read once."""
    return ThaiBreaker(
        [
            *(_LISTS / "office.txt").read_text("utf-8").split(),
            *gzip.decompress((_LISTS / "words_th.txt.gz").read_bytes()).decode("utf-8").split(),
        ]
    )


def _turns(text: str) -> set[int]:
    """Where a line may turn: between Thai words and after spaces, less the places between a number and what it
    counts.
    """
    spaces = {found.end() for found in _SPACE.finditer(text)}
    return (spaces | set(_breaker().boundaries(text))) - {found.end() for found in _GLUE.finditer(text)}


def _shown(char: str) -> str:
    """One character as markup: escaped, or named where it would act on the text around it."""
    if char == "\n":
        return "<br>"
    if char not in _QUIET and unicodedata.category(char) in _ACTING:
        return f'<span class="ctl">U+{ord(char):04X}</span>'
    return str(escape(char))


def _may_force(text: str, at: int) -> bool:
    """Whether a forced turn at `at` leaves no vowel or mark standing alone."""
    return not unicodedata.combining(text[at]) and unicodedata.category(text[at]) != "Mn" and text[at] not in "ะาำๅๆฯ"


def _parts(text: str) -> Iterator[str]:
    turns = _turns(text)
    run = 0
    for at, char in enumerate(text):
        letters_max = RUN_THAI_LETTERS_MAX if _THAI.match(char) else RUN_LETTERS_MAX
        if at in turns or (run >= letters_max and _may_force(text, at)):
            yield "<wbr>"
            run = 0
        yield _shown(char)
        run = 0 if char in " \n" else run + (unicodedata.category(char) != "Mn")


def wrap(text: str) -> SafeString:
    """The text as safe markup whose words stay whole. Keeps nothing: use it for what people typed."""
    return mark_safe(f'<span class="th">{"".join(_parts(text))}</span>')  # noqa: S308 - every character went through _shown


def beginning(text: str, chars_max: int) -> str:
    """How a text begins: its first line, cut between words with an ellipsis where it is longer than `chars_max`."""
    first = next(iter(text.strip().splitlines()), "").strip()
    if len(first) <= chars_max:
        return first
    cuts = [at for at in _turns(first) if at <= chars_max]
    return first[: max(cuts, default=chars_max)].rstrip() + "…"


@lru_cache(maxsize=4096)
def wrap_label(text: str) -> SafeString:
    """`wrap` for texts of ours, which return on every page; plain where there is no Thai to hold together."""
    if not _THAI.search(text):
        return SafeString(escape(text))
    return wrap(text)
