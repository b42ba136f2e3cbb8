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
    "ticket.languages": _say("ภาษา", "Bahasa", "Language"),
    "ticket.your_number": _say("หมายเลขของคุณ", "Nombor anda", "Your number"),
    "ticket.ahead": _say("คนก่อนหน้าคุณ", "Orang di hadapan", "People ahead"),
    "ticket.wait": _say("รออีก", "Masa menunggu", "Still to wait"),
    "ticket.wait_range": _say("{low}–{high} นาที", "{low}–{high} minit", "{low}–{high} min"),
    "ticket.wait_below": _say("ไม่เกิน {high} นาที", "tidak lebih {high} minit", "at most {high} min"),
    "ticket.wait_unknown": _say("ยังบอกไม่ได้", "belum diketahui", "not known yet"),
    "ticket.waiting": _say("กำลังรอคิว", "Sedang menunggu", "Waiting"),
    "ticket.next": _say("ใกล้ถึงคิวของคุณแล้ว", "Hampir giliran anda", "Almost your turn"),
    "ticket.waiting_line": _say(
        "จอและเสียงประกาศจะเรียก {label}",
        "Papan dan suara akan memanggil {label}",
        "Board and loudspeaker will call {label}",
    ),
    "ticket.called": _say("ถึงคิวแล้ว เชิญที่ช่องบริการ", "Giliran anda. Sila ke kaunter", "Your turn. Please go to counter"),
    "ticket.called_line": _say("แสดงหมายเลข {label} ที่ช่อง", "Tunjukkan nombor {label}", "Show your number {label}"),
    "ticket.serving": _say("กำลังรับบริการ", "Sedang dilayan", "Being served"),
    "ticket.serving_line": _say("ที่ช่องบริการ {counter}", "Di kaunter {counter}", "At counter {counter}"),
    "ticket.held": _say("พักไว้ก่อน", "Ditangguhkan sebentar", "On hold"),
    "ticket.held_line": _say(
        "ช่อง {counter} จะให้บริการต่อ ไม่ต้องรับบัตรใหม่",
        "Kaunter {counter} akan menyambung; nombor masih sah",
        "Counter {counter} will go on with you; keep your number",
    ),
    "ticket.missed": _say("เรียกแล้วไม่พบคุณ", "Anda dipanggil tetapi tiada", "You were called and not there"),
    "ticket.missed_line": _say(
        "แจ้งช่องใดก็ได้ ไม่ต้องรับบัตรใหม่ ถ้าช้านานหมายเลขนี้จะหมดสิทธิ์",
        "Beritahu mana-mana kaunter; nombor masih sah, tetapi tidak untuk lama",
        "Tell any counter. Your number is still good, though not for long",
    ),
    "ticket.served": _say("รับบริการเสร็จแล้ว", "Selesai dilayan", "Served"),
    "ticket.served_line": _say(
        "ขอบคุณ ให้คะแนนบริการได้ที่ตู้", "Terima kasih. Beri penilaian di kiosk", "Thank you. You can rate us at the kiosk"
    ),
    "ticket.left": _say("ยกเลิกหมายเลขนี้แล้ว", "Nombor ini dibatalkan", "This number was given up"),
    "ticket.left_line": _say(
        "ถ้ายังต้องการรับบริการ รับบัตรใหม่ที่ตู้",
        "Jika masih perlu, ambil nombor baharu di kiosk",
        "If you still need us, take a new number at the kiosk",
    ),
    "ticket.no_show": _say("หมายเลขนี้หมดสิทธิ์แล้ว", "Nombor ini tidak sah lagi", "This number has run out"),
    "ticket.no_show_line": _say(
        "เรียกแล้วไม่มา รับบัตรใหม่ที่ตู้ได้",
        "Dipanggil tetapi tiada. Ambil nombor baharu di kiosk",
        "It was called in vain. Take a new one at the kiosk",
    ),
    "ticket.not_served": _say("ปิดบริการก่อนถึงคิว", "Ditutup sebelum giliran anda", "Closed before your turn"),
    "ticket.not_served_line": _say(
        "ขออภัย วันทำการถัดไปแจ้งหมายเลขนี้กับเจ้าหน้าที่",
        "Maaf. Beritahu nombor ini kepada pegawai pada hari bekerja berikutnya",
        "We are sorry. Tell staff this number on the next working day",
    ),
    "ticket.unfinished": _say("ปิดบริการก่อนทำเรื่องเสร็จ", "Ditutup sebelum selesai", "Closed before it was finished"),
    "ticket.unfinished_line": _say(
        "แจ้งหมายเลขนี้กับเจ้าหน้าที่เพื่อทำต่อ",
        "Beritahu nombor ini kepada pegawai untuk menyambung",
        "Tell staff this number to go on",
    ),
    "ticket.late": _say("ฉันจะมาช้า", "Saya akan lewat", "I will be late"),
    "ticket.late_what": _say(
        "ให้อีก {behind} คนไปก่อนคุณ หมายเลขเดิมยังใช้ได้ กดเมื่อยังไม่พร้อมเท่านั้น",
        "{behind} orang lagi akan didahulukan. Nombor anda kekal. Tekan hanya jika belum sedia",
        "{behind} more people go before you and you keep your number. Press only if you are not ready",
    ),
    "ticket.late_done": _say(
        "บันทึกแล้ว ให้คนถัดไปก่อน", "Direkod. Orang seterusnya didahulukan", "Noted. The next people go before you"
    ),
    "ticket.late_refused": _say(
        "ทำไม่ได้ตอนนี้ โปรดแจ้งเจ้าหน้าที่",
        "Tidak dapat dibuat sekarang. Beritahu pegawai",
        "Not possible now; please tell staff",
    ),
    "ticket.as_of": _say("ข้อมูลสด เวลา {time} น.", "Langsung, pukul {time}", "Live, at {time}"),
    "ticket.live": _say("ข้อมูลสด", "Langsung", "Live"),
    "ticket.lost": _say(
        "ขาดการต่อกับตู้ ต่อ Wi-Fi ของสำนักงานแล้วหรือยัง โปรดดูจอเรียกคิว",
        "Terputus. Adakah telefon pada Wi-Fi pejabat? Sila lihat papan giliran",
        "Not connected. Is this phone on the office Wi-Fi? Please watch the board",
    ),
    "ticket.keep": _say(
        "หน้านี้ไม่มีชื่อหรือข้อมูลของคุณ ใช้ได้เฉพาะวันนี้ และใน Wi-Fi ของสำนักงาน",
        "Tiada nama atau maklumat anda di sini. Sah hari ini sahaja, di Wi-Fi pejabat",
        "Nothing about you is on this page. It is good today only, on the office Wi-Fi",
    ),
    "ticket.none": _say("ไม่พบหมายเลขนี้", "Nombor tidak ditemui", "No such number"),
    "ticket.none_line": _say(
        "บัตรของวันก่อนใช้ไม่ได้แล้ว ถ้าเป็นบัตรวันนี้ สแกน QR บนบัตรอีกครั้ง หรือถามเจ้าหน้าที่",
        "Nombor hari lain tidak sah. Jika nombor hari ini, imbas semula kod QR atau tanya pegawai",
        "Numbers of other days have ended. If yours is of today, scan the QR code again or ask staff",
    ),
    "ticket.slow": _say("ลองบ่อยเกินไป", "Terlalu kerap dicuba", "Too many tries"),
    "ticket.slow_line": _say(
        "รอสักครู่แล้วสแกนใหม่ หรือดูจอเรียกคิว",
        "Tunggu sebentar dan imbas semula, atau lihat papan",
        "Wait a moment and scan again, or watch the board",
    ),
})  # fmt: skip


def sentence(key: str, language: str, **values: str) -> str:
    """The words of `key` with the braces of these names filled in; others stay, for the page's script."""
    words = WORDS[key].into(language)
    for name, value in values.items():
        words = words.replace(f"{{{name}}}", value)
    return words
