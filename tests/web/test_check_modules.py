"""The modules that pages run in a browser, run in Node, and held to what Python has."""

import json
import re
import subprocess
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

import treering.web
from treering.domain.codes import CODES

HERE = Path(__file__).parent / "js"
STATIC = Path(treering.web.__file__).parent / "static"

WHOLE = st.integers(-(2**53) + 1, 2**53 - 1)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | WHOLE | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize("written", ["modules.test.mjs", "formats.test.mjs"])
def test_they_keep_to_the_vectors_that_python_and_solidity_read(written):
    done = subprocess.run(
        ["node", "--test", "--test-reporter=tap", str(HERE / written)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:]


@given(st.lists(DOCUMENTS, min_size=200, max_size=200))
@settings(max_examples=3, deadline=None)
def test_canonical_json_is_the_same_bytes_in_both_languages(documents):
    lines = "\n".join(json.dumps(document) for document in documents)
    done = subprocess.run(
        ["node", str(HERE / "canonical.mjs")],
        input=lines,
        capture_output=True,
        text=True,
        check=False,
    )
    expected = [rfc8785.dumps(document).decode() for document in documents]
    assert done.stdout == "".join(f"{line}\n" for line in expected), done.stderr


def test_each_code_that_a_browser_gives_has_the_same_verdict_there():
    given_there = set(re.findall(r'"([A-Z]+_[A-Z_]+)"', (STATIC / "check/checks.js").read_text()))
    asked = json.dumps(sorted(given_there & CODES.keys()))
    script = (
        f"import {{ verdict }} from {json.dumps((STATIC / 'check/verdict.js').as_uri())};"
        f"console.log(JSON.stringify({asked}.map((code) => [code, verdict(code)])))"
    )
    done = subprocess.run(
        ["node", "--input-type=module", "-e", script], capture_output=True, text=True, check=True
    )
    found = dict(json.loads(done.stdout))
    assert len(found) > 20
    assert found == {code: CODES[code].verdict for code in found}


def test_modules_are_small():
    for path in [*STATIC.glob("*.js"), *STATIC.glob("check/*.js")]:
        lines = path.read_text().splitlines()
        assert len(lines) <= 200, path.name
        assert all(len(line) <= 110 for line in lines), path.name
