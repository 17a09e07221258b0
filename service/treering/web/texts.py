"""The catalogues: every text of the pages, in Chinese and English, by one key."""

import json
from functools import cache
from pathlib import Path

from treering.web.language import Language

_FOLDER = Path(__file__).parent / "catalogue"


@cache
def catalogue(language: Language) -> dict[str, str]:
    texts: dict[str, str] = json.loads((_FOLDER / f"{language}.json").read_text("utf-8"))
    return texts


def text(language: Language, key: str, **values: object) -> str:
    """The text with its {values}; a key that is missing is a fault of ours: KeyError."""
    found = catalogue(language)[key]
    return found.format(**values) if values else found
