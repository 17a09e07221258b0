"""The address in a QR code: ours is read, and two hundred that only look like it are refused."""

import pytest

from tests.domain.example import BASE_URL, NUMBER, VECTORS
from treering.domain import address
from treering.errors import AddressRefused

OURS = (VECTORS / "compact_1.txt").read_text("ascii").strip()
CODE = OURS.rpartition("/")[2]
HOST = "TREERING.EXAMPLE"

HOSTS = """
treering.example.evil.example evil.example/treering.example eviltreering.example
treering-example.evil.example xn--treering-9za.example xn--treerng-q2a.example
treering.example. treering.example.. .treering.example treering..example treering.exampl
treering.example:8443 treering.example:443 treering.example:80 treering.example:
treering.example:0 treering.example:99999 treering.example%3a443 treering.example%00
user@treering.example treering.example@evil.example user:pass@treering.example
treering.example%40evil.example treering.example\\@evil.example treering.example#@evil.example
treering.example?@evil.example treering.example\\evil.example treering.example;evil.example
treering.example,evil.example treering.example|evil.example treering.example&evil.example
tгeering.example treering.exаmple treerіng.example trееring.example treering.ехample
treerıng.example ｔreering.example treering。example treering．example treering｡example
treering․example tree­ring.example tree\u200bring.example treering\u2024example
\u202egniraert.example treering.example\u2044evil.example treering.example\u2215q
treering.example\ufe68evil.example ⓣreering.example 𝐭reering.example ᴛreering.example
treerlng.example tree-ring.example treering.exarnple treerimg.example treeringexample
treering.examp1e treering.com treering.net treering.cn treering.example.cn treering.example.com
www.treering.example m.treering.example certificates.treering.example 127.0.0.1 [::1] 0x7f000001
2130706433 127.1 localhost localhost:8000 10.0.0.1 169.254.169.254 [::ffff:127.0.0.1]
trееring.example treeгing.example treering.еxample ẗreering.example treerinɡ.example
treering.exampIe treering.example\u3002evil.example tréering.example
""".split()
PATHS = [
    "",
    "/",
    "/q/" + CODE,
    "/Q",
    "/Q/",
    f"/Q/{CODE}/",
    f"/Q/{CODE}?next=https://evil.example",
    f"/Q/{CODE}#x",
    f"/Q/{CODE.lower()}",
    f"/Q/{CODE}%00",
    f"/Q/{CODE}%2e%2e",
    f"/Q/../c/{NUMBER}",
    f"/Q//{CODE}",
    f"//Q/{CODE}",
    f"/./Q/{CODE}",
    f"/Q/{CODE}.",
    f"/Q/{CODE}=",
    "/Q/" + "A" * 561,
    "/Q/0189",
    f"/c/{NUMBER}/../../admin",
    f"/c/{NUMBER}?lang=en",
    f"/c/{NUMBER}.pdf",
    f"/d/{NUMBER}",
    f"/v1/certificates/{NUMBER}",
    "/verify",
    "/c/",
    "/c/" + "A" * 61,
]
SCHEMES = [
    "http://",
    "HTTP://",
    "ftp://",
    "javascript://",
    "data:",
    "file://",
    "//",
    "",
    "https:",
    "https:/",
    "https:///",
    "https:\\\\",
    "hxxps://",
    "httpſ://",
    "https ://",
    "https://https://",
    "intent://",
    "weixin://",
    "alipays://platformapi/startapp?url=https://",
    "WIFI:S:",
    "view-source:https://",
    "blob:https://",
    "vbscript:",
]
TEXTS = [
    "TR-0000",
    "🌳",
    "\x00",
    " " * 10,
    "https://",
    "BEGIN:VCARD",
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "../../etc/passwd",
    "%48%54%54%50%53",
    "SMSTO:+100:x",
    "tel:+100",
    "geo:0,0",
    "mailto:a@b",
    "A" * 5000,
]
HOSTILE = [
    *(f"https://{host}/Q/{CODE}" for host in HOSTS),
    *(f"HTTPS://{host.upper()}/Q/{CODE}" for host in HOSTS if host.upper() != HOST),
    *(BASE_URL + path for path in PATHS),
    *(f"{scheme}{HOST}/Q/{CODE}" for scheme in SCHEMES),
    *TEXTS,
    *(OURS.replace("/Q/", f"{between}/Q/") for between in "\t\n\r\x0b\u00a0\u2028 "),
    *(before + OURS for before in "\t\n \ufeff\u200e"),
    *(OURS + after for after in "\t\n \ufeff\u200e"),
]


def test_ours_is_read_in_either_case_of_its_host():
    assert address.read(OURS, BASE_URL) == address.Address(CODE, "")
    assert address.read(f"{BASE_URL}/Q/{CODE}", BASE_URL).code == CODE
    assert address.read(OURS, "https://Treering.Example").code == CODE


def test_the_short_address_of_old_codes_keeps_working():
    assert address.read(f"{BASE_URL}/c/{NUMBER}", BASE_URL).number == str(NUMBER)
    assert address.read(f"{HOST and BASE_URL.upper()}/C/{NUMBER}", BASE_URL).number == str(NUMBER)


def test_there_are_two_hundred_hostile_texts_and_all_differ():
    assert len(set(HOSTILE)) >= 200


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_text_is_refused(text):
    with pytest.raises(AddressRefused) as refused:
        address.read(text, BASE_URL)
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize("port", ["", ":0", ":80", ":8001", ":08000"])
def test_another_port_is_another_service(port):
    with pytest.raises(AddressRefused):
        address.read(f"http://127.0.0.1{port}/Q/{CODE}", "http://127.0.0.1:8000")
    assert address.read(f"HTTP://127.0.0.1:8000/Q/{CODE}", "http://127.0.0.1:8000").code == CODE


def test_an_address_that_would_not_fit_or_lose_its_case_is_not_written():
    assert address.written("https://" + "long." * 30 + "example", CODE) is None
    assert address.written(f"{BASE_URL}/trees", CODE) is None


def test_a_person_brings_an_address_or_a_number():
    assert address.is_one(OURS)
    assert not address.is_one(str(NUMBER))
