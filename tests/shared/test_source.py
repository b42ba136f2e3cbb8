"""Reading an office's folder: the sample is whole, and whatever is wrong with a folder is named by file and field."""

import re
import tomllib
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared import content, source
from shared.errors import ContentRefused
from shared.source import SourceRefused

FOLDER = Path(__file__).parents[2] / "assets" / "office-sample"


def sample_files():
    """The sample office's files, name -> text."""
    return {path.relative_to(FOLDER).as_posix(): path.read_text("utf-8") for path in FOLDER.rglob("*.toml")}


def sample_pictures():
    """The sample office's filled-in forms, name -> bytes."""
    return {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in FOLDER.rglob("*.png")}


def read_all(files):
    """What these files and the sample's pictures say."""
    return source.read(files, sample_pictures())


def problems(files):
    """What is wrong with these files, as lines."""
    with pytest.raises(SourceRefused) as caught:
        read_all(files)
    return [str(problem) for problem in caught.value.problems]


def edited(name, old, new):
    """The sample's files with one thing changed in one of them."""
    files = sample_files()
    assert old in files[name], f"{old!r} is not in {name}"
    files[name] = files[name].replace(old, new, 1)
    return files


def texts(value, path):
    """Every text inside a value, with its path."""
    if isinstance(value, content.Text):
        yield path, value
    elif isinstance(value, list | tuple):
        for i, item in enumerate(value):
            yield from texts(item, f"{path}[{i}]")
    elif hasattr(value, "__struct_fields__"):
        for field in value.__struct_fields__:
            yield from texts(getattr(value, field), f"{path}.{field}")


def test_the_sample_office_is_whole_and_speaks_four_languages():
    """Every text of the sample has Thai, English, Malay in Rumi and, approved, in Jawi."""
    read = read_all(sample_files())
    facts = (read.office, *read.services, *read.notices, *read.hall.values())
    found = [pair for value in facts for pair in texts(value, getattr(value, "id", type(value).__name__))]
    assert len(found) > 300
    assert [path for path, text in found if not (text.th and text.en and text.ms and text.ms_arab)] == []


def test_the_sample_office_keeps_the_order_written_in_office_toml():
    """Services come in the order the office listed them, not by file name."""
    order = tomllib.loads(sample_files()["office.toml"])["services"]
    assert [service.id for service in read_all(sample_files()).services] == order
    assert len(order) == 18


def test_a_bundle_of_the_sample_passes_through_pieces_unchanged():
    """What the source says is what a kiosk reads back from its pieces."""
    bundle = read_all(sample_files()).bundle(edition=3, made_ms=7)
    assert content.read_piece(content.Office, content.piece(bundle.office)) == bundle.office
    assert [content.read_piece(content.Service, content.piece(x)) for x in bundle.services] == bundle.services


def test_services_that_tell_about_a_person_share_one_label_in_their_series():
    """A ticket for help at home looks like any other welfare ticket."""
    sensitive = [service for service in read_all(sample_files()).services if service.sensitive]
    assert {(service.series, service.public_label.th) for service in sensitive} == {
        ("welfare", "งานสวัสดิการสังคม"), ("general", "งานบริการทั่วไป"),
    }  # fmt: skip


