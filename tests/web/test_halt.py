"""While books and chain tell different things nothing is redeemed, and every page says so."""

WHY = "block 7 was final as 0x01 and is 0x02 now"


def test_a_page_says_that_everything_halts_since_when_and_why(client, world, number):
    assert "halted" not in client.get("/?lang=en").text
    world.halt(WHY)
    for path in ("/", f"/c/{number}", "/verify", "/audit"):
        page = client.get(f"{path}?lang=en").text
        assert "Nothing is redeemed or minted now." in page
        assert "halted since 20" in page
        assert WHY in page
    assert "暂停登记与上链。" in client.get("/?lang=zh").text


def test_nothing_is_redeemed_and_certificates_can_still_be_checked(client, world, number, headers):
    world.halt(WHY)
    wish = {"lot": "ANT_FOREST-277", "holder": "user-1", "name": "张三"}
    keyed = {**headers, "Idempotency-Key": "while-halted"}
    one = client.post("/v1/redemptions", json=wish, headers=keyed)
    assert (one.status_code, one.json()["code"]) == (503, "TR322")
    many = client.post("/v1/redemptions:bulk", json=wish, headers=keyed)
    assert (many.status_code, many.json()["code"]) == (503, "TR322")
    assert client.get(f"/v1/certificates/{number}/verification").status_code == 200
    assert client.get("/readyz").json()["books"] is False
