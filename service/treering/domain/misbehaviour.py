"""A proof of misbehaviour: one JSON file by which anybody who has a log's verifier key can see
that the log signed two heads that cannot both be true, and which entry they disagree about.

    {"format": "treering/misbehaviour/v1", "log": verifier key, "kind": …, "held": note,
     "offered": note, "beginning": hex, "growth": [hex, …],
     "entry": {"index": …, "held": {"raw": base64, "path": [hex, …]}, "offered": {…}}}

`heads`      both notes are signed by the log, and say two roots for one size, or fewer entries
             at a later time
`rewritten`  the offered log begins with `held.size` entries whose root is `beginning`, which is
             not the root that the log signed for that size; `growth` is RFC 6962's proof of it

`entry`, where it is told, differs: each version is proven under its own head, and one that is
left out lies beyond it. We tell the first.
A version that is null does not stand in that log.
"""

from base64 import b64decode, b64encode
from typing import Any

import msgspec

from treering.domain.contradiction import Contradiction, Kind
from treering.domain.registry_head import TreeHead, VerifierKey, check_succession, opened
from treering.domain.registry_log import proves_entry, proves_growth
from treering.errors import ProofRefused, RegistryContradicted, RegistryRefused

FORMAT = "treering/misbehaviour/v1"


class _Version(msgspec.Struct, frozen=True):
    raw: str
    path: list[str]


class _Entry(msgspec.Struct, frozen=True):
    index: int
    held: _Version | None
    offered: _Version | None


class _Document(msgspec.Struct, frozen=True):
    format: str
    log: str
    kind: Kind
    held: str
    offered: str
    beginning: str | None = None
    growth: list[str] = []
    entry: _Entry | None = None


def document(found: Contradiction, key: VerifierKey) -> dict[str, Any]:
    """What is written into the file."""
    proof = found.proof or ()
    entry = None
    if found.index is not None:
        entry = _Entry(
            found.index,
            _version(found.held_raw, found.held_path),
            _version(found.offered_raw, found.offered_path),
        )
    made = _Document(
        format=FORMAT,
        log=str(key),
        kind=found.kind,
        held=found.held_note,
        offered=found.offered_note,
        beginning=proof[0].hex() if proof else None,
        growth=[step.hex() for step in proof[1:]],
        entry=entry,
    )
    return dict(msgspec.to_builtins(made))


def verify(raw: bytes, key: VerifierKey) -> str:
    """What the file proves against the log of this key, in a sentence. ProofRefused if it
    proves nothing: then it says nothing about the log."""
    try:
        said = msgspec.json.decode(raw, type=_Document)
        held, offered = opened(said.held, key), opened(said.offered, key)
        proven = (
            _heads(held, offered) if said.kind is Kind.HEADS else _rewritten(said, held, offered)
        )
        return proven + (_entry(said.entry, held, offered) if said.entry else "")
    except (RegistryRefused, ValueError, RecursionError) as error:
        raise ProofRefused(str(error)) from error


def _heads(held: TreeHead, offered: TreeHead) -> str:
    try:
        check_succession(held, offered)
    except RegistryContradicted as error:
        return f"{held.origin} signed both: {error}"
    raise ProofRefused("both heads may be true")


def _rewritten(said: _Document, held: TreeHead, offered: TreeHead) -> str:
    beginning = bytes.fromhex(said.beginning or "")
    growth = [bytes.fromhex(step) for step in said.growth]
    shown = proves_growth(growth, old=(held.size, beginning), new=(offered.size, offered.root))
    if not shown or beginning == held.root:
        raise ProofRefused("the offered log is not shown to begin otherwise than the held one")
    return (
        f"{held.origin} signed {offered.size} entries that do not begin with the {held.size} "
        "it had signed before"
    )


def _entry(said: _Entry, held: TreeHead, offered: TreeHead) -> str:
    sides = (said.held, held), (said.offered, offered)
    raws = [_proven(version, said.index, head) for version, head in sides]
    if raws[0] == raws[1]:
        raise ProofRefused(f"entry {said.index} is the same in both")
    return f"; entry {said.index} differs"


def _proven(version: _Version | None, index: int, head: TreeHead) -> bytes | None:
    if version is None:
        if index < head.size:
            raise ProofRefused(f"entry {index} is not shown, which its head holds")
        return None
    raw, path = b64decode(version.raw, validate=True), [bytes.fromhex(s) for s in version.path]
    if not proves_entry(path, raw, index, size=head.size, root=head.root):
        raise ProofRefused(f"entry {index} is not shown to stand under its head")
    return raw


def _version(raw: bytes | None, path: tuple[bytes, ...]) -> _Version | None:
    if raw is None:
        return None
    return _Version(b64encode(raw).decode(), [step.hex() for step in path])
