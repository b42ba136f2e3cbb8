"""Searching the sample office's services as people really type: badly, in four languages, in a hurry."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.desk import finding
from kiosk.ui.sample import sample_content
from shared.content import Text
from tests.kiosk.worlds import a_service, an_office

BUNDLE = sample_content().bundle()

#: What was typed -> the service that must come first.
MISSPELT = [
    # as it is written
    ("ภาษีป้าย", "sign_tax"),
    ("ป้าย ภาษี", "sign_tax"),
    ("SIGN tax", "sign_tax"),
    # tone marks left out or mixed up
    ("ภาษีปาย", "sign_tax"),
    ("ไฟฟาสาธารณะ", "street_light_repair"),
    ("เบี๊ยยังชีพผู่สูงอายุ", "elderly_allowance"),
    ("นำอุปโภค", "water_delivery"),
    ("น้้ำประปา", "water_delivery"),
    # letters that sound the same
    ("ภาสีที่ดิน", "land_tax_payment"),
    ("พาษีที่ดิน", "land_tax_payment"),
    ("ภาซีป้าย", "sign_tax"),
    ("ไฟฟ้าสาทาระนะ", "street_light_repair"),
    ("ใฟฟ้าสาธารนะ", "street_light_repair"),
    ("ทะเบียนพานิชย์", "commercial_registration"),
    ("ทเบียนพานิช", "commercial_registration"),
    ("เบียคนชลา", "elderly_allowance"),
    ("อนุยาดก่อส้าง", "building_permit"),
    ("ขออนุญาติก่อสร้าง", "building_permit"),
    ("สิ่งปลุกส้าง", "land_tax_payment"),
    ("เด็กแรกเกิต", "newborn_support"),
    ("คนพิกาน", "disability_allowance"),
    ("ความพิการ์", "disability_allowance"),
    ("สถานที่จำหนายอาหาน", "food_premises"),
    ("สถานทีจําหน่ายอาหาร", "food_premises"),
    # what is silent is not written
    ("ขายออนไลน", "commercial_registration"),
    ("ป่วยเอด", "living_support"),
    ("บรรเทาทุก", "disaster_help"),
    # doubled letters, two sara e for one sara ae, spaces and Thai digits
    ("เเจ้งซ่อมไฟ", "street_light_repair"),
    ("ภาาษีป้้าย", "sign_tax"),
    ("ภ า ษี ป้ า ย", "sign_tax"),
    ("แบบ ข.๑", "building_permit"),
    ("ข1", "building_permit"),
    # what people call it
    ("สร้างบ้าน", "building_permit"),
    ("น้ำท่วม", "disaster_help"),
    ("ไฟเสีย", "street_light_repair"),
    ("เงินคนแก่", "elderly_allowance"),
    ("ร้านน้ำชา", "food_premises"),
    # a slip of the finger, in Thai, English and Malay
    ("ภาษีที่ดอน", "land_tax_payment"),
    ("bulding permit", "building_permit"),
    ("regster a busness", "commercial_registration"),
    ("street lihgt", "street_light_repair"),
    ("old age alowance", "elderly_allowance"),
    ("newbron", "newborn_support"),
]


@pytest.mark.parametrize(("typed", "meant"), MISSPELT)
def test_what_was_meant_comes_first(typed, meant):
    """However it is spelt, the service comes first; words that belong to no service find none."""
    found = [service.id for service in finding.search(BUNDLE, typed)]
    assert (found[0] if found else None) == meant


def a_bundle(*titles):
    """A bundle of services with these titles."""
    services = [a_service(f"s{at}", title.th) for at, title in enumerate(titles)]
    changed = [type(each)(**{f: getattr(each, f) for f in each.__struct_fields__} | {"title": title})
               for each, title in zip(services, titles, strict=True)]  # fmt: skip
    return type(BUNDLE)(1, 0, an_office(), changed, [], {})


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("cukai", 0), ("cukay", 0), ("papan tanda", 0), ("cukai papn", 0), ("lampu jln", None), ("lampu jalan", 1),
        ("چوكاي", 0), ("چوکاي", 0), ("جوكاي", 0), ("چوكاى", 0), ("لمڤو", 1), ("لمفو جالن", 1), ("ليسين", None),
    ],
)  # fmt: skip
def test_malay_is_found_in_both_scripts(typed, at):
    """Rumi with its common slips; Jawi typed on a keyboard that lacks its own letters."""
    bundle = a_bundle(
        Text(th="ภาษีป้าย", ms="Bayar cukai papan tanda", ms_arab="باير چوكاي ڤاڤن تندا"),
        Text(th="ไฟฟ้า", ms="Lapor lampu jalan rosak", ms_arab="لاڤور لمڤو جالن روسق"),
    )
    found = [service.id for service in finding.search(bundle, typed)]
    assert found[:1] == ([] if at is None else [f"s{at}"])


@pytest.mark.parametrize("typed", ["ฟฟฟ", "ไม่มีแน่นอนจริง", "qwertz", "ฏฎฐ", "12345678", "....", "์์"])
def test_what_nobody_offers_is_not_found(typed):
    """Forgiving is not guessing: keys struck at random find nothing, marks alone find everything there is."""
    found = finding.search(BUNDLE, typed)
    assert found == (BUNDLE.services if not typed.strip(".์") else [])


def test_strict_finds_come_before_lenient_ones():
    """A title that begins with the word, then one that holds it, then a keyword, then what stands around it."""
    services = [a_service("around", "อื่น ๆ"), a_service("within", "ขอรับเงิน ภาษี"), a_service("first", "ภาษีป้าย")]
    bundle = type(BUNDLE)(1, 0, an_office(), services, [], {})
    assert [each.id for each in finding.search(bundle, "ภาษี")] == ["first", "within"]
    assert [each.id for each in finding.search(bundle, "บัตรประชาชน")] == ["around", "within", "first"]


def test_an_empty_search_keeps_the_offices_order_and_the_audience():
    """Nothing typed: everything, as the office put it; an audience keeps only its own."""
    assert finding.search(BUNDLE, "  ") == BUNDLE.services
    farmers = finding.search(BUNDLE, "", "farmer")
    assert farmers
    assert all("farmer" in service.audience for service in farmers)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_whatever_is_typed_the_answer_is_a_list(typed):
    """No text breaks the search, and nothing is found twice."""
    found = [service.id for service in finding.search(BUNDLE, typed)]
    assert len(found) == len(set(found))


def test_nothing_typed_is_remembered():
    """Only texts of the content enter the caches: what a citizen typed is gone with the visit."""
    secret = "ความลับที่พิมพ์"
    finding.search(BUNDLE, "ภาษี")
    before = finding._folded.cache_info().currsize, finding._heard.cache_info().currsize
    finding.search(BUNDLE, secret)
    assert (finding._folded.cache_info().currsize, finding._heard.cache_info().currsize) == before
