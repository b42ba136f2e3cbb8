"""Texts that break programs, each with the name of what it tries. Used by tests of screens, slips, pages and papers.

What must hold of all of them: they show or are left out, they are nothing but text, they break nothing around them.
"""

from typing import Final

ZALGO: Final = "ก" + "\u0e49\u0e34\u0e38\u0e4d" * 40 + "ข"

HOSTILE: Final = {
    "nothing": "",
    "blanks": " \u00a0\u2003\u3000 ",
    "markup of Kivy": "[b]หนา[/b] [size=999]ใหญ่[/size] [ref=x]แตะ[/ref] [color=ff0000]แดง[/color] [anchor=a]",
    "a bracket alone": "[ค้าง [b ปิด] &bl; &br; &amp;",
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)><b>หนา</b>&nbsp;</p>",
    "patterns": "{0} {} {name!r:>99} {{}} %s %(x)s %n $HOME ${x} {__class__.__mro__}",
    "a formula": '=HYPERLINK("http://x","y")+1|cmd',
    "zalgo": ZALGO,
    "latin zalgo": "Z" + "\u0300\u0316\u0334\u0489" * 60 + "algo",
    "marks without a base": "\u0e49\u0e34\u0e38 \u0e4d\u0e47 \u0e33 \u064b\u0650\u0651 \u0301",
    "right to left override": "ใบเสร็จ \u202egpj.exe\u202c 1,500 บาท \u2067ซ้าย\u2069 \u200f\u200e",
    "unclosed embeddings": "\u202b\u202a\u2067\u2066\u2068" * 70 + "ท้าย",
    "joiners": "ก\u200dข\u200cค\u200bง\u2060จ \u200d\u200d\u200d ไม้\ufeffเอก",
    "emoji": "👩‍👩‍👧‍👦 🏳️‍🌈 🇹🇭 👍🏽 ☃\ufe0f \U0001f9d1\u200d\U0001f33e",
    "beyond the first plane": "\U00020000\U0001d518\U0010ffff\U000e0001",
    "control signs": "ก\x00ข\x01\x07\x08\x1b[31mแดง\x1b@\x1dV\x00\x10\x04\x04\x7f\x85\u2028\u2029ท้าย",
    "lines": "บรรทัด\nอีกบรรทัด\r\nสาม\n\n\n\n\n\n\n\n\n\n\n\nท้าย\tแท็บ",
    "a word without an end": "ฟ" * 300,
    "a latin word without an end": "W" * 300,
    "ten thousand signs": "เล่าเรื่องยาวมากจนไม่มีใครอ่านจบ " * 310,
    "jawi among thai": "สวัสดี السلام عليكم بارڠ ڤجابت 12/2569 (OTP) โทร 0-0000-0000",
    "jawi without an end": "بارڠ" * 120,
    "not a character": "\ufffe\uffff\ufdd0\ufffd",
    "half a sequence": "\u0e40\u0e41\u0e42 เ แ โ ใ ไ \u0e46\u0e2f",
}
