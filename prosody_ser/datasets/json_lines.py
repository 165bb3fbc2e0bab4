"""Rows of a file with a JSON object on each line, such as Hugging Face's ``metadata.jsonl``."""

import json
from pathlib import Path
from typing import Any

from ..errors import CorpusError


def rows_of_objects(path: Path, text: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the names of all keys, in order of appearance, and for each object its line and a cell for each name.

    A key that an object lacks, and null, are an empty cell; a list or an object is a cell of JSON.

    Raises
    ------
    CorpusError
        If a line is not a JSON object, or there is none.
    """
    objects: list[tuple[int, dict[str, Any]]] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise CorpusError(f"{path} line {number}: the line is not JSON ({error})") from error
        if not isinstance(value, dict):
            raise CorpusError(f"{path} line {number}: the line is not a JSON object with names and values")
        objects.append((number, {name.strip(): cell for name, cell in value.items()}))
    if not objects:
        raise CorpusError(f"{path}: the file {'has no rows' if text else 'is empty'}")
    names = list(dict.fromkeys(name for _, one in objects for name in one if name))
    return names, [(number, [_cell(one.get(name)) for name in names]) for number, one in objects]


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value.strip() if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
