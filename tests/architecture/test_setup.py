"""deploy/setup.sh on machines that lack something: one sentence, and nothing half-made left."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = "sh cat cksum chmod dirname env grep id mkdir mktemp rm tail touch".split()
PROJECTS = "contracts service/assets tests/independent tests/provider tests/recount".split()
FILES = "deploy/setup.sh requirements.txt requirements-dev.txt pyproject.toml".split()
NO_SPACE = "ERROR: Could not install packages: [Errno 28] No space left on device"

# A Python whose -m venv makes a stub, and whose pip does what FAKE_PIP says.
PYTHON = """#!/bin/sh
case "$1" in
  -c) exit {too_old} ;;
  --version) echo "Python {version}" ;;
  *) [ -z "$FAKE_VENV" ] || {{ mkdir -p .venv; echo "$FAKE_VENV"; exit 1; }}
     mkdir -p .venv/bin
     {{ echo '#!/bin/sh'; echo '[ -z "$FAKE_PIP" ] || {{ echo "$FAKE_PIP"; exit 1; }}'; }} \
>.venv/bin/python
     chmod +x .venv/bin/python ;;
esac
"""
NODE = """#!/bin/sh
case "$1" in -e) exit {too_old} ;; *) echo "{version}" ;; esac
"""
# An npm that installs a node which says nothing, or does what FAKE_NPM says.
NPM = """#!/bin/sh
there=contracts/node_modules/@foundry-rs/anvil-linux-amd64/bin
mkdir -p $there
[ -z "$FAKE_NPM" ] || { echo "$FAKE_NPM"; exit 1; }
[ -n "$FAKE_ANVIL" ] || { echo '#!/bin/sh' >$there/anvil; chmod +x $there/anvil; }
"""

Setup = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A copied tree beside a `bin` with the few tools of any Debian, and good fakes."""
    tree, tools = tmp_path / "tree", tmp_path / "bin"
    tools.mkdir()
    for name in TOOLS:
        found = shutil.which(name)
        assert found, name
        (tools / name).symlink_to(found)
    for name in FILES:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, tree / name)
    for project in PROJECTS:
        (tree / project).mkdir(parents=True)
        shutil.copy2(ROOT / project / "package-lock.json", tree / project)
    put(tmp_path, "python3", PYTHON.format(too_old=0, version="3.11.9"))
    put(tmp_path, "node", NODE.format(too_old=0, version="v20.1.0"))
    put(tmp_path, "npm", NPM)
    put(tmp_path, "chromium", "#!/bin/sh\n")
    put(tmp_path, "fc-list", "#!/bin/sh\necho NotoSansCJK-Regular.ttc: Noto Sans CJK SC\n")
    return tmp_path


def put(machine: Path, name: str, script: str) -> None:
    path = machine / "bin" / name
    path.write_text(script)
    path.chmod(0o755)


@pytest.fixture
def setup(machine: Path) -> Setup:
    def run(goal: str = "run", **fakes: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(machine / "bin/sh"), str(machine / "tree/deploy/setup.sh"), goal],
            env={"PATH": str(machine / "bin"), "TMPDIR": str(machine), **fakes},
            cwd=machine,
            capture_output=True,
            text=True,
            check=False,
            timeout=20,
        )

    return run


def made(machine: Path) -> set[str]:
    """What the setup has put into the tree, and left among the temporary files."""
    tree = machine / "tree"
    folders = (".venv", *(f"{project}/node_modules" for project in PROJECTS))
    found = {name for name in folders if (tree / name).exists()}
    return found | {path.name for path in machine.iterdir() if path.name.startswith("tmp.")}


def refused(done: subprocess.CompletedProcess[str], said: str) -> None:
    assert done.returncode != 0
    assert done.stderr.startswith("treering: ")
    assert done.stderr.count("\n") == 1
    assert said in done.stderr


def test_a_machine_that_has_all_is_set_up(machine: Path, setup: Setup):
    done = setup()
    assert (done.returncode, done.stderr) == (0, "")
    assert made(machine) == {".venv", "contracts/node_modules", "service/assets/node_modules"}