TAX = "services/sign_tax.toml"
LAMP = "services/street_light_repair.toml"
NO_FEE = 'th = "ไม่มีค่าธรรมเนียม (ชำระภาษีป้ายตามอัตรา ขั้นต่ำป้ายละ 200 บาท)"'
FIVE = 'promise = { value = 5, unit = "minute" }'
#: what is wrong -> file, words in it, words instead, how the problem begins after the file's name
WRONG = {
    "a blank fee": (TAX, NO_FEE, 'th = " "', "fee.th: left blank"),
    "nobody checked": (TAX, 'checked_by = "ผู้อำนวยการกองคลัง"', 'checked_by = ""', "checked_by: left blank"),
    "a missing day": (TAX, "checked_on = 2026-10-01\n", "", "Object missing required field `checked_on`"),
    "a misspelt field": (TAX, "lunch = true", "lunch = true\nlunhc = true", "lunhc: no such field"),
    "a strange division": (TAX, 'division = "treasury"', 'division = "t"', "division: no division 't'"),
    "a strange series": (TAX, 'series = "tax"', 'series = "taxes"', "series: no series 'taxes'"),
    "a drawing nobody has": (TAX, 'picture = "sign"', 'picture = "s"', "picture: no drawing 's'"),
    "an audience nobody is": (TAX, '["business"]', '["shops"]', "audience: 'shops' is none of"),
    "steps over the promise": (TAX, FIVE, FIVE.replace("5", "4"), "steps: together 5 minute, more than the promise"),
    "slow steps, immediate promise": (TAX, FIVE, 'promise = { value = 0, unit = "immediate" }', "steps: together 5"),
    "no time at all": (TAX, "{ value = 2,", "{ value = 0,", "steps[0].duration: a step takes 1 or more"),
    "a unit nobody counts in": (TAX, FIVE, FIVE.replace("minute", "moment"), "promise.unit: Invalid enum value"),
    "two sorts of days": (LAMP, '1, unit = "working_day"', '1, unit = "day"', "steps: calendar days and working days"),
    "an invisible sign": (TAX, "ยื่นแบบและ", "ยื่นแบบ\u202eและ", "title.th: has spaces at an end, or invisible"),
    "the wrong file": (TAX, 'id = "sign_tax"', 'id = "x"', "id: 'x' stands in the file of 'sign_tax'"),
    "broken TOML": (TAX, "[title]", "[title", "not TOML"),
    "left out of the list": ("office.toml", '"sign_tax",', "", "services: services/sign_tax.toml is not in the list"),
    "listed twice": ("office.toml", '"sign_tax",', '"sign_tax", "sign_tax",', "services: 'sign_tax' stands here twice"),
    "a limit below the least": (
        "office.toml",
        "[name]",
        "[limits]\ntext_chars = 10\n\n[name]",
        "limits.text_chars: be",
    ),
    "a limit above the most": ("office.toml", "[name]", "[limits]\nbatch_records = 501\n\n[name]", "limits.batch_re"),
    "listed without a file": ("office.toml", '"sign_tax",', '"sign_tax", "gold",', "services: 'gold' has no readable"),
    "one village twice": ("office.toml", 'id = "2"', 'id = "1"', "villages[1].id: '1' stands here twice"),
    "a category of no division": ("office.toml", 'division = "works"', 'division = "x"', "categories[0].division: no"),
    "a key in the folder": ("office.toml", 'id = "auditor"', 'id = "auditor"\nkey = "a2V5"', "readers[3].key: keys do"),
    "the subject reads it": (
        "office.toml",
        'leaves_out = ["clerk"]',
        'leaves_out = ["chief"]',
        "routes[1]: 'chief' is",
    ),
    "a route of one": (
        "office.toml",
        '["council_chair", "auditor", "district_liaison"]',
        '["auditor"]',
        "routes[5]: a route has at least",
    ),
    "enquiries at no group": ("office.toml", 'enquiries = "general"', 'enquiries = "x"', "enquiries: no series 'x'"),
    "a priority nobody has": ("office.toml", '["elderly", ', '["vip", ', "priorities[0]: 'vip' is none of"),
    "a priority twice": ("office.toml", '["elderly", ', '["far", ', "priorities[5].id: 'far' stands here"),
    "a colleague nobody knows": (
        TAX,
        'person = "sample_a"',
        'person = "sample_z"',
        "steps[0].person: no colleague 'sample_z'",
    ),
    "a link that is none": (
        TAX,
        'link = "https://salathong.example/s',
        'link = "http://x.example/s',
        "link: a link begins with",
    ),
    "an unnamed closed day": ("office.toml", 'name = "วันปิยมหาราช"', "", "holidays[1]: a `day`"),
    "ends before it begins": (
        "notices.toml",
        "until_day = 2027",
        "until_day = 2025",
        "notices[0].until_day: ends before",
    ),
    "an approval without a day": ("ms.toml", "approved_on =", "# approved_on =", "approved_on: who approved"),
    "Malay of no sentence": ("ms.toml", "[texts]", '[texts]\n"x" = 5', "texts: a table of Thai sentences"),
    "an invisible sign in Malay": ("ms.toml", "[texts]", '[texts]\n"x" = "a\u202eb"', "texts.x: has spaces at an end"),
    "a review by nobody": ("words.toml", "by = ", 'by = "" # ', "reviews[0].by: left blank"),
    "a review of no sentence": ("words.toml", "approved = [", 'approved = ["x",', "reviews[0].approved[0]: a finger"),
    "a review of no day": ("words.toml", "on = 20", 'on = "x" # 20', "reviews[0].on: "),
}


