"""Failpoints: armed by the environment alone, one closed list of names, never in production."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from treering import failpoint
from treering.errors import SettingsWrong
from treering.failpoint import POINTS, Failpoint

SERVICE = Path(failpoint.__file__).parent
AT_THE_SECOND = """
import os
from treering import failpoint
failpoint.arm(os.environ)
for time in (1, 2, 3):
    print(time, flush=True)
    failpoint.reached("tx.stored_not_sent")
    failpoint.reached("batch.after_commit")
"""


def armed(**environ: str) -> subprocess.Popen[str]:
    environment = {**os.environ, **environ}
    command = [sys.executable, "-c", AT_THE_SECOND]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def test_a_process_dies_when_it_comes_to_the_named_place_for_the_kth_time():
    with armed(FAILPOINT="tx.stored_not_sent:2") as process:
        assert process.communicate(timeout=20)[0].split() == ["1", "2"]
    assert process.returncode == -signal.SIGKILL


def test_a_process_freezes_there_and_goes_on_when_it_is_told_to():
    with armed(FAILPOINT="tx.stored_not_sent:2", FPACT="stop") as process:
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        process.send_signal(signal.SIGCONT)
        assert process.communicate(timeout=20)[0].split() == ["1", "2", "3"]


def test_without_the_environment_nothing_happens_at_any_place():
    assert Failpoint.from_environ({}) is None
    for name in POINTS:
        failpoint.reached(name)


@pytest.mark.parametrize(
    ("environ", "why"),
    [
        ({"FAILPOINT": "tx.stored_not_sent:1", "ENV": "production"}, "production refuses it"),
        ({"FAILPOINT": "tx.somewhere:1"}, "names one of batch.after_commit, "),
        ({"FAILPOINT": "tx.stored_not_sent"}, "of the form name:k"),
        ({"FAILPOINT": "tx.stored_not_sent:0"}, "of the form name:k"),
        ({"FAILPOINT": "tx.stored_not_sent:²"}, "of the form name:k"),
        ({"FAILPOINT": "tx.stored_not_sent:1", "FPACT": "burn"}, "kill or stop"),
    ],
)
def test_a_failpoint_that_cannot_be_meant_is_refused_at_the_start(environ, why):
    with pytest.raises(SettingsWrong, match=re.escape(why)):
        Failpoint.from_environ(environ)


def test_no_command_starts_in_production_with_a_failpoint():
    environ = {"FAILPOINT": "tx.stored_not_sent:1", "ENV": "production", "PATH": os.defpath}
    command = [sys.executable, "-m", "treering.main", "worker"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "treering worker: TR901 FAILPOINT is for tests" in done.stderr


def placed() -> set[str]:
    pattern = re.compile(r'\breached\(\s*"([^"]*)"')
    return {name for file in SERVICE.rglob("*.py") for name in pattern.findall(file.read_text())}


def test_every_place_in_the_code_is_on_the_list():
    assert placed() <= POINTS
