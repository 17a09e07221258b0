"""Three hundred scripts through every field that reaches a page: each stays letters.

A page with them has the very same elements and attributes as one without, whatever they say.
"""

import json
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

from starlette.testclient import TestClient

from tests.fakes.preview import furnished
from tests.render.test_payloads import PAYLOADS
from treering.web.app import create_app

BASE_URL = "https://trees.example"
FOREIGN = {"iframe", "object", "embed", "base", "foreignobject", "style", "math"}
TEXTS = ("masked_name", "programme", "species_zh", "species_en", "latin", "site_zh", "site_en")
TEXTS += ("province_zh", "province_en", "reason")


class Skeleton(HTMLParser):
    """A page's elements with the names of their attributes, and all that it says."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, ...]] = []
        self.said: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, *(name for name, _ in attrs)))
        self.said += [value or "" for _, value in attrs]

    def handle_data(self, data: str) -> None:
        self.said.append(data)


class Bearing:
    """The fakes, but each certificate's texts are a stranger's."""

    def __init__(self) -> None:
        self.truth, self.numbers = furnished(BASE_URL)
        self.texts: dict[str, str] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self.truth, name)

    def certificate(self, number: str) -> Any:
        view, said = self.truth.certificate(number), self.texts.get
        lot, found = view.lot, {k: v for k, v in self.texts.items() if hasattr(view.lot, k)}
        species = replace(
            lot.species,
            zh=said("species_zh", lot.species.zh),
            en=said("species_en", lot.species.en),
            latin=said("latin", lot.species.latin),
        )
        name = said("masked_name", view.redemption.masked_name)
        return replace(
            view,
            lot=replace(lot, **found, species=species),
            redemption=replace(view.redemption, masked_name=name),
            programme=replace(view.programme, name=said("programme", view.programme.name)),
            reason=said("reason", view.reason),
        )


def test_a_certificates_page_is_built_alike_whatever_its_texts_say():
    assert len(PAYLOADS) >= 300
    services = Bearing()
    client = TestClient(create_app(services, base_url=BASE_URL))
    paths = [
        f"/c/{services.numbers[name]}?lang={language}"
        for name in ("final", "revoked")
        for language in ("en", "zh")
    ]
    services.texts = dict.fromkeys(TEXTS, "harmless")
    plain = {path: Skeleton(client.get(path).text).elements for path in paths}
    for turn, payload in enumerate(PAYLOADS):
        services.texts = {
            text: PAYLOADS[(turn + place) % len(PAYLOADS)] for place, text in enumerate(TEXTS)
        }
        path = paths[turn % len(paths)]
        page = Skeleton(client.get(path).text)
        assert page.elements == plain[path], payload
        assert any(services.texts["programme"].strip() in one for one in page.said), payload


def test_a_strangers_document_and_number_are_letters_wherever_they_are_repeated():
    services, numbers = furnished(BASE_URL)
    client = TestClient(create_app(services, base_url=BASE_URL))
    whole = services.credential(numbers["final"])

    def brought(text: str) -> list[Skeleton]:
        forged = json.loads(json.dumps(whole))
        about, ledger = forged["credentialSubject"], forged["evidence"][0]
        about |= dict.fromkeys(("number", "holderName", "lot", "site", "species", "unit"), text)
        ledger["contract"] = text
        pages = [
            client.post("/verify", data={"document": json.dumps(forged)}),
            client.post("/verify", data={"document": text}),
            client.get("/verify", params={"number": text}),
            client.get("/check", params={"lang": text}),
        ]
        return [Skeleton(page.text) for page in pages]

    for payload in PAYLOADS:
        for page in brought(payload):
            names = {name for _, *names in page.elements for name in names}
            assert not {name for name in names if name.startswith("on")}, payload
            assert not {tag for tag, *_ in page.elements} & FOREIGN, payload
            scripts = [rest for tag, *rest in page.elements if tag == "script"]
            assert all(rest == ["type", "src"] for rest in scripts), payload
