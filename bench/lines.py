"""Files of redemptions to load, and `treering load` on one of them."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

LOTS = ("ANT_FOREST-277", "ANT_FOREST-464", "ANT_FOREST-805", "ANT_FOREST-1")
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅春建国文"
_OTHERS = ("阿依古丽·买买提", "John Smith")  # one name in sixteen


@dataclass
class Lines:
    """A story that goes on from file to file: every so-manieth line comes from a new holder,
    the others from any of those who came before."""

    every: int
    dice: Random = field(default_factory=lambda: Random(1))
    holders: int = 0
    written: int = 0

    def write(self, file: Path, count: int) -> None:
        with file.open("w", encoding="utf-8") as opened:
            opened.writelines(self._lines(count))

    def _lines(self, count: int) -> Iterator[str]:
        for i in range(self.written, self.written + count):
            if i % self.every == 0:
                self.holders += 1
                holder = self.holders
            else:
                holder = 1 + int(self.dice.random() * self.holders)
            moment = f"2019-03-{1 + i % 28:02}T{i % 24:02}:{i % 60:02}:00+08:00"
            yield (
                f'{{"lot":"{LOTS[i % 4]}","holder":"user-2088{holder:012}",'
                f'"name":"{_name(holder)}","redeemed_at":"{moment}"}}\n'
            )
        self.written += count


@dataclass(frozen=True, slots=True)
class Loaded:
    """`seconds` of the whole command, from its start to its end; `cpu` of its processor, too."""

    seconds: float
    cpu: float
    mb: float

    def without(self, start: "Loaded") -> "Loaded":
        """What the lines alone took: `start` is the command on a file of one."""
        return Loaded(self.seconds - start.seconds, self.cpu - start.cpu, self.mb)


def load(file: Path, environ: dict[str, str], key: int) -> Loaded:
    words = ["load", str(file), "--programme", "ANT_FOREST", "--key", f"lines-{key}"]
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "treering.main", *words],
        env={**os.environ, **environ},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, "the load went through"
    return Loaded(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def _name(holder: int) -> str:
    if holder % 16 == 0:
        return _OTHERS[holder // 16 % 2]
    first, second = _GIVEN[holder % 31], _GIVEN[holder // 31 % 31]
    return _SURNAMES[holder // 961 % 20] + first + second * (holder % 3 > 0)