@pytest.mark.parametrize(("name", "old", "new", "expected"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_named_by_file_and_field(name, old, new, expected):
    """Whoever edits the folder reads where to mend it."""
    found = problems(edited(name, old, new))
    assert [line for line in found if line.startswith(f"{name}: {expected}")], found


FORM = 'forms = [{{ id = "a", name = {{ th = "แบบ", en = "Form" }}, asks = [{{ th = "ชื่อ", en = "Name" }}], {} }}]\n'


def png(*chunks, width=800, height=1131):
    """A picture of these chunks (kind, content) between its head and its end."""
    head = width.to_bytes(4) + height.to_bytes(4) + bytes((8, 2, 0, 0, 0))
    whole = [(b"IHDR", head), *chunks, (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(inside).to_bytes(4) + kind + inside + zlib.crc32(kind + inside).to_bytes(4) for kind, inside in whole
    )  # fmt: skip


PNG = png((b"IDAT", b"the picture"))


@pytest.mark.parametrize(
    ("form", "picture", "expected"),
    [
        ('link = "https://form.example/a"', b"", ""),
        ('sample = "a.png"', PNG, ""),
        ('sample = "a.png"', PNG.replace(b"IHDR", b"IEND"), "forms[0].sample: picture a.png is no PNG"),
        ('sample = "a.png"', PNG + bytes(content.PICTURE_BYTES_MAX), "forms[0].sample: picture a.png is larger than"),
        ('sample = "a.png"', PNG[:16] + (9999).to_bytes(4) + PNG[20:], "forms[0].sample: picture a.png is larger"),
        ('sample = "b.png"', PNG, "forms[0].sample: no picture forms/b.png"),
        ('sample = "../a.png"', PNG, "forms[0].sample: no picture forms/../a.png"),
        ('sample = ""', PNG, "forms[0]: a form has a link or a picture"),
        ('link = "https://form.example/a b"', PNG, "forms[0].link: a link begins with https://"),
        ('link = "https://ตัวอย่าง.example"', PNG, "forms[0].link: a link begins with https://"),
    ],
)
def test_a_form_has_a_sound_picture_or_link(form, picture, expected):
    """A picture is there, is a PNG and small; a link is one that a code can carry; one of them there is."""
    files = small_files()
    before, _, after = files[TAX].partition("[[forms]]")
    files[TAX] = FORM.format(form) + before + after[after.index("[[papers]]") :]
    drawn = {"forms/a.png": picture}
    if not expected:
        assert source.read(files, drawn).pictures == ({"a.png": picture} if "sample" in form else {})
        return
    with pytest.raises(SourceRefused) as refused:
        source.read(files, drawn)
    assert [str(each) for each in refused.value.problems if str(each).startswith(f"{TAX}: {expected}")]


def staffed(photo, **drawn):
    """The sample office as read with this line about the photo of its first colleague."""
    files = edited("office.toml", 'picture = "avatar-1"\n', f'picture = "avatar-1"\n{photo}\n')
    pictures = sample_pictures() | {f"staff/{name}.png": data for name, data in drawn.items()}
    try:
        return source.read(files, pictures)
    except SourceRefused as refused:
        return [str(problem) for problem in refused.problems]


CONSENT = 'photo = { file = "a.png", consent_on = 2026-10-01, consent_until = 2027-09-30 }'


def test_a_photo_is_read_with_the_consent_of_who_is_on_it():
    """It is the colleague's, and goes with the office; what lies beside it in the folder stays at home."""
    read = staffed(CONSENT, a=PNG, b=PNG)
    assert (read.photos, read.office.colleagues[0].photo.consent_on.isoformat()) == ({"a.png": PNG}, "2026-10-01")
    assert (read_all(sample_files()).photos, read.pictures.keys()) == ({}, read_all(sample_files()).pictures.keys())


@pytest.mark.parametrize(
    ("photo", "expected"),
    [
        ('photo = { file = "a.png" }', "colleagues[0].photo: Object missing required field `consent_on`"),
        ('photo = { file = "", consent_on = 2026-10-01 }', "colleagues[0].photo.file: left blank"),
        (CONSENT.replace("a.png", "b.png"), "colleagues[0].photo: no picture staff/b.png"),
        (CONSENT.replace("a.png", "../forms/sign_tax.png"), "colleagues[0].photo: no picture staff/../forms/sign_tax"),
        (CONSENT.replace("2027-09-30", "2026-09-30"), "colleagues[0].photo.consent_until: the consent ends before"),
        ('photo = { file = "a.png", consent = 2026-10-01 }', "colleagues[0].photo: Object missing required field"),
    ],
)
def test_a_photo_without_consent_is_refused(photo, expected):
    """Nobody's face gets into a draft without the day on which they agreed."""
    assert [each for each in staffed(photo, a=PNG) if each.startswith(f"office.toml: {expected}")]


def test_pictures_tell_nothing_but_themselves():
    """Place, camera, author and time in a picture stay in the office, whichever way it came in; so does what hangs on
    behind its end. What shows the colours right is kept (F-L5).
    """
    told = (b"tEXt", b"Author\0Somsri"), (b"eXIf", b"GPS 6.5 101.3"), (b"tIME", b"2026"), (b"caBX", b"{}")
    chatty = png((b"gAMA", b"\0\0\xb1\x8f"), *told, (b"IDAT", b"the picture")) + b"PK\x03\x04 more"
    plain = png((b"gAMA", b"\0\0\xb1\x8f"), (b"IDAT", b"the picture"))
    assert staffed(CONSENT, a=chatty).photos == {"a.png": plain}
    files, form = sample_files(), "forms/sign_tax.png"
    assert source.read(files, sample_pictures() | {form: chatty}).pictures["sign_tax.png"] == plain
    for cut in range(24, len(plain)):
        with pytest.raises(ContentRefused, match="breaks off"):
            content.plain_picture("a.png", plain[:cut])


def test_all_problems_come_at_once():
    """Two slips in two files are told in one go."""
    files = edited(TAX, 'series = "tax"', 'series = "taxes"')
    files[LAMP] = files[LAMP].replace('picture = "lamp"', 'picture = "x"')
    assert len(problems(files)) == 2


def test_every_drawing_that_content_may_name_is_there():
    """A picture that the reader lets pass exists in both sizes on every kiosk."""
    drawings = {path.name for path in (FOLDER.parent / "art" / "png").iterdir()}
    assert {f"{name}{size}.png" for name in source.PICTURES for size in ("", "@2x")} <= drawings


def test_every_service_of_the_sample_has_a_picture_of_its_own():
    """Who reads little finds a service by its picture: no two share one, and no category borrows a notice."""
    read = read_all(sample_files())
    pictures = [service.picture for service in read.services]
    assert len(set(pictures)) == len(pictures)
    assert "notice" not in {category.picture for category in read.office.categories}


def test_malay_reaches_the_screen_once_a_reviewer_is_named():
    """A position and a day are what makes drafts into texts."""
    sign = read_all(sample_files()).services[1]
    assert sign.title.into("ms") == "Isi borang dan bayar cukai papan tanda"
    files = edited("ms.toml", "approved_by", "once_approved_by")
    assert read_all(files).services[1].title.into("ms") == sign.title.th


def with_jawi(approved, th="ไม่มีค่าธรรมเนียม", jawi="تياد بايرن"):
    """A folder in which "no fee" has a Jawi sentence, with the approval of that one or of another."""
    mark = content.fingerprint(*approved)
    return {
        **sample_files(),
        "ms-Arab.toml": f'[texts]\n"{th}" = "{jawi}"\n',
        "words.toml": f'[[reviews]]\nby = "x"\non = 2026-11-02\napproved = ["{mark}"]\n',
    }


@pytest.mark.parametrize(
    ("approved", "shown"),
    [
        (("ไม่มีค่าธรรมเนียม", "تياد بايرن"), "تياد بايرن"),
        (("ไม่มีค่าธรรมเนียม", "تياد"), "Tiada bayaran"),
        (("ไม่มีค่าธรรมเนียมเลย", "تياد بايرن"), "Tiada bayaran"),
    ],
)
def test_jawi_is_shown_where_this_very_sentence_was_approved(approved, shown):
    """A changed Jawi sentence, or a changed Thai one under it, falls back to Rumi until it is read again."""
    lamp = next(each for each in read_all(with_jawi(approved)).services if each.id == "street_light_repair")
    assert lamp.fee.into("ms-Arab") == shown


def test_malay_is_written_in_its_own_letters():
    """Rumi has no Arabic letter, Jawi no Latin one but a name of three capitals; Thai stands for the names of forms."""
    said = read_all(sample_files()).malay
    assert [each.ms for each in said if re.search(r"[\u0600-\u06ff\u0750-\u077f]", each.ms)] == []
    assert [each.jawi for each in said if re.search(r"[A-Za-z]", each.jawi.replace("EIT", ""))] == []
    letters = "ابتثجحخدذرزسشصضطظعغفقکلمنوهيءأئؤةىچڠڤݢڽۏٴ"
    strange = {char for each in said for char in each.jawi if char.isalpha()} - set(letters)
    assert {char for char in strange if not "ก" <= char <= "๛" and char not in "EIT"} == set()


def test_jawi_written_beside_the_thai_waits_for_its_approval_too():
    """There is no way round the reviewer."""
    files = edited(LAMP, 'en = "No fee"', 'en = "No fee"\nms_arab = "تياد"')
    del files["ms-Arab.toml"]
    lamp = next(each for each in read_all(files).services if each.id == "street_light_repair")
    assert lamp.fee.ms_arab == ""


def test_malay_of_what_nobody_says_any_more_stops_nothing():
    """The Thai may change at any time; its old translation is told, the folder is read."""
    files = edited("ms.toml", "[texts]", '[texts]\n"คำเก่า" = "Kata lama"')
    assert read_all(files).of_nothing == ("คำเก่า",)


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("ศูนย์บริการร่วม อบต.ศาลาทอง", False),
        ("อบต.ศาลาทองแจ้งให้ทราบ", False),
        ("องค์การบริหารส่วนตำบลศาลาทอง กองช่าง", False),
        ("เว็บไซต์ อบต.", False),
        ("นายก อบต. หรือรองนายก", False),
        ("พระราชบัญญัติสภาตำบลและองค์การบริหารส่วนตำบล พ.ศ. 2537", False),
        ("กองช่าง อบต.ศาลาเงิน", True),
        ("อบต.ศาลาทอง ร่วมกับ อบต.ศาลาเงิน", True),
        ("นายกองค์การบริหารส่วนตำบลศาลาเงิน", True),
    ],
)
def test_the_name_another_office_left_behind_is_found(sentence, found):
    """In whatever fact it stands; the office's own name, and that of no place, are none."""
    read = read_all(edited("services/sign_tax.toml", "ศูนย์บริการร่วม อบต.ศาลาทอง", sentence))
    told = [read.office, *read.services, *read.notices, *read.hall.values()]
    assert source.of_another_office(read.office, told) == [sentence] * found


def test_a_name_left_behind_is_found_outside_of_texts_too():
    """Who approved a page is a plain line."""
    read = read_all(edited("schedule.toml", '"ปลัดองค์การบริหารส่วนตำบล"', '"ปลัด อบต.ศาลาเงิน"'))
    assert source.of_another_office(read.office, read.hall["schedule"]) == ["ปลัด อบต.ศาลาเงิน"]


def test_a_folder_without_an_office_is_refused():
    """There is nothing to show without the office itself."""
    assert problems({}) == ["office.toml: this file is missing or unreadable"]


def small_files():
    """A folder of one service, quick to read again and again."""
    files = {name: text for name, text in sample_files().items() if not name.startswith("services/") or name == TAX}
    order = files["office.toml"].index("services = ["), files["office.toml"].index("]")
    files["office.toml"] = (
        files["office.toml"][: order[0]] + 'services = ["sign_tax"' + files["office.toml"][order[1] :]
    )
    files["ms.toml"] = 'approved_by = ""\n[texts]\n"ไม่มีค่าธรรมเนียม" = "Tiada bayaran"\n'
    return files


def refusal(files):
    """What is said against these files, "" for nothing; any other error escapes."""
    try:
        read_all(files)
    except ContentRefused as refused:
        return str(refused)
    return ""


NAMES = st.sampled_from(["office.toml", TAX, "notices.toml", "ms.toml", "words.toml", "x"])


@settings(max_examples=60)
@given(st.dictionaries(NAMES, st.text(max_size=80), max_size=4))
def test_any_text_gives_a_source_or_problems(files):
    """Nothing typed into a file escapes as another error, laid over a good folder or alone."""
    assert refusal(files)
    assert bool(refusal({**small_files(), **files})) or set(files) <= {"notices.toml", "ms.toml", "words.toml"}


_VALUES = st.recursive(
    st.one_of(st.integers(-5, 5), st.booleans(), st.just('""'), st.just('"th"'), st.just("2026-01-01")),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["id", "th", "day", "name", "unit", "value"]), inner, max_size=3),
    ),
    max_leaves=6,
)


