"""The house rules that no linter knows: small modules, small functions, nothing of one machine."""

import ast
import re
import subprocess
from functools import cache
from pathlib import Path
from statistics import median

import pytest

from treering import errors, main
from treering.web.pages import all_refusals

ROOT = Path(__file__).parents[2]
SERVICE = ROOT / "service/treering"
MODULES = sorted(SERVICE.rglob("*.py"))
# Tables written down row by row are as long as they have rows.
LISTS = {"domain/codes.py"}
LISTS |= {str(p.relative_to(SERVICE)) for p in SERVICE.glob("store/migrations/versions/*.py")}
HAND_WRITTEN = [path for path in MODULES if str(path.relative_to(SERVICE)) not in LISTS]

MAX_LINES, MEDIAN_LINES = 300, 100
MAX_BODY, MEDIAN_BODY = 40, 10
Function = ast.FunctionDef | ast.AsyncFunctionDef


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def functions(path: Path) -> list[tuple[str, int]]:
    """Each function of a module with its length in lines."""
    return [
        (f"{name(path)}:{node.name}", (node.end_lineno or 0) - node.lineno + 1)
        for node in ast.walk(tree(path))
        if isinstance(node, Function)
    ]


def committed() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    )
    return [ROOT / line for line in listed.stdout.split("\0") if line]


def test_no_module_has_grown_out_of_hand():
    lengths = {name(path): len(path.read_text("utf-8").splitlines()) for path in HAND_WRITTEN}
    assert {path: n for path, n in lengths.items() if n > MAX_LINES} == {}
    assert median(n for n in lengths.values() if n) <= MEDIAN_LINES


def test_no_function_has_grown_out_of_hand():
    lengths = dict(length for path in HAND_WRITTEN for length in functions(path))
    assert {function: n for function, n in lengths.items() if n > MAX_BODY} == {}
    assert median(lengths.values()) <= MEDIAN_BODY


@pytest.mark.parametrize("path", [p for p in MODULES if p.stat().st_size], ids=name)
def test_every_module_says_what_it_is_for(path):
    assert ast.get_docstring(tree(path))


def test_every_test_module_says_so_too_and_names_its_tests_in_sentences():
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        assert ast.get_docstring(tree(path)), name(path)
        for node in ast.walk(tree(path)):
            if isinstance(node, Function) and node.name.startswith("test_"):
                assert node.name.count("_") >= 2, f"{name(path)}: {node.name} is no sentence"


def test_every_refusal_is_imported_from_one_place():
    ours = [kind for kind in all_refusals() if kind.__module__.startswith("treering")]
    assert [kind.__name__ for kind in ours if getattr(errors, kind.__name__, None) != kind] == []


def test_no_module_is_a_drawer_for_odds_and_ends():
    drawers = {"utils", "util", "common", "helpers", "helper", "misc", "tools"}
    assert [name(path) for path in MODULES if path.stem in drawers] == []


# Put together here, so that this file does not hold what it looks for.
_FOLDERS = ["wo" + "rk/", "ro" + "ot/", "ho" + "me/[a-z]", "Us" + "ers/", "tmp/pytest"]
_HOSTS = ["registry.npm" + "js.org", "pypi" + ".org", "files.python" + "hosted.org"]
_HOSTS += ["artifact" + "ory", "nex" + "us", "npm" + "mirror", "tuna.tsing" + "hua"]
PATHS = re.compile(r"(?<![\w.$}\])/])/(?:" + "|".join(_FOLDERS) + ")")
HOSTS = re.compile(r"(?i)https?://[\w.-]*(?:" + "|".join(map(re.escape, _HOSTS)) + ")")
SHARED = re.compile(r"\.\./sha" + "red")


def test_nothing_committed_knows_this_machine_or_a_package_registry():
    found = []
    for path in committed():
        if not path.is_file():
            continue  # removed, and not committed yet
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue  # a picture
        for pattern in (PATHS, HOSTS, SHARED):
            found += [f"{name(path)}: {hit.group()}" for hit in pattern.finditer(text)]
    assert found == []


def test_no_secret_is_committed():
    endings = {".pem", ".key", ".secret", ".keystore", ".p12"}
    assert [name(path) for path in committed() if path.suffix in endings] == []
    head = re.compile("-----BEGIN [A-Z ]*PRIV" + "ATE KEY-----")
    for path in committed():
        if path.is_file() and path.suffix in {".py", ".md", ".json", ".sh", ".toml", ".txt"}:
            assert not head.search(path.read_text("utf-8")), name(path)


# What design.md promises by name, save what comes with later work.
COMMANDS = (
    "demo serve worker doctor migrate load redeem contract verify audit mirror reconcile".split()
)


def test_the_commands_have_the_names_that_people_and_scripts_rely_on():
    assert set(COMMANDS) <= set(main.VERBS)


def test_make_has_its_two_targets():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target, needs in {"demo": "treering demo $(ARGS)", "test": "pytest"}.items():
        recipe = re.search(rf"^{target}:\n((?:\t.*\n)+)", makefile, re.MULTILINE)
        assert recipe
        assert needs in recipe[1]
        assert "deploy/setup.sh" in recipe[1]
