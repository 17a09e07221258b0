"""The page that verifies: a number, a file or a text that somebody brings."""

import pytest

from tests.web.test_certificates import loose, swapped
from tests.web.test_pages import EN, ZH, seen


def test_a_number_as_people_write_it_leads_to_its_page(client, number):
    answer = client.get(f"/c/{loose(number)}?lang=zh")
    assert (answer.status_code, answer.headers["location"]) == (308, f"/c/{number}?lang=zh")
    answer = client.get("/verify", params={"number": f"  {loose(number)} "})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/c/{number}")


def test_a_mistyped_number_says_so_and_can_be_corrected(client, number):
    wrong = swapped(number)
    answer = client.get(f"/c/{wrong}", headers=EN)
    tree, words = seen(answer)
    assert answer.status_code == 404
    assert tree.find(".//h1").text_content() == "Not found"
    assert "character" in words
    assert tree.xpath("//input[@name='number']")[0].get("value") == wrong

    answer = client.get("/verify", params={"number": wrong}, headers=EN)
    assert answer.status_code == 422
    assert "A character is wrong" in seen(answer)[1]


@pytest.mark.parametrize(
    ("typed", "en", "zh"),
    [
        (lambda it: it[:-1], "this has 27", "这里有 27 个"),
        (lambda it: it + "7", "this has 29", "这里有 29 个"),
        (swapped, "A character is wrong, or two are swapped", "有一个字符写错，或两个字符颠倒"),
        (lambda it: it[:-1] + "U", "The character 'U' does not", "不会出现字符 'U'"),
        (lambda it: it + " " * 200 + "7", "far too long", "过长"),
    ],
)
def test_the_kind_of_a_typo_is_told_in_the_readers_language(client, number, typed, en, zh):
    for headers, words in ((EN, en), (ZH, zh)):
        for answer in (
            client.get(f"/c/{typed(number)}", headers=headers),
            client.get("/verify", params={"number": typed(number)}, headers=headers),
        ):
            assert words in seen(answer)[1]


def test_a_number_never_issued_is_told_apart_from_a_mistype(client):
    _, words = seen(client.get(f"/c/TR-{'-'.join(['0000'] * 7)}", headers=EN))
    assert "we never issued it" in words


@pytest.mark.parametrize("field", ["document", "file"])
def test_a_credential_can_be_pasted_or_chosen_without_any_script(client, number, field):
    text = client.get(f"/v1/certificates/{number}").text
    if field == "file":
        answer = client.post(
            "/verify", files={"file": ("c.json", text)}, data={"document": ""}, headers=EN
        )
    else:
        answer = client.post("/verify", data={"document": text}, headers=EN)
    tree, words = seen(answer)
    assert answer.status_code == 200
    assert tree.find(".//h1").text_content() == "Final"
    assert number in words


def test_a_document_of_another_form_is_told_by_the_check_that_it_fails(client):
    answer = client.post("/verify", data={"document": "{}"}, headers=EN)
    tree, words = seen(answer)
    assert tree.find(".//h1").text_content() == "Altered"
    assert "This is not a Treering credential." in words


@pytest.mark.parametrize("text", ["", "nonsense", "[]", "</textarea><script>x</script>"])
def test_what_is_no_credential_comes_back_with_a_reason(client, text):
    answer = client.post("/verify", data={"document": text}, headers=EN)
    assert answer.status_code == 422
    tree, words = seen(answer)
    assert "not a Treering credential" in words
    assert (tree.find(".//textarea").text or "").strip() == text
    assert not tree.xpath("//script[not(starts-with(@src, '/static/'))]")


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/plain", b"x"),
        ("multipart/form-data", b"x"),
        ("application/x-www-form-urlencoded", b"\xff"),
        ("application/x-www-form-urlencoded", b"&a=1" * 50),
    ],
)
def test_what_is_no_form_is_refused(client, content_type, body):
    answer = client.post("/verify", content=body, headers={"Content-Type": content_type})
    assert answer.status_code == 422


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "multipart/form-data"])
def test_a_form_without_names_holds_no_credential(client, kind):
    body = b"--x\r\nContent-Disposition: form-data\r\n\r\n{}\r\n--x--\r\n"
    answer = client.post("/verify", content=body, headers={**EN, "Content-Type": kind})
    assert answer.status_code == 422
