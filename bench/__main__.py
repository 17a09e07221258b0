"""`python -m bench [NAME …]`: all benchmarks, or those named. Exit status 1 if one fell short.

A benchmark is a module here with `run() -> bool`, which prints its table.
"""

import sys
from importlib import import_module

ALL = (
    "burst",
    "bulk",
    "minting",
    "scale",
    "pdf",
    "credential",
    "verify",
    "recount",
    "provenance",
    "mirroring",
    "reconcile",
)


def main(names: list[str]) -> int:
    held = [import_module(f"bench.{name}").run() for name in names or ALL]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
