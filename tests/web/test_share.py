"""What a link to a certificate looks like where it is shared."""

import re
from io import BytesIO

from PIL import Image

from tests.web.test_redemptions import problem


def metadata(page: str) -> dict[str, str]:
    """By property or name."""
    found = re.findall(r'<meta (?:property|name)="([a-z:_]+)" content="([^"]*)">', page)
    return dict(found)


def test_the_page_tells_programmes_what_it_is_and_shows_a_picture(client, number):
    said = metadata(client.get(f"/c/{number}?lang=en").text)
    assert said["og:title"] == said["twitter:title"] == "Tree certificate · Saxaul"
    assert "Alxa Left Banner forest no. 277" in said["og:description"]
    assert said["og:url"] == f"https://treering.example/c/{number}"
    assert said["twitter:card"] == "summary_large_image"
    image = said["og:image"]
    assert image == said["twitter:image"]
    answer = client.get(image.removeprefix("https://treering.example"))
    assert answer.headers["content-type"] == "image/png"
    size = (int(said["og:image:width"]), int(said["og:image:height"]))
    assert Image.open(BytesIO(answer.content)).size == size == (1200, 630)


def test_it_is_told_in_the_readers_language(client, number):
    said = metadata(client.get(f"/c/{number}?lang=zh").text)
    assert (said["og:locale"], said["og:title"]) == ("zh_CN", "植树证书 · 梭梭")


def test_nothing_is_said_that_is_not_true_for_ever(client, number):
    for language in ("en", "zh"):
        said = " ".join(metadata(client.get(f"/c/{number}?lang={language}").text).values())
        for word in ("Final", "planted", "有效", "最终", "张"):
            assert word not in said


def test_a_square_one_is_made_too_and_no_third_shape(client, number):
    path = f"/v1/certificates/{number}/share.png"
    square = client.get(f"{path}?shape=square")
    assert Image.open(BytesIO(square.content)).size == (1080, 1080)
    problem(client.get(f"{path}?shape=round"), 422, "TR312")


def test_one_that_waits_or_fell_has_no_picture_and_its_page_names_none(
    client, world, number, redeem
):
    (waiting,) = redeem()["numbers"]
    problem(client.get(f"/v1/certificates/{waiting}/share.png"), 409, "TR315")
    world.revoke(number)
    problem(client.get(f"/v1/certificates/{number}/share.png"), 409, "TR341")
    for one in (waiting, number):
        said = metadata(client.get(f"/c/{one}").text)
        assert "og:image" not in said
        assert said["twitter:card"] == "summary"
