"""The folder of the project, from which other processes import it and tests read files."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
