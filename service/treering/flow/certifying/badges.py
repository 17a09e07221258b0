"""Bake: a certificate's pictures, with its credential in them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from treering.domain import badge
from treering.domain.number import parse
from treering.render.pdf.sheet import rings_svg


@dataclass(frozen=True, slots=True)
class Baker:
    """`credential` and `picture` refuse as the service's own do."""

    credential: Callable[[str], dict[str, Any]]
    picture: Callable[[str, str], bytes]

    def png(self, number: str, shape: str) -> bytes:
        """The picture to share; it is refused where that is."""
        return badge.baked(self.picture(number, shape), self._json(number))

    def svg(self, number: str) -> bytes:
        """The record's rings. Like the credential, it is there for one that has fallen, too."""
        drawn = rings_svg(parse(number).tree)
        return badge.baked(drawn.encode(), self._json(number))

    def _json(self, number: str) -> bytes:
        return json.dumps(self.credential(number), ensure_ascii=False).encode()
