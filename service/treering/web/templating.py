"""Pages: Jinja templates with autoescape, in the visitor's language, cached by nobody else."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from treering.domain.codes import CODES
from treering.domain.recount.events import Reason
from treering.domain.verdict import against
from treering.render import atlas, qr
from treering.render.plot import HEIGHT, WIDTH, plot
from treering.render.rings import rings
from treering.web.answers import CHECK_NUMBERS
from treering.web.language import HTML_LANG, Language, chosen, language
from treering.web.texts import catalogue, text

_REASONS = frozenset(f"reason.{reason.name}" for reason in Reason)
_BEIJING = timezone(timedelta(hours=8))  # the programmes' own time; no summer time since 1991


def page(
    request: Request,
    template: str,
    *,
    status_code: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> HTMLResponse:
    """The template with `context` and what all pages know."""
    body = _environment.get_template(template).render(**_common(request), **context)
    kept = {"Cache-Control": "no-store", "Vary": "Accept-Language, Accept", **(headers or {})}
    return HTMLResponse(body, status_code, kept)


def _common(request: Request) -> dict[str, Any]:
    spoken = language(request)
    explicit = chosen(request)

    def t(key: str, **values: object) -> str:
        return text(spoken, key, **values)

    def either(thing: Any, name: str) -> str:
        """`thing.name_zh` or `thing.name_en`; or `thing.zh`, `thing.en` for an empty name."""
        found = getattr(thing, f"{name}_{spoken}" if name else spoken)
        return str(found) if found else ""

    def href(path: str) -> str:
        return f"{path}?lang={explicit}" if explicit else path

    return {
        "t": t,
        "either": either,
        "href": href,
        "known": catalogue(spoken),
        "language": spoken,
        "html_lang": HTML_LANG[spoken],
        "explicit": explicit,
        "other_language": _other(request, spoken),
        "base_url": request.app.state.base_url,
        "path": request.url.path,
        "halted": request.app.state.services.halted(),
    }


def _other(request: Request, spoken: Language) -> str:
    """This page's address in the other language."""
    kept = [(k, v) for k, v in request.query_params.multi_items() if k != "lang"]
    other = "en" if spoken == "zh" else "zh"
    return f"{request.url.path}?{urlencode([*kept, ('lang', other)])}"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(_BEIJING):%Y-%m-%d %H:%M} UTC+8"


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(_BEIJING):%Y-%m-%d}"


def _hex(value: bytes) -> str:
    return "0x" + value.hex()


def _short(value: str) -> str:
    """A hash or address by its two ends."""
    return f"{value[:10]}…{value[-8:]}" if len(value) > 24 else value


def _span(span: timedelta | None) -> str:
    """Its two greatest parts, in units that both languages write alike."""
    if span is None:
        return "–"
    seconds = int(span.total_seconds())
    parts = [(seconds // 86400, "d"), (seconds // 3600 % 24, "h")]
    parts += [(seconds // 60 % 60, "min"), (seconds % 60, "s")]
    first = next((i for i, (value, _) in enumerate(parts) if value), 3)
    return " ".join(f"{value} {unit}" for value, unit in parts[first : first + 2])


def _ether(wei: int) -> str:
    return f"{wei / 10**18:,.4f}"


def _count(number: int | None) -> str:
    return "–" if number is None else f"{number:,}"


_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters.update(moment=_moment, day=_day, hex=_hex, short=_short, count=_count)
_environment.filters.update(span=_span, ether=_ether)
_environment.globals.update(
    against=against, codes=CODES, numbers=CHECK_NUMBERS, rings=rings, qr_matrix=qr.matrix
)
_environment.globals.update(qr_path=qr.path, atlas=atlas.around, plot=plot)
_environment.globals.update(plot_size=(WIDTH, HEIGHT))
_environment.globals.update(map_size=(atlas.WIDTH, atlas.HEIGHT), known_reasons=_REASONS)
