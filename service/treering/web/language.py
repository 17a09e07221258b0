"""Chinese or English: by `?lang=`, else by the browser's own wish."""

from typing import Literal

from fastapi import Request

Language = Literal["zh", "en"]
HTML_LANG: dict[Language, str] = {"zh": "zh-Hans", "en": "en"}


def chosen(request: Request) -> Language | None:
    """What `?lang=` says; None where it says nothing that we have."""
    match request.query_params.get("lang"):
        case "zh":
            return "zh"
        case "en":
            return "en"
    return None


def language(request: Request) -> Language:
    return chosen(request) or preferred(request.headers.get("accept-language", ""))


def preferred(accept_language: str) -> Language:
    """The better liked of the two (RFC 9110, 12.5.4); English where neither is named."""
    best: Language = "en"
    best_quality = 0.0
    for item in accept_language[:500].split(","):
        name, _, parameters = item.strip().lower().partition(";")
        quality = _quality(parameters)
        if quality > best_quality and name.partition("-")[0] in ("zh", "en"):
            best = "zh" if name.startswith("zh") else "en"
            best_quality = quality
    return best


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    try:
        return float(value) if name == "q" else 1.0
    except ValueError:
        return 0.0
