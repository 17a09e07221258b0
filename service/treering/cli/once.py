"""An Idempotency-Key on a command line."""

import argparse

_LONGEST = 200  # as over HTTP


def key(text: str) -> str:
    """argparse's error for what nobody meant, such as a variable of a script that is not set."""
    if not text.strip() or len(text) > _LONGEST or not text.isprintable():
        raise argparse.ArgumentTypeError(f"1 to {_LONGEST} characters that can be seen")
    return text
