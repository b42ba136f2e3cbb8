"""Every sentence of the lobby's pages, in Thai, Malay and, where visitors read it, English.

Keys begin with their page: `pair.`, `sign.`, `counter.`, `board.`, `ticket.`; `lobby.` is said on several. `{braces}`
are filled in by the page. Sentences that refuse a press are keyed by what refused it (`queue.taken`), and say what to
do.
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
    "pair.title": _say("ต่อเครื่องนี้กับตู้", "Sambungkan peranti ini", "Connect this device"),
    "pair.how": _say(
        "ที่ตู้บริการ เปิดมุมเจ้าหน้าที่ แล้วแตะ “ช่องบริการ” จะมีรหัส 8 หลัก ใช้ได้ 2 นาที",
        "Di kiosk, buka sudut petugas dan sentuh “Kaunter”. Kod 8 angka muncul, sah selama 2 minit.",
    ),
    "pair.code": _say("รหัส 8 หลัก", "Kod 8 angka"),
    "pair.go": _say("ต่อกับตู้", "Sambung"),
    "pair.wrong": _say(
        "รหัสนี้ใช้ไม่ได้ อาจพิมพ์ผิดหรือหมดเวลา ขอรหัสใหม่ที่ตู้",
        "Kod ini tidak sah: tersalah taip atau tamat masa. Dapatkan kod baharu di kiosk.",
    ),
    "pair.often": _say("ลองบ่อยเกินไป รอสักครู่แล้วลองใหม่", "Terlalu kerap. Tunggu sebentar, kemudian cuba lagi."),
    "sign.title": _say("เข้าประจำช่อง", "Mula bertugas di kaunter"),
    "sign.who": _say("ตำแหน่ง", "Jawatan"),
    "sign.counter": _say("ช่องบริการ", "Kaunter"),
    "sign.counter_taken": _say("มีคนอยู่ · {position}", "Ada petugas · {position}"),
    "sign.back": _say("กลับไปที่ช่อง", "Kembali ke kaunter"),
    "sign.take_over": _say(
        "ช่องนี้มีคนประจำอยู่ เข้าแทนได้ คิวที่กำลังให้บริการจะอยู่ต่อ",
        "Kaunter ini ada petugas. Anda boleh mengambil alih; nombor yang dilayan kekal.",
    ),
    "sign.groups": _say("รับงานกลุ่มใด", "Kumpulan perkhidmatan"),
    "sign.pin": _say("รหัส PIN ของท่าน", "PIN anda"),
    "sign.go": _say("เข้าประจำช่อง", "Mula"),
    "sign.not_paired": _say("เครื่องนี้ยังไม่ได้ต่อกับตู้", "Peranti ini belum disambungkan"),
    "sign.away": _say("ท่านออกจากช่องแล้ว เข้าประจำช่องใหม่", "Anda sudah tamat tugas; mula semula"),
    "sign.wrong": _say("PIN ไม่ตรงกับตำแหน่งนี้", "PIN tidak sepadan dengan jawatan ini"),
    "sign.wait": _say(
        "ใส่ PIN ผิดหลายครั้ง รออีก {seconds} วินาที", "PIN salah beberapa kali. Tunggu {seconds} saat."
    ),
    "sign.none_chosen": _say("เลือกงานอย่างน้อยหนึ่งกลุ่ม", "Pilih sekurang-kurangnya satu kumpulan"),
    "sign.nobody": _say(
        "ยังไม่มีใครมี PIN ตั้งได้ที่ตู้ มุมเจ้าหน้าที่", "Belum ada PIN. Tetapkan di kiosk, sudut petugas."
    ),
    "counter.title": _say("ช่องบริการ {counter}", "Kaunter {counter}"),
    "counter.counter": _say("ช่องบริการ", "Kaunter"),
    "counter.clock": _say("น.", " "),
    "counter.linked": _say("ต่อกับตู้", "Bersambung"),
    "counter.lost": _say(
        "ไม่ได้ต่อกับตู้ กดอะไรไม่ได้จนกว่าจะต่อใหม่", "Terputus daripada kiosk; butang tidak berfungsi buat sementara"
    ),
    "counter.sending": _say("กำลังส่งอีกครั้ง", "Menghantar semula"),
    "counter.pause": _say("พักช่อง", "Rehat"),
    "counter.open": _say("เปิดช่อง", "Buka kaunter"),
    "counter.unseen_away": _say(
        "จอเรียกคิวไม่ตอบ เรียกด้วยปากด้วย แจ้งผู้ดูแล",
        "Papan giliran tidak menjawab: panggil juga dengan mulut, beritahu penyelia",
    ),
    "counter.unseen_failed": _say(
        "เสียงประกาศขัดข้อง เรียกด้วยปากด้วย แจ้งผู้ดูแล",
        "Suara panggilan rosak: panggil juga dengan mulut, beritahu penyelia",
    ),
    "counter.unseen_muted": _say(
        "จอเรียกคิวถูกปิดเสียง แตะที่จอหนึ่งครั้ง", "Papan giliran senyap: sentuh papan sekali"
    ),
    "counter.paused": _say("พักช่องอยู่ ไม่เรียกคิว", "Kaunter direhatkan"),
    "counter.ended": _say("ปิดคิววันนี้แล้ว", "Giliran hari ini sudah ditutup"),
    "counter.sign_out": _say("ออกจากช่อง", "Tamat tugas"),
    "counter.sign_out_why": _say("ช่องจะปิด ไม่เรียกคิวอีก", "Kaunter ditutup"),
    "counter.hand_over": _say("เปลี่ยนคนประจำช่อง", "Tukar petugas"),
    "counter.hand_over_why": _say(
        "คนใหม่เข้าด้วย PIN ของตน คิวที่ให้บริการอยู่ยังอยู่ต่อ", "Petugas baharu guna PIN sendiri; nombor yang dilayan kekal"
    ),
    "counter.leaving": _say("จะออกจากช่องนี้หรือ", "Tinggalkan kaunter ini?"),
    "counter.waiting": _say("รออยู่ {n} คน", "{n} orang menunggu"),
    "counter.longest": _say("นานสุด {time}", "paling lama {time}"),
    "counter.nobody_waits": _say("ไม่มีใครรอ", "Tiada yang menunggu"),
    "counter.nobody_waits_why": _say(
        "ผู้มาใหม่จะขึ้นที่นี่เองทันที", "Pelawat baharu akan muncul di sini dengan sendirinya"
    ),
    "counter.more": _say("และอีก {n} คน", "dan {n} lagi"),
    "counter.calls": _say("เรียกแล้ว {n} ครั้ง", "dipanggil {n} kali"),
    "counter.called": _say("เรียกแล้ว รอมาที่ช่อง", "Dipanggil, menunggu tiba"),
    "counter.serving": _say("กำลังให้บริการ", "Sedang dilayan"),
    "counter.free": _say("ช่องว่าง", "Kaunter kosong"),
    "counter.free_why": _say("เรียกคิวถัดไปได้เลย", "Panggil nombor seterusnya"),
    "counter.minutes_served": _say("นาทีที่ให้บริการ", "minit dilayan"),
    "counter.minutes_called": _say("นาทีตั้งแต่เรียก", "minit sejak dipanggil"),
    "counter.waited_before": _say("รอก่อนหน้า {time}", "menunggu {time} sebelumnya"),
    "counter.promise": _say("สัญญาไว้ {time}", "Janji {time}"),
    "counter.left": _say("เหลือ {time}", "tinggal {time}"),
    "counter.over": _say("เกินมา {time}", "lebih {time}"),
    "counter.step_of": _say("ขั้น {at} จาก {all}", "Langkah {at} daripada {all}"),
    "counter.step_time": _say("ให้เวลา {time}", "peruntukan {time}"),
    "counter.minute": _say("{n}\u00a0นาที", "{n}\u00a0minit"),
    "counter.minute_under": _say("ไม่ถึงนาที", "kurang seminit"),
    "counter.hour": _say("{h}\u00a0ชม. {n}\u00a0นาที", "{h}\u00a0jam {n}\u00a0minit"),
    "counter.unknown": _say("ไม่ทราบเวลา", "masa tidak diketahui"),
    "counter.next": _say("คิวที่ควรเรียกต่อ", "Nombor seterusnya"),
    "counter.why_longest": _say("คิวปกติ รอนานที่สุด", "biasa, menunggu paling lama"),
    "counter.why_priority": _say("ลำดับพิเศษ", "keutamaan"),
    "counter.why_turn": _say("คิวปกติ ถึงรอบหลังลำดับพิเศษ", "biasa, giliran selepas keutamaan"),
    "counter.why_sent": _say("ส่งต่อมาช่องนี้", "dihantar ke kaunter ini"),
    "counter.waited": _say("รอมา {time}", "menunggu {time}"),
    "counter.see_all": _say("ดูทั้ง {n}", "Lihat {n}"),
    "counter.missing": _say("ขาดเอกสาร\u00a0{n}", "{n}\u00a0dokumen tiada"),
    "counter.complete": _say("เอกสารครบ", "lengkap"),
    "counter.on_paper": _say("จากบัตรกระดาษ", "daripada kertas"),
    "counter.language_ms": _say("ภาษามลายู", "Bahasa Melayu"),
    "counter.language_ms-Arab": _say("ภาษามลายู (ยาวี)", "Melayu (Jawi)"),
    "counter.language_en": _say("ภาษาอังกฤษ", "Inggeris"),
    "counter.priority_": _say("คิวปกติ", "Biasa"),
    "counter.priority_elderly": _say("ผู้สูงอายุ", "Warga emas"),
    "counter.priority_disabled": _say("คนพิการ", "Kurang upaya"),
    "counter.priority_pregnant": _say("ตั้งครรภ์", "Hamil"),
    "counter.priority_monk": _say("นักบวช", "Agamawan"),
    "counter.priority_infant": _say("มีเด็กเล็ก", "Bawa bayi"),
    "counter.priority_far": _say("มาไกล", "Datang dari jauh"),
    "counter.do_next": _say("เรียก {label}", "Panggil {label}"),
    "counter.do_next_none": _say("ไม่มีคิวให้เรียก", "Tiada nombor untuk dipanggil"),
    "counter.do_serve": _say("มาแล้ว เริ่มให้บริการ", "Sudah tiba, mula layan"),
    "counter.do_finish_next": _say("เสร็จ แล้วเรียก {label}", "Selesai, panggil {label}"),
    "counter.do_finish": _say("เสร็จ", "Selesai"),
    "counter.do_finish_only": _say("เสร็จ ยังไม่เรียก", "Selesai sahaja"),
    "counter.do_recall": _say("เรียกซ้ำ", "Panggil lagi"),
    "counter.do_hold": _say("พักคิว", "Tangguh"),
    "counter.do_transfer": _say("ส่งต่อ", "Hantar"),
    "counter.do_absent": _say("ไม่มา", "Tiada"),
    "counter.do_another": _say("บริการอื่น", "Khidmat lain"),
    "counter.do_step": _say("ขั้นถัดไป", "Seterusnya"),
    "counter.do_call": _say("เรียก {label} มาช่องนี้", "Panggil {label} ke sini"),
    "counter.do_back": _say("มาแล้ว", "Sudah tiba"),
    "counter.do_resume": _say("เรียกต่อ", "Sambung"),
    "counter.do_walk_in": _say("ไม่มีบัตร", "Tanpa nombor"),
    "counter.do_more": _say("แก้ไขคิว {label}", "Ubah {label}"),
    "counter.do_leave": _say("ออกจากคิว ไม่รอแล้ว", "Keluar dari giliran"),
    "counter.missed": _say("เรียกแล้วไม่มา", "Dipanggil, tiada"),
    "counter.missed_until": _say("กลับมาได้อีก {time}", "sah lagi {time}"),
    "counter.held": _say("พักไว้", "Ditangguh"),
    "counter.held_for": _say("{time}แล้ว", "sejak {time}"),
    "counter.today": _say("วันนี้ของช่องนี้", "Hari ini di kaunter ini"),
    "counter.served": _say("บริการแล้ว", "Dilayan"),
    "counter.served_n": _say("{n} คน", "{n} orang"),
    "counter.median": _say("มัธยฐานเวลาบริการ", "Median masa layanan"),
    "counter.p90": _say("90% ใช้ไม่เกิน", "90% tidak lebih"),
    "counter.kept": _say("ตามเวลาที่สัญญา", "Menepati janji"),
    "counter.kept_n": _say("{n} จาก {all}", "{n} daripada {all}"),
    "counter.run_why": _say("ทึบ = ตามเวลา ลาย = เกินเวลา", "padat = menepati, berjalur = lewat"),
    "counter.closed_n": _say("ไม่นับ {n} คิวที่ระบบปิดให้", "tidak dikira: {n} ditutup sistem"),
    "counter.unmeasured_n": _say("ไม่นับเวลา {n} คิวที่วัดไม่ได้", "masa tidak dikira: {n}"),
    "counter.nothing_yet": _say("ยังไม่มีคิวที่เสร็จ", "Belum ada yang selesai"),
    "counter.tab_serve": _say("บริการ", "Layan"),
    "counter.tab_waiting": _say("รอ {n}", "Tunggu {n}"),
    "counter.tab_aside": _say("พัก {held} · ไม่มา {missed}", "Tangguh {held} · tiada {missed}"),
    "counter.tab_today": _say("วันนี้ {n}", "Hari ini {n}"),
    "counter.keys": _say("แป้นลัด", "Kekunci"),
    "counter.key_enter": _say("ปุ่มใหญ่", "butang utama"),
    "counter.key_digits": _say("เรียกคิวนี้", "panggil ini"),
    "counter.key_priority": _say("แก้ลำดับพิเศษ", "ubah keutamaan"),
    "counter.choose_to": _say("ส่ง {label} ไปที่ใด", "Hantar {label} ke mana"),
    "counter.choose_to_why": _say("เวลาที่รอมาแล้วยังนับต่อ ไม่ต้องกดบัตรใหม่", "Masa menunggu kekal; nombor sama"),
    "counter.choose_another": _say("{label} ใช้บริการใดต่อ", "Khidmat seterusnya untuk {label}"),
    "counter.choose_another_why": _say(
        "บริการแรกนับว่าเสร็จ แล้วเข้าแถวต่อด้วยบัตรเดิม", "Khidmat pertama selesai; beratur lagi dengan nombor sama"
    ),
    "counter.choose_priority": _say("ลำดับของ {label}", "Keutamaan {label}"),
    "counter.choose_priority_why": _say("แก้เพราะเหตุใด จะบันทึกไว้", "Sebab perubahan akan direkodkan"),
    "counter.because_seen": _say("เห็นเองที่ช่อง", "Dilihat di kaunter"),
    "counter.because_asked": _say("เจ้าตัวขอ", "Diminta sendiri"),
    "counter.because_mistake": _say("กดผิดที่ตู้", "Tersilap di kiosk"),
    "counter.do_paper": _say("บันทึกบัตรกระดาษ", "Masukkan nombor kertas"),
    "counter.choose_paper": _say("บัตรกระดาษที่บริการไปแล้ว", "Nombor kertas yang sudah dilayan"),
    "counter.choose_paper_why": _say(
        "พิมพ์หมายเลขบนแถบกระดาษ จะบันทึกว่าให้บริการบนกระดาษ", "Taip nombor pada jalur; direkod sebagai dilayan di kertas"
    ),
    "counter.number": _say("หมายเลข เช่น A031", "Nombor, contoh A031"),
    "counter.save": _say("บันทึก", "Simpan"),
    "counter.choose_walk_in": _say("ไม่มีบัตร มารับบริการใด", "Tanpa nombor: khidmat apa"),
    "counter.choose_walk_in_why": _say(
        "ออกหมายเลขให้และเริ่มที่ช่องนี้ทันที", "Nombor dikeluarkan dan dilayan di sini terus"
    ),
    "counter.to_counter": _say("ช่อง {counter}", "Kaunter {counter}"),
    "counter.to_closed": _say("ยังไม่เปิด", "belum dibuka"),
    "counter.to_services": _say("งานอื่น", "Perkhidmatan lain"),
    "counter.cancel": _say("ไม่ทำ", "Batal"),
    "counter.other_code": _say("ms", "th"),
    "counter.other_language": _say("Melayu", "ไทย"),
    "queue.gone": _say("คิวนี้เสร็จไปแล้ว หน้าจอแสดงของใหม่แล้ว", "Nombor ini sudah selesai; skrin dikemas kini"),
    "queue.other_day": _say("คิวของวันอื่น ให้รับบัตรใหม่", "Nombor hari lain; ambil nombor baharu"),
    "queue.unknown": _say("ไม่พบคิวนี้ที่ตู้ ตรวจหมายเลขอีกครั้ง", "Nombor tidak dijumpai; semak semula"),
    "queue.taken": _say(
        "คิวนี้เป็นของช่อง {counter} แล้ว เรียกคิวถัดไป", "Kaunter {counter} sudah memanggilnya; panggil yang lain"
    ),
    "queue.not_yours": _say("ช่องบริการทำแบบนี้กับคิวไม่ได้", "Kaunter tidak boleh berbuat demikian"),
    "queue.line_first": _say(
        "มีคนถือบัตรรออยู่ เรียกตามคิวก่อนหนึ่งคน", "Ada yang menunggu dengan nombor; panggil seorang dahulu"
    ),
    "queue.no_strip": _say(
        "หมายเลขนี้ไม่อยู่ในแถบกระดาษ หรือบันทึกไปแล้ว", "Nombor ini tiada pada jalur kertas, atau sudah dimasukkan"
    ),
    "queue.no_target": _say("เลือกช่องหรืองานที่จะส่งไป", "Pilih kaunter atau perkhidmatan tujuan"),
    "queue.no_reason": _say("เลือกเหตุผลที่แก้ลำดับ", "Pilih sebab perubahan"),
    "queue.not_now": _say("ตอนนี้ทำกับคิวนี้ไม่ได้ ดูสถานะบนหน้าจอ", "Tidak boleh sekarang; lihat keadaan di skrin"),
    "queue.still_there": _say(
        "ช่องนี้ยังมีคิวอยู่ ให้เสร็จ พัก หรือส่งต่อก่อน", "Masih ada nombor di kaunter ini; selesaikan, tangguh atau hantar dahulu"
    ),
    "queue.counter_closed": _say("ช่องนี้พักอยู่ กดเปิดช่องก่อน", "Kaunter direhatkan; buka dahulu"),
    "queue.nobody": _say("ไม่มีใครรองานของช่องนี้", "Tiada yang menunggu untuk kaunter ini"),
    "queue.cannot_record": _say(
        "ตู้บันทึกไม่ได้ แจ้งผู้ดูแล ระหว่างนี้เรียกด้วยปากและจดไว้",
        "Kiosk tidak dapat merekod; beritahu pengurus, panggil dan catat sendiri",
    ),
    "queue.wrong_request": _say("หน้านี้เก่าเกินไป โหลดใหม่แล้วลองอีกครั้ง", "Halaman lama; muat semula dan cuba lagi"),
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
    "board.sound_none": _say("ไม่มีเสียง โปรดดูจอ", "Tiada suara"),
    "board.sound_failed": _say("เสียงขัดข้อง ดูจอ", "Suara rosak"),
    "board.sound_muted": _say("จอถูกปิดเสียง", "Papan senyap"),
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
