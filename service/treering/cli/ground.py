"""treering ground load: sites and claims elsewhere, from a GeoJSON file (WGS 84).

A file is taken as a whole or not at all. Exit status: 0 loaded, 1 refused.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from treering.errors import TreeringError
from treering.flow.inspecting.land import Loaded

Load = Callable[[bytes], Loaded]


def main(argv: Sequence[str], load: Load, out: TextIO = sys.stdout) -> int:
    options = parser().parse_args(argv)
    try:
        loaded = load(options.file.read_bytes())
    except TreeringError as refusal:
        print(f"treering ground: {refusal.code} {refusal}", file=sys.stderr)
        return 1
    print(json.dumps(asdict(loaded), ensure_ascii=False), file=out)
    return 0


def parser() -> argparse.ArgumentParser:
    words = argparse.ArgumentParser(prog="treering ground", description=__doc__)
    words.add_argument("verb", choices=["load"])
    words.add_argument("file", type=Path, metavar="FILE", help="GeoJSON, a FeatureCollection")
    return words
