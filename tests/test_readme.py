"""What the README shows works as it stands, on the built-in corpus, in another folder, and what it links to exists."""

import configparser
import re

import prosody_ser
from tests.support.project import ROOT

README = ROOT / "README.md"
TEXT = README.read_text(encoding="utf-8")


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


def test_its_links_and_pictures_exist_and_work_on_pypi_too():
    """PyPI shows the README without the files beside it, so that links into the repository are absolute."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    source = re.search(r"Source = (\S+)", setup["metadata"]["project_urls"]).group(1)
    files, pictures = f"{source}/blob/main/", source.replace("//github.com", "//raw.githubusercontent.com") + "/main/"
    inside = 0
    for picture, link in re.findall(r"(!?)\[[^\]]*\]\(([^)]+)\)", TEXT):
        assert link.startswith("https://"), link
        assert link.startswith(pictures) or not picture, link
        for start in (files, pictures):
            if link.startswith(start):
                inside += 1
                assert (ROOT / link.removeprefix(start)).exists(), link
    assert inside > 5
