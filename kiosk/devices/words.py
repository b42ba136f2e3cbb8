"""The fixed sentences on slips. Thai is complete; where a language lacks a sentence, the Thai one stands."""

from collections.abc import Mapping
from typing import Final

_TH: Final[Mapping[str, str]] = {
    "centre": "ศูนย์บริการร่วม",
    "priority": "ลำดับพิเศษ",
    "elderly": "ผู้สูงอายุ",
    "disabled": "คนพิการ",
    "pregnant": "หญิงมีครรภ์",
    "monk": "พระภิกษุ สามเณร",
    "papers": "เตรียมเอกสาร",
    "missing": "(ยังขาด)",
    "late": "มาไม่ทัน แจ้งช่องใดก็ได้",
    "rate": "เสร็จแล้ว ให้คะแนนที่ตู้ด้วยรหัสนี้",
    "rate_once": "ใช้ได้ครั้งเดียว ไม่บอกว่าคุณคือใคร",
    "case_title": "ใบติดตามเรื่อง",
    "received": "รับแล้ว วันที่",
    "your_code": "รหัสของคุณ",
    "keep": "เก็บไว้ ไม่มีใครบอกซ้ำได้",
    "next": "จะเกิดอะไรต่อ",
    "acknowledge": "ตอบรับ ภายใน",
    "answer": "แจ้งผล ภายใน",
    "not_solved": "ยังไม่เสร็จ บอกได้",
    "with_code": "ใช้รหัสนี้ที่ตู้",
    "with_code_web": "ใช้รหัสนี้ที่ตู้หรือเว็บไซต์",
    "open_web": "เปิดเว็บไซต์",
    "type_code": "แล้วพิมพ์รหัสด้วยตนเอง",
    "proof": "รหัสยืนยันการบันทึก",
    "trial": "ทดสอบเครื่องพิมพ์",
    "trial_black": "แถบนี้ต้องดำสนิท",
    "trial_whole": "เส้นและตัวเลขต้องไม่ขาดที่ขอบกระดาษ",
    "tells_nothing": "ใบนี้ไม่บอกชื่อ เวลา\nหรือเนื้อหาของเรื่อง",
}

_EN: Final[Mapping[str, str]] = {
    "centre": "One-stop service centre",
    "priority": "Priority",
    "elderly": "older person",
    "disabled": "person with a disability",
    "pregnant": "expectant mother",
    "monk": "monk or novice",
    "papers": "Have these ready",
    "missing": "(missing)",
    "late": "Missed it? Tell any counter.",
    "rate": "Done? Rate us at the kiosk with this code",
    "rate_once": "Works once. It does not tell who you are.",
    "case_title": "Follow-up slip",
    "received": "Received on",
    "your_code": "Your code",
    "keep": "Keep it: it is told once.",
    "next": "What happens next",
    "acknowledge": "We confirm by",
    "answer": "We tell you the result by",
    "not_solved": "Not solved? Tell us",
    "with_code": "with this code, at the kiosk",
    "with_code_web": "with this code, here or on the website",
    "open_web": "Open the website",
    "type_code": "and type the code yourself",
    "proof": "Proof of the record",
    "trial": "Printer test",
    "trial_black": "This band must be all black",
    "trial_whole": "Nothing may be cut off at the edges",
    "tells_nothing": "This slip tells no name,\nno time and no subject.",
}

_IN: Final[Mapping[str, Mapping[str, str]]] = {"en": _EN}


def words_in(language: str) -> Mapping[str, str]:
    """The sentences by name, in `language` as far as there are any."""
    return {**_TH, **_IN.get(language, {})}
