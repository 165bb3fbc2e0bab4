"""What the README shows works as it stands, on the built-in corpus, in another folder, and what it links to exists."""

import re
import subprocess
import sys

import prosody_ser
from tests.support.project import ROOT

README = ROOT / "README.md"
TEXT = README.read_text(encoding="utf-8")
LINK = r"\[[^\]]*\]\(([^)]+)\)"


def test_the_five_lines_of_python_run(synthetic, synthetic_table, tmp_path, monkeypatch, capsys):
    """The rows come from the cache: the fixture has measured the corpus."""
    assert len(synthetic_table.y) == 320
    (tmp_path / "recordings").symlink_to(synthetic)
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, flags=re.S)
    assert len([line for line in code.splitlines() if line]) == 5
    names = {}
    exec(compile(code, str(README), "exec"), names)
    assert 0.45 <= names["result"].uar <= 0.85
    assert "say nothing about people" in capsys.readouterr().out


def test_what_the_package_offers_is_there():
    for name in prosody_ser.__all__:
        assert getattr(prosody_ser, name).__doc__


def test_its_links_and_pictures_exist():
    inside = [link for link in re.findall(LINK, TEXT) if not link.startswith("https://")]
    assert len(inside) > 5
    for link in inside:
        assert (ROOT / link).exists(), link


def test_its_links_and_pictures_are_absolute_in_the_package_s_metadata():
    """PyPI shows the README without the files beside it."""
    program = "from importlib.metadata import metadata; print(metadata('prosody-ser').get_payload())"
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert len(re.findall(LINK, shown)) == len(re.findall(LINK, TEXT))
    assert all(link.startswith("https://") for link in re.findall(LINK, shown))
    assert "![The 20 most important features on EMO-DB](https://raw.githubusercontent.com/" in shown
