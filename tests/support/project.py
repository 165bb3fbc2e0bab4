"""Where the project is: other processes import it from there, and tests read its files."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
