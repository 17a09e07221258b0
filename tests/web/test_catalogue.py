"""The two catalogues say the same things, and all that templates ask for."""

import re
from pathlib import Path
from string import Formatter

import treering.web
from treering.web.pages import all_refusals
from treering.web.problems import STATUS
from treering.web.texts import catalogue

WEB = Path(treering.web.__file__).parent
SOURCES = [*WEB.glob("templates/*.html"), WEB / "timeline.py"]


def fields(text):
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name)


def test_both_languages_have_the_same_texts_with_the_same_gaps():
    zh, en = catalogue("zh"), catalogue("en")
    assert zh.keys() == en.keys()
    for key in zh:
        assert zh[key].strip(), key
        assert fields(zh[key]) == fields(en[key]), key


def test_chinese_is_chinese():
    plain = {key for key, text in catalogue("zh").items() if text.isascii()}
    assert plain == {"language.other"}


def test_templates_ask_only_for_texts_that_are_there():
    asked = {
        key
        for source in SOURCES
        for key in re.findall(
            r"""(?:\bt\(|note=f?)["']([a-zA-Z_.]+)["'](?! ~)""", source.read_text()
        )
    }
    assert len(asked) > 50
    assert asked <= catalogue("en").keys()


def test_no_text_is_left_over():
    sources = "".join(source.read_text() for source in [*SOURCES, WEB / "waiting.py"])
    sources += (WEB / "pages.py").read_text() + (WEB / "installed.py").read_text()
    for key in catalogue("en"):
        stem = key.rpartition(".")[0]
        family = stem.partition(".")[0]
        used = f'"{key}"' in sources or f'"{stem}.' in sources or f'"{family}.' in sources
        assert used, key


def test_every_refusal_that_a_page_may_show_has_its_chinese():
    shown = [kind for kind in all_refusals() if set(kind.__mro__) & STATUS.keys()]
    missing = [kind.code for kind in shown if f"error.{kind.code}" not in catalogue("zh")]
    assert not missing
