"""The page /check as a program that is installed and opens without a network: its manifest and
its service worker. Nothing of it comes from elsewhere.

The worker's version is a digest of all that pages are made of, so that a change of any of it is a
new worker, which takes over what it needs whole and throws the old away.
"""

import json
from functools import cache
from hashlib import sha256
from pathlib import Path

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from treering.web.audience import OpenRouter
from treering.web.language import HTML_LANG, chosen, language
from treering.web.texts import text

router = OpenRouter(include_in_schema=False)
_WEB = Path(__file__).parent
_MADE_OF = ("static", "templates", "catalogue")
_PARTS = ("check-report.js", "bundle-panel.js", "scanner.js")
_SHELL = ("treering.css", "rings.svg", "app.js", "check.js", *_PARTS)
_FOLDERS = ("check", "vendor", "icons")
_SIZES = {"icon-192.png": "192x192", "icon-512.png": "512x512"}
_MASKABLE = "icon-maskable-512.png"
_ICONS = [
    {"src": f"/static/icons/{name}", "sizes": sizes, "type": "image/png"}
    for name, sizes in _SIZES.items()
] + [
    {
        "src": f"/static/icons/{_MASKABLE}",
        "sizes": "512x512",
        "type": "image/png",
        "purpose": "maskable",
    }
]


@router.api_route("/manifest.webmanifest", methods=["GET", "HEAD"])
def read_manifest(request: Request) -> Response:
    """In the language of the page that names it."""
    spoken, explicit = language(request), chosen(request)
    start = f"/check?lang={explicit}" if explicit else "/check"
    manifest = {
        "id": "/check",
        "name": text(spoken, "app.name"),
        "short_name": text(spoken, "app.short"),
        "description": text(spoken, "app.says"),
        "lang": HTML_LANG[spoken],
        "dir": "ltr",
        "start_url": start,
        "scope": "/",
        "display": "standalone",
        "background_color": "#f2f3ec",
        "theme_color": "#14532f",
        "icons": _ICONS,
    }
    headers = {"Cache-Control": "no-cache", "Vary": "Accept-Language"}
    return JSONResponse(manifest, headers=headers, media_type="application/manifest+json")


@router.api_route("/worker.js", methods=["GET", "HEAD"])
def read_worker() -> Response:
    """Asked for anew each time; browsers compare its bytes."""
    headers = {"Cache-Control": "no-cache"}
    return Response(_worker(), headers=headers, media_type="text/javascript; charset=utf-8")


@cache
def _worker() -> str:
    named = f"const VERSION = {json.dumps(_version())};\nconst SHELL = {json.dumps(shell())};\n"
    return named + (_WEB / "static/worker.js").read_text("utf-8")


def shell() -> list[str]:
    """The paths of all that /check is made of, beside the page itself."""
    static = _WEB / "static"
    files = [*(static / name for name in _SHELL)]
    for folder in _FOLDERS:
        files += sorted(path for path in (static / folder).iterdir() if path.is_file())
    return [f"/static/{path.relative_to(static).as_posix()}" for path in files]


def _version() -> str:
    digest = sha256()
    for folder in _MADE_OF:
        for path in sorted((_WEB / folder).rglob("*.*")):
            digest.update(path.relative_to(_WEB).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
