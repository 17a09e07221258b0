"""A holder's own copy, judged by the browser's modules in Node as Python judges it, each time."""

import copy
import json
import subprocess
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.domain.example import BASE_URL, DID, ISSUER, KEY, METHOD, NOW, a_certificate, at, paths
from tests.domain.test_own import ASKED, RECORD, SECRET
from treering.domain import claims, documents, own
from treering.domain.credential import unsigned
from treering.domain.name import masked
from treering.domain.proof import JCS, secured
from treering.errors import CredentialMalformed, NameRefused
from treering.flow.verifying.findings import Findings
from treering.flow.verifying.holding import check_holder

HERE = Path(__file__).parent / "js"
NAMES = [
    *"张三 张三丰 欧阳修 欧阳 歐陽修 王 阿依古丽·买买提 𠮷野家 ⼀二 〇一 々 Å ⺀".split(),
    *"㇀ 🌲 <b> 第五伦".split(),
    *("John Smith", "A\u030a", " 张三 ", "\u3000张三\u3000", "张\u200b三", "", " ", "\u0301a"),
    *("a" * 100, "a" * 101, "张" * 100, "张" * 101, "𠮷" * 100, "\ufa11", "\u115f"),
    *("\x85a\x1c", "\ufeffa", "张三\n", "司马\u3164"),
]


def by_browser(cases: list[dict[str, Any]]) -> list[Any]:
    done = subprocess.run(
        ["node", str(HERE / "own.mjs")],
        input="".join(json.dumps(case) + "\n" for case in cases),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def by_python(text: str) -> list[str] | str:
    try:
        read = own.read(documents.read(text.encode()))
        facts = claims.facts(read.credential)
    except CredentialMalformed:
        return "refused"
    found = Findings(NOW)
    check_holder(found, read, facts, ISSUER)
    return [finding.code for finding in found.all]


def mask(name: str) -> str | None:
    try:
        return masked(name)
    except NameRefused:
        return None


def a_copy(**changes: object) -> dict[str, Any]:
    document = unsigned(replace(a_certificate(), record=RECORD), issuer=DID, base_url=BASE_URL)
    credential = secured(document, method=METHOD, created=NOW, sign=KEY.sign)
    statement, parts = own.drawn_up(RECORD, "张*", SECRET, ASKED)
    said = {**statement, **changes}
    signed = secured(said, method=METHOD, created=NOW, sign=KEY.sign, suites=(JCS,))
    made: dict[str, Any] = json.loads(json.dumps(own.copy(credential, signed, parts)))
    return made


def altered() -> Iterator[dict[str, Any]]:
    """Each part of it but the credential's, changed, of another kind, and taken away."""
    for path in paths({name: part for name, part in a_copy().items() if name != "credential"}):
        for wrong in ("x", "0x" + "11" * 32, "张四", 7, None, [], ["x"], {}):
            made = a_copy()
            at(made, path[:-1])[path[-1]] = wrong
            yield made
        made = a_copy()
        del at(made, path[:-1])[path[-1]]
        yield made


def others() -> Iterator[dict[str, Any]]:
    made = a_copy()
    yield made
    for part in ("id", "name"):
        yield made | {"opened": {part: made["opened"][part]}}
    yield made | {"opened": {}}
    yield made | {"more": 1}
    yield a_copy(record="0x" + "22" * 32)
    yield a_copy(nameDigest="0x" + "22" * 32)
    yield a_copy(more="x")
    renamed = copy.deepcopy(made)
    renamed["opened"]["name"]["name"] = "张\u0301三"
    yield renamed
    both = secured(
        {name: part for name, part in made["statement"].items() if name != "proof"},
        method=METHOD, created=NOW, sign=lambda _: bytes(64), suites=(JCS,),
    )  # fmt: skip
    yield made | {"statement": both}


def test_every_copy_is_judged_alike_by_both():
    texts = [json.dumps(made) for made in (*others(), *altered())]
    expected = [by_python(text) for text in texts]
    found = by_browser([{"copy": text} for text in texts])
    differ = [(t, e, f) for t, e, f in zip(texts, expected, found, strict=True) if e != f]
    assert differ == []
    assert expected[0] == ["HOLDER_STATED_OK", "HOLDER_ID_OK", "HOLDER_NAME_OK"]
    seen = {code for one in expected for code in ([one] if isinstance(one, str) else one)}
    assert seen >= {"HOLDER_DIFFERS", "HOLDER_UNSIGNED", "refused"}
    assert len(texts) > 100


def test_names_are_masked_alike_by_both():
    everything = [
        chr(point) for point in range(0x30000) if unicodedata.category(chr(point)) != "Cs"
    ]
    known = [one for one in everything if unicodedata.category(one) != "Cn"]
    names = [*NAMES, *known, *(a + b for a, b in pairwise(known[::37]))]
    (found,) = by_browser([{"names": names}])
    differ = [n for n, there in zip(names, found, strict=True) if mask(n) != there]
    assert differ == []
