"""Names of speakers and files that probably mean the same, although they are written differently."""

import re
from collections.abc import Iterable, Iterator

from ..speakers.names import same_in_writing


def look_alike(names: Iterable[str]) -> list[tuple[str, str]]:
    """Pairs of names that differ only in case, Unicode form, punctuation, leading zeros or a final ``.0``.

    They are probably one person.
    """
    seen: dict[tuple[str, ...], str] = {}
    pairs = []
    for name in names:
        spelling = spelling_of(name)
        if spelling in seen:
            pairs.append((seen[spelling], name))
        seen.setdefault(spelling, name)
    return pairs


def spelling_of(name: str) -> tuple[str, ...]:
    """The letters and groups of digits of a name: ``Spk_03`` equals ``spk3``, but ``1-2`` differs from ``12``."""
    parts = re.findall(r"\d+|[^\W\d_]|:", same_in_writing(name))  # the colon occurs in corpus:speaker
    return tuple(part.lstrip("0") or "0" if part.isdigit() else part for part in parts) or (name,)


def without_words_at_an_end(name: str) -> Iterator[tuple[str, str]]:
    """Divide a name wherever words meet; yield what is kept and what is left out, at its end and at its beginning.

    Examples
    --------
    >>> list(without_words_at_an_end("001_noisy"))
    [('001', 'noisy'), ('noisy', '001')]
    """
    for gap in re.finditer(r"[\s_.-]+", name):
        before, after = name[: gap.start()], name[gap.end() :]
        yield before, after
        yield after, before
