"""Thai office facts that are arithmetic: years, halves, dates in words, working days, and the cleaning of typed text.

Inside, dates are `datetime.date` in the Common Era and instants are UTC. Buddhist-era years, Thai digits and month
names appear only at the edge, and only through this file.
"""

import unicodedata
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta, timezone

from shared.errors import Malformed

#: The office's time. Thailand has kept UTC+7 without summer time since 1920.
OFFICE_OFFSET_MIN = 7 * 60
OFFICE_ZONE = timezone(timedelta(minutes=OFFICE_OFFSET_MIN), "Asia/Bangkok")

_BE = 543
_BE_YEARS = range(2400, 2701)

MONTHS = (
    "มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน",
    "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม",
)  # fmt: skip
MONTHS_SHORT = ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.")
WEEKDAYS = ("จันทร์", "อังคาร", "พุธ", "พฤหัสบดี", "ศุกร์", "เสาร์", "อาทิตย์")

_TO_THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
_TO_ASCII = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")

_NO_BREAK = "\u00a0"


# --- years and periods -------------------------------------------------------------------------------------------


def be(year: int) -> int:
    """The Buddhist-era year of a Common-Era one."""
    return year + _BE


def date_from_be(year_be: int, month: int, day: int) -> date:
    """The date written with a Buddhist-era year. Raises `Malformed` where the year cannot be one or the day is none."""
    if year_be not in _BE_YEARS:
        raise Malformed(f"{year_be} is not a year of the Buddhist era")
    try:
        return date(year_be - _BE, month, day)
    except ValueError as error:
        raise Malformed(f"no such day: {day}/{month}/{year_be}") from error


def service_date(instant: datetime) -> date:
    """The office's calendar day at `instant` (aware)."""
    return instant.astimezone(OFFICE_ZONE).date()


def fiscal_year(day: date) -> int:
    """The fiscal year `day` lies in: 1 October to 30 September, named by the Buddhist-era year of its last day."""
    return be(day.year + (day.month >= 10))


def fiscal_half(day: date) -> int:
    """1 for October to March, 2 for April to September."""
    return 1 if day.month >= 10 or day.month <= 3 else 2


def fiscal_period(year_be: int, half: int | None = None) -> tuple[date, date]:
    """First and last day of a fiscal year, or of its half 1 or 2."""
    year = year_be - _BE
    if half is None:
        return date(year - 1, 10, 1), date(year, 9, 30)
    return {1: (date(year - 1, 10, 1), date(year, 3, 31)), 2: (date(year, 4, 1), date(year, 9, 30))}[half]


# --- dates in words ----------------------------------------------------------------------------------------------


def thai_digits(text: str) -> str:
    """The same text with Thai digits, as papers want it."""
    return text.translate(_TO_THAI)


def ascii_digits(text: str) -> str:
    """The same text with 0 to 9, for codes and telephone numbers that were typed with Thai digits."""
    return text.translate(_TO_ASCII)


def long_date(day: date) -> str:
    """As in 22 พฤศจิกายน 2569, held together by no-break spaces."""
    return _NO_BREAK.join((str(day.day), MONTHS[day.month - 1], str(be(day.year))))


def short_date(day: date) -> str:
    """As in 16 มี.ค. 2570, held together by no-break spaces."""
    return _NO_BREAK.join((str(day.day), MONTHS_SHORT[day.month - 1], str(be(day.year))))


def weekday(day: date) -> str:
    """The name of the day of the week, without วัน."""
    return WEEKDAYS[day.weekday()]


def time_of_day(instant: datetime) -> str:
    """As in 10.32 น., in the office's time."""
    return f"{instant.astimezone(OFFICE_ZONE):%H.%M}{_NO_BREAK}น."


# --- clocks in days ----------------------------------------------------------------------------------------------


def is_working_day(day: date, holidays: Collection[date]) -> bool:
    """Monday to Friday and not in the office's own table of holidays."""
    return day.weekday() < 5 and day not in holidays


def deadline(start: date, days: int, holidays: Collection[date], *, working: bool = False, roll: bool = True) -> date:
    """The last day of a limit of `days` that began on `start`; the first day is not counted.

    `working` counts working days only. `roll` moves a last day without office hours to the next working day.
    """
    day = start
    left = days
    while left > 0:
        day += timedelta(days=1)
        left -= not working or is_working_day(day, holidays)
    while roll and not is_working_day(day, holidays):
        day += timedelta(days=1)
    return day


def day_start(day: date) -> datetime:
    """The instant (UTC) at which `day` begins in the office."""
    return datetime(day.year, day.month, day.day, tzinfo=OFFICE_ZONE).astimezone(UTC)


# --- typed text --------------------------------------------------------------------------------------------------

#: Format characters that Thai, Jawi and emoji text needs; every other one (direction marks among them) is dropped.
_JOINERS = "\u200b\u200c\u200d"
_MARKS_MAX = 3
_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn")


def clean(text: str, *, chars_max: int, lines: bool = False) -> str:
    """What a person typed, fit to be kept and shown: NFC, nothing invisible, at most three marks on a letter, cut to
    length.

    `lines` keeps line ends (as LF); otherwise they become spaces. NFC is used and not NFKC, which would tear
    สระอำ apart.
    """
    kept: list[str] = []
    marks = 0
    for char in unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")):
        if char in "\n\t\u2028\u2029":
            kept.append("\n" if lines and char != "\t" else " ")
            marks = 0
            continue
        category = unicodedata.category(char)
        if category in _INVISIBLE and char not in _JOINERS:
            continue
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks <= _MARKS_MAX:
            kept.append(char)
    # Cutting may leave a mark alone at the start of nothing; stripping and composing again keeps `clean` stable.
    return unicodedata.normalize("NFC", "".join(kept)[:chars_max]).strip()


#: Tone marks, silencer, short-vowel mark and what separates words: people leave them out or mix them up.
_FOLDED_AWAY = str.maketrans(
    "", "", "\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e4d\u0e4e\u0e3a" + _JOINERS + "\u00a0 .-()"
)
#: Two ways of typing one letter: nikhahit and aa for sara am, two sara e for sara ae.
_SPELT_APART = (("\u0e4d\u0e32", "\u0e33"), ("\u0e40\u0e40", "\u0e41"))
_TONES = str.maketrans("", "", "\u0e48\u0e49\u0e4a\u0e4b")


def fold(text: str) -> str:
    """A key for searching that forgives tone marks, spacing, case and Thai digits. Never shown, never kept."""
    folded = unicodedata.normalize("NFC", ascii_digits(text)).casefold().translate(_TONES)
    for apart, joined in _SPELT_APART:
        folded = folded.replace(apart, joined)
    return folded.translate(_FOLDED_AWAY)