def _toml(value):
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[ " + ", ".join(map(_toml, value)) + " ]"
    return str(value).lower() if isinstance(value, bool) else str(value)


FIELDS = st.sampled_from(["services", "holidays", "divisions", "texts", "steps", "notices", "approved_by", "reviews"])


@settings(max_examples=60)
@given(FIELDS, _VALUES)
def test_any_shape_of_a_field_gives_a_source_or_problems(field, value):
    """A field of a surprising shape is a problem to name, never a crash."""
    good = small_files()
    for name in good:
        kept = "\n".join(line for line in good[name].splitlines() if not line.startswith(f"{field} ="))
        said = refusal({**good, name: f"{field} = {_toml(value)}\n{kept}"})
        assert not said or name in said


@pytest.mark.parametrize(
    ("name", "old", "new", "problem"),
    [
        ("attract.toml", "people = 23", "people = 4", "said[0].people"),
        ("attract.toml", "until_day = 2027-06-30", "until_day = 2026-06-30", "said[0].until_day"),
        ("attract.toml", 'link = "https://', 'link = "http://', "survey.link"),
        ("attract.toml", 'th = "ทางเข้าหมู่ 3 มืด เดินกลับบ้านกลัวรถ"', 'th = ""', "said[0].asked.th: left blank"),
        ("budget.toml", "year_ends = 2027-09-30", "year_ends = 2027-12-31", "year_ends"),
        ("budget.toml", "data_until = 2027-02-28", "data_until = 2026-02-28", "data_until"),
        ("budget.toml", "actual = [1_050_000, 1_900_000]", "actual = [1, 2, 3]", "areas[0].actual"),
        ("budget.toml", "plan = [1_200_000,", "plan = [-1,", "areas[0]"),
        ("budget.toml", 'picture = "road"', 'picture = "moon"', "areas[0].picture"),
        ("floor.toml", 'houses = "treasury"', 'houses = "navy"', "levels[0].places[0].houses"),
        ("floor.toml", "door_x = 2, door_y = 4", "door_x = 2, door_y = 6", "does not touch"),
        ("schedule.toml", 'village = "6"', 'village = "66"', "trips[0].village"),
        ("schedule.toml", "closes = 16:30:00", "closes = 06:30:00", "week[0].spans"),
        ("schedule.toml", 'approved_by = "ปลัดองค์การบริหารส่วนตำบล"', 'approved_by = ""', "approved_by: left blank"),
        ("schedule.toml", 'order = "', 'ordre = "', "no such field"),
    ],
)
def test_what_hangs_in_the_hall_is_checked_like_everything_else(name, old, new, problem):
    """What was said from five people on, money within its year, a plan one can walk, hours that can be."""
    found = problems(edited(name, old, new))
    assert any(line.startswith(f"{name}: ") and problem in line for line in found), found


def test_an_office_without_these_files_is_whole():
    """Each of them may be absent."""
    files = {name: text for name, text in sample_files().items() if name not in source.HALL_FILES}
    read = read_all(files)
    assert read.hall == {}
    assert (read.bundle().budget, read.bundle().floor, read.bundle().schedule) == (None, None, None)


def test_malay_reaches_what_hangs_in_the_hall():
    """A language file renders texts of these files as it renders those of the office."""
    files = sample_files()
    files["ms.toml"] = """approved_by = "x"
approved_on = 2026-12-01
[texts]
"ถนน ทางระบายน้ำ ไฟทาง" = "Jalan"
"กองคลัง" = "Kewangan"
"ศาลาประชาคมหมู่ 6" = "Balai"
"ติดโคมไฟเพิ่ม 14 ต้น และซ่อมของเดิมครบทุกต้น" = "Lampu"
"""
    read = read_all(files)
    bundle = read.bundle()
    assert bundle.budget.areas[0].name.ms == "Jalan"
    assert bundle.floor.levels[0].places[0].name.ms == "Kewangan"
    assert bundle.schedule.trips[0].place.ms == "Balai"
    assert bundle.attract.said[0].did.ms == "Lampu"
    assert read.of_nothing == ()
