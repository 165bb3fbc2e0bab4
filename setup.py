"""What setup.cfg cannot say: PyPI shows the README without the files beside it, so its links become absolute there."""

import configparser
import re
from pathlib import Path

from setuptools import setup

ROOT = Path(__file__).resolve().parent


def description() -> str:
    """The README, its pictures and links into the repository addressed where project_urls says that the source is."""
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    (source,) = re.findall(r"Source = (\S+)", config["metadata"]["project_urls"])
    raw = source.replace("//github.com", "//raw.githubusercontent.com")
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    text = re.sub(r"(!\[[^\]]*\]\()(?!https:|#)", rf"\g<1>{raw}/main/", text)
    return re.sub(r"((?<!!)\[[^\]]*\]\()(?!https:|#)", rf"\g<1>{source}/blob/main/", text)


setup(long_description=description())
