"""The bundle by HTTP, named by its block, and the page that takes it along."""

import json
import re
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

import treering.web
from tests.web.conftest import FAKE, REAL
from treering.domain.bundle import form
from treering.domain.issuer_key import IssuerKey
from treering.render.icons import ICONS, icon
from treering.web import installed

STATIC = Path(treering.web.__file__).parent / "static"


@REAL
def test_the_bundle_is_what_the_chain_says_and_its_block_has_an_address_for_ever(client, number):
    answer = client.get("/v1/bundle")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == 'application/cose; cose-type="cose-sign1"'
    key = client.get("/programmes/ANT_FOREST/did.json").json()["verificationMethod"][0]
    signer = IssuerKey.from_multikey(key["publicKeyMultibase"])
    bundle, _ = form.read(answer.content, [signer])
    assert sum(line.batches.minted for line in bundle.lots.values()) == 1
    where = answer.headers["content-location"]
    assert where == f"/v1/bundle/{bundle.block}"
    assert answer.headers["content-disposition"].endswith(f'"treering-{bundle.block}.bundle"')
    again = client.get(where)
    assert again.content == answer.content
    assert "immutable" in again.headers["cache-control"]
    assert "immutable" not in answer.headers["cache-control"]
    for path in (where, "/v1/bundle"):
        known = client.get(path, headers={"If-None-Match": answer.headers["etag"]})
        assert (known.status_code, known.content) == (304, b"")
    assert client.get(f"/v1/bundle/{bundle.block + 1}").json()["code"] == "TR417"
    assert client.get("/v1/bundle/-1").status_code == 422


@REAL
def test_without_a_node_there_is_no_first_bundle_and_it_is_no_fault_of_ours(world, client):
    world.silence()
    answer = client.get("/v1/bundle")
    assert (answer.status_code, answer.json()["code"]) == (503, "TR101")


@FAKE
def test_while_the_first_is_made_it_says_so(client):
    answer = client.get("/v1/bundle")
    assert (answer.status_code, answer.json()["code"]) == (503, "TR416")


@FAKE
@pytest.mark.parametrize(("language", "name"), [("en", "Treering"), ("zh", "年轮")])
def test_the_page_can_be_installed_in_its_language(client, language, name):
    page = client.get(f"/check?lang={language}").text
    (where,) = re.findall(r'rel="manifest" href="([^"]+)"', page)
    answer = client.get(where)
    assert answer.headers["content-type"] == "application/manifest+json"
    manifest = json.loads(answer.content)
    assert manifest["short_name"] == name
    assert manifest["start_url"] == f"/check?lang={language}"
    assert (manifest["id"], manifest["display"]) == ("/check", "standalone")
    sizes = {(one["sizes"], one.get("purpose", "any")) for one in manifest["icons"]}
    assert sizes == {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")}
    for one in manifest["icons"]:
        drawn = Image.open(BytesIO(client.get(one["src"]).content))
        assert f"{drawn.width}x{drawn.height}" == one["sizes"]
    apple = re.findall(r'rel="apple-touch-icon" href="([^"]+)"', page)
    assert client.get(apple[0]).headers["content-type"] == "image/png"


@pytest.mark.parametrize("name", ICONS)
def test_the_committed_icons_are_the_rings(name):
    committed, drawn = Image.open(STATIC / "icons" / name), Image.open(BytesIO(icon(name)))
    assert committed.size == drawn.size
    assert committed.convert("RGBA").tobytes() == drawn.convert("RGBA").tobytes()


@FAKE
def test_the_worker_is_of_this_version_and_all_that_it_keeps_is_there(client):
    answer = client.get("/worker.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"
    assert re.match(r'const VERSION = "[0-9a-f]{16}";\n', answer.text)
    for path in installed.shell():
        assert client.get(path).status_code == 200, path


def test_all_that_the_page_imports_is_kept_for_where_there_is_no_network():
    kept = {STATIC / path.removeprefix("/static/") for path in installed.shell()}
    asked = {STATIC / "check.js", STATIC / "app.js"}
    for script in list(asked):
        asked |= reached(script)
    assert asked <= kept
    assert len(asked) > 15


def reached(script: Path) -> set[Path]:
    """What a module imports, and what that imports."""
    named = re.findall(r'(?:from|import\()\s*"(\.[^"]+)"', script.read_text())
    own = {(script.parent / name).resolve() for name in named}
    return own.union(*map(reached, own)) if own else own


def test_another_byte_anywhere_is_another_version(tmp_path, monkeypatch):
    for folder in ("static", "templates", "catalogue"):
        (tmp_path / folder).mkdir()
    (tmp_path / "static/a.js").write_text("1")
    monkeypatch.setattr(installed, "_WEB", tmp_path)
    first = installed._version()
    (tmp_path / "static/a.js").write_text("2")
    assert installed._version() != first