def test_the_tests_have_the_packages_of_their_own_verifiers(machine: Path, setup: Setup):
    assert setup("test").returncode == 0
    assert "tests/independent/node_modules" in made(machine)


@pytest.mark.parametrize("goal", ["run", "test"])
def test_a_second_run_does_nothing_and_says_nothing_and_is_fast(machine, setup, goal):
    setup(goal)
    marker = machine / "tree/.venv/marker"
    marker.touch()
    begun = time.monotonic()
    done = setup(goal, FAKE_VENV="again", FAKE_PIP="again", FAKE_NPM="again")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert marker.exists()
    assert time.monotonic() - begun < 2


def test_whoever_is_set_up_for_tests_is_set_up_for_the_demo(setup: Setup):
    setup("test")
    assert setup("run", FAKE_PIP="again").stdout == ""


@pytest.mark.parametrize("name", ["requirements.txt", "pyproject.toml"])
def test_what_changed_is_installed_anew(machine: Path, setup: Setup, name):
    setup()
    with (machine / "tree" / name).open("a") as file:
        file.write("# changed\n")
    assert "installing Python packages" in setup().stdout


def test_an_old_python_is_told(machine: Path, setup: Setup):
    put(machine, "python3", PYTHON.format(too_old=1, version="3.8.10"))
    refused(setup(), "Python 3.11 or newer is needed; this is Python 3.8.10")
    assert made(machine) == set()


def test_a_missing_python_is_told(machine: Path, setup: Setup):
    (machine / "bin/python3").unlink()
    refused(setup(), "Python 3.11 or newer is needed; there is none")


def test_a_newer_python_beside_an_old_one_is_found(machine: Path, setup: Setup):
    put(machine, "python3", PYTHON.format(too_old=1, version="3.8.10"))
    put(machine, "python3.12", PYTHON.format(too_old=0, version="3.12.1"))
    assert setup().returncode == 0


def test_an_old_node_is_told(machine: Path, setup: Setup):
    put(machine, "node", NODE.format(too_old=1, version="v18.19.0"))
    refused(setup(), "Node 20 or newer is needed; this is v18.19.0")
    assert made(machine) == set()


@pytest.mark.parametrize("name", ["node", "npm"])
def test_a_missing_node_or_npm_is_told(machine: Path, setup: Setup, name):
    (machine / "bin" / name).unlink()
    refused(setup(), "there is none")
    assert made(machine) == set()


@pytest.mark.parametrize(
    ("fakes", "said", "left"),
    [
        ({"FAKE_VENV": "ensurepip is not available"}, "python3-venv", set()),
        ({"FAKE_PIP": f"Collecting web3\n{NO_SPACE}\n\n"}, "No space left on device", set()),
        ({"FAKE_PIP": "it just stops"}, "it just stops", set()),
        ({"FAKE_PIP": " "}, "it said nothing", set()),
        ({"FAKE_NPM": "npm ERR! ENOSPC: no space left on device"}, "no space left", {".venv"}),
        ({"FAKE_ANVIL": "none"}, "the Ethereum node runs on 64-bit Intel Linux", {".venv"}),
    ],
)
def test_what_fails_is_told_and_taken_away_and_what_was_done_stays(
    machine: Path, setup: Setup, fakes, said, left
):
    refused(setup(**fakes), said)
    assert made(machine) == left
    assert setup().returncode == 0  # once there is room again


def test_a_setup_that_was_killed_is_made_anew(machine: Path, setup: Setup):
    (machine / "tree/.venv").mkdir()
    (machine / "tree/.venv/half").touch()
    assert setup().returncode == 0
    assert not (machine / "tree/.venv/half").exists()


def test_a_full_disk_for_temporary_files_is_told(machine: Path, setup: Setup):
    done = setup(TMPDIR=str(machine / "no such folder"))
    assert done.returncode != 0
    assert done.stderr.count("\n") == 1
    assert made(machine) == set()


def test_the_script_is_one_that_can_be_run():
    assert os.access(ROOT / "deploy/setup.sh", os.X_OK)
