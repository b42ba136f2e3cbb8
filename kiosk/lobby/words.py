"""Every sentence of the lobby's pages, in Thai, Malay and, where visitors read it, English.

Keys begin with their page: `counter.`, `board.`, `ticket.`; `lobby.` is said on several. `{braces}` are filled in by
the page. Sentences that refuse a press are keyed by what refused it (`queue.taken`), and say what to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from shared.content import Text


def _say(th: str, ms: str, en: str = "") -> Text:
    return Text(th=th, ms=ms, en=en)


WORDS: Final[Mapping[str, Text]] = MappingProxyType({
    "lobby.lost": _say("ขาดการต่อกับตู้", "Terputus daripada kiosk", "Not connected"),
    "lobby.back": _say("ต่อกับตู้แล้ว", "Bersambung dengan kiosk", "Connected"),
    "board.title": _say("จอเรียกคิว", "Papan giliran"),
    "board.centre": _say("ศูนย์บริการร่วม", "Pusat Khidmat Setempat"),
    "board.date": _say("วัน{weekday}\n{day}", "{weekday}, {day}"),
    "board.clock": _say("น.", ""),
    "board.please": _say("ขอเชิญหมายเลข", "Nombor"),
    "board.counter": _say("ช่องบริการ", "Kaunter"),
    "board.counter_short": _say("ช่อง", "Kaunter"),
    "board.earlier": _say("เรียกก่อนหน้า", "Dipanggil sebelum ini"),
    "board.missed": _say("เรียกแล้วยังไม่มา", "Dipanggil, belum hadir"),
    "board.missed_do": _say(
        "มาแล้วแจ้งช่องใดก็ได้ ไม่ต้องกดบัตรใหม่", "Beritahu mana-mana kaunter; nombor masih sah"
    ),
    "board.waiting": _say("คนรออยู่", "menunggu"),
    "board.wait": _say("ประมาณ {low}–{high} นาที", "kira-kira {low}–{high} minit"),
    "board.wait_below": _say("ไม่เกิน {high} นาที", "tidak lebih {high} minit"),
    "board.wait_unknown": _say("ยังบอกเวลาไม่ได้", "masa belum diketahui"),
    "board.again": _say("เริ่มใหม่ ต่อจาก {label}", "Bermula semula, sambung dari {label}"),
    "board.live": _say("ข้อมูลสด", "Langsung"),
    "board.as_of": _say("ข้อมูลเมื่อ", "Data pada"),
    "board.reconnecting": _say("กำลังต่อใหม่", "Menyambung semula"),
    "board.lost": _say(
        "จอยังไม่ได้รับข้อมูลใหม่ โปรดฟังเสียงเรียกหรือดูที่ตู้บริการ",
        "Papan belum menerima data baharu. Sila dengar panggilan atau lihat di kiosk",
    ),
    "board.sound_ok": _say("เสียงประกาศปกติ", "Suara panggilan baik"),
    "board.sound_none": _say("ไม่มีเสียง โปรดดูจอ", "Tiada suara; lihat papan"),
    "board.sound_failed": _say("เสียงขัดข้อง โปรดดูจอ", "Suara rosak; lihat papan"),
    "board.sound_muted": _say("จอถูกปิดเสียง โปรดดูจอ", "Papan disenyapkan"),
    "board.welcome": _say("ยินดีต้อนรับ", "Selamat datang"),
    "board.take_a_number": _say("รับบัตรคิวที่ตู้บริการ แล้วนั่งรอเรียก", "Ambil nombor di kiosk dan tunggu dipanggil"),
    "board.before": _say("ยังไม่เปิดให้บริการ", "Belum dibuka"),
    "board.closed": _say("ปิดให้บริการแล้ว", "Sudah ditutup"),
    "board.opens_today": _say("เปิดเวลา {time} น.", "Dibuka pukul {time}"),
    "board.opens": _say("เปิดอีกครั้ง วัน{weekday}ที่ {day} เวลา {time} น.", "Dibuka semula {day}, pukul {time}"),
})  # fmt: skip


def sentence(key: str, language: str, **values: str) -> str:
    """The words of `key` with its braces filled in."""
    return WORDS[key].into(language).format_map(values)
