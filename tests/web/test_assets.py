"""What the pages ship of other people's packages is what those packages hold."""

import subprocess
from pathlib import Path

import treering

ASSETS = Path(__file__).parents[2] / "service/assets"
SHIPPED = Path(treering.__path__[0])


def test_the_committed_assets_are_made_of_the_locked_packages(tmp_path: Path):
    subprocess.run(["node", "build.mjs", str(tmp_path)], cwd=ASSETS, check=True)
    made = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    assert [path.name for path in made] == ["land.json", "ed25519.js", "jsqr.js", "keccak.js"]
    for path in made:
        committed = SHIPPED / path.relative_to(tmp_path)
        assert committed.read_bytes() == path.read_bytes(), path.name


def test_each_names_its_package_version_and_licence():
    for path in (SHIPPED / "web/static/vendor").glob("*.js"):
        first = path.read_text().partition("\n")[0]
        assert first.startswith("/*! "), path.name
        assert first.endswith(("MIT */", "Apache-2.0 */")), path.name
