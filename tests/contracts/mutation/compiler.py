"""One compiler process for many mutants: loading it takes longer than most of what it compiles."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.contracts.mutation.mutant import Mutant
from tests.contracts.node import CONTRACTS

_PROGRAM = Path(__file__).with_name("compile.js")


class DoesNotCompile(Exception):
    """A mutant is no program; it proves nothing."""


class Compiler:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def bytecode(self, mutant: Mutant) -> str:
        """TreeLedger's creation code with this rule broken, not optimized, as 0x and hex."""
        source = (CONTRACTS / "src" / mutant.file).read_text()
        line = json.dumps({"file": mutant.file, "text": mutant.applied(source)})
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if "error" in answer:
            raise DoesNotCompile(answer["error"])
        return str(answer["bytecode"])


@contextmanager
def compiler() -> Iterator[Compiler]:
    pipe = subprocess.PIPE
    with subprocess.Popen(
        ["node", _PROGRAM, CONTRACTS], stdin=pipe, stdout=pipe, text=True
    ) as process:
        try:
            yield Compiler(process)
        finally:
            process.terminate()
