"""Evidence as it comes in: told by its first bytes what it is, and cleaned in a process of its
own, which may not use more memory or time than a file is worth."""

import json
import resource
import subprocess
import sys
from hashlib import sha256

from treering.errors import EvidenceRefused, TreeringError
from treering.intake.picture import Clean

LIMIT = 32 << 20  # bytes of a file
_MEMORY, _SECONDS = 1536 << 20, 20
_TOO_MUCH = "it takes more memory or time than a file may"
_COMMAND = (sys.executable, "-c", "from treering.intake.evidence import main; main()")
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


def kind_of(content: bytes) -> str | None:
    """ "picture" or "paper"; None for all else, whatever it is called."""
    if content.startswith(_PICTURES) or (content[:4], content[8:12]) == (b"RIFF", b"WEBP"):
        return "picture"
    return "paper" if content.startswith(b"%PDF-") else None


def cleaned(content: bytes) -> Clean:
    """What is kept of it; EvidenceRefused."""
    if not content or len(content) > LIMIT:
        raise EvidenceRefused(f"{len(content)} bytes, from 1 to {LIMIT} are taken")
    if kind_of(content) is None:
        raise EvidenceRefused("neither JPEG, PNG, WebP nor PDF by its first bytes")
    try:
        done = subprocess.run(  # noqa: S603 - our own code
            _COMMAND, input=content, capture_output=True, check=False, timeout=10 * _SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise EvidenceRefused(_TOO_MUCH) from error
    head, _, kept = done.stdout.partition(b"\n")
    if done.returncode != 0:
        raise EvidenceRefused(head.decode() or _TOO_MUCH)
    told = json.loads(head)
    return Clean(told["media_type"], kept, told["taken_on"], _pair(told["place"]))


def digest(content: bytes) -> bytes:
    """SHA-256, which evidence is called by."""
    return sha256(content).digest()


def _pair(place: list[str] | None) -> tuple[str, str] | None:
    return (place[0], place[1]) if place else None


def here(content: bytes) -> Clean:
    """The same in this process, without bounds of memory and time."""
    from treering.intake import paper, picture  # noqa: PLC0415 - in that process alone

    return picture.cleaned(content) if kind_of(content) == "picture" else paper.cleaned(content)


def main() -> None:
    """Of the process of its own: a line of JSON and what is kept, or why nothing is."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        found = here(sys.stdin.buffer.read())
    except TreeringError as error:
        sys.stdout.write(str(error).replace("\n", " "))
        sys.exit(1)
    head = {"media_type": found.media_type, "taken_on": found.taken_on, "place": found.place}
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + found.content)
