"""Check that no speaker is in both train and test of a fold, also under a second name, and that speakers are people."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import combinations, pairwise
from typing import Any

import numpy as np

from ....corpus_names import is_own
from ....errors import listed
from ..finding import ERROR, NOTE, SHOWN, WARNING, Finding
from ..material import Material
from ..names import look_alike, spelling_of, without_words_at_an_end

CHECK = "speakers"
#: From this many clips on, it is reported if nearly each clip has a speaker of its own: from this share of the clips.
_LEAST_CLIPS, _OWN_SPEAKER = 10, 0.9
#: Smallest number of letters of names that are compared letter by letter.
_LEAST_LETTERS = 5
#: A name of at least three letters with a number after it, and the least number of such names with several numbers.
_NUMBERED, _LEAST_NUMBERED = re.compile(r"(.*[^\W\d_]{3})[\s_.-]*\d+"), 3
_EFFECT = (
    "The model is tested on voices that it was trained on. The score is too high, often by 10 to 30 points, "
    "and says nothing about new speakers."
)
_ONE_PERSON = (
    "None if they are different people. If they are the same person, this person is in both train and test of a "
    "fold, and the score is too high."
)


def find(material: Material) -> list[Finding]:
    """Find speakers in both train and test of a fold, by their names and by names that look alike."""
    findings = []
    shared = material.split_groups(material.speaker)
    if shared.size:
        names = material.speakers[shared].tolist()
        share = f"{len(names)} of {len(material.speakers)} speakers"
        sentence = f"{share} are in both train and test of a fold ({listed(names, SHOWN)})."
        evidence: dict[str, Any] = {"n_speakers_shared": len(names), "speakers": names[:SHOWN]}
        findings.append(Finding(ERROR, CHECK, sentence, _EFFECT, evidence))
    pairs = look_alike(material.speakers)
    if pairs:
        merged = material.speaker.copy()
        for name, other in pairs:
            first, second = np.searchsorted(material.speakers, [name, other])
            merged[material.speaker == second] = first
        split = set(material.speakers[material.split_groups(merged)]) - set(material.speakers[shared])
        pairs = [pair for pair in pairs if pair[0] in split]
    if pairs:
        sentence = (
            "Speakers whose names look like the same person are in train and test of a fold: "
            f"{listed(map(' and '.join, pairs), SHOWN)}. Write the name of one person in one way only, and give two "
            "people clearly different names."
        )
        evidence = {"n_pairs": len(pairs), "pairs": [list(pair) for pair in pairs[:SHOWN]]}
        findings.append(Finding(ERROR, CHECK, sentence, _EFFECT, evidence))
    others = (_each_clip_its_own_speaker, _repeats_a_column, _similar_names, in_two_corpora)
    return findings + [finding for find_others in others for finding in find_others(material)]


def _each_clip_its_own_speaker(material: Material) -> list[Finding]:
    """Report a speaker column that seems to number the clips."""
    n_clips = len(material.speaker)
    n_speakers = len(material.speakers)
    if n_clips < _LEAST_CLIPS or n_speakers < _OWN_SPEAKER * n_clips:
        return []
    how_many = f"Each of the {n_clips} clips" if n_speakers == n_clips else f"Nearly each of the {n_clips} clips"
    sentence = (
        f"{how_many} has a speaker of its own ({listed(material.speakers.tolist(), SHOWN)}). Check "
        "that the column names people and does not number the clips."
    )
    effect = (
        "None if each clip is of another person. If not, the same people are in both train and test of a fold, and the "
        "score is too high."
    )
    return [Finding(WARNING, CHECK, sentence, effect, {"n_clips": n_clips})]


def _repeats_a_column(material: Material) -> list[Finding]:
    """Report a speaker column that has the same words as another column, so that it may not name people."""
    frame = material.frame
    repeated = [
        name for name in ("sentence", "take", "intensity", "language") if (frame[name] == frame["speaker"]).all()
    ]
    if not repeated:
        return []
    sentence = f"The columns speaker and {repeated[0]} are the same in all clips. Check that the first names people."
    effect = (
        "If it does not, the same people are in both train and test of a fold, and the score is too high. Choose the "
        "column of the speakers with --columns speaker=NAME."
    )
    return [Finding(WARNING, CHECK, sentence, effect, {"column": repeated[0]})]


def _similar_names(material: Material) -> list[Finding]:
    """Report names that differ in one letter, in accents, in the order of words, in one word more, or in a number."""
    sexes = material.frame["sex"].groupby(material.speakers[material.speaker]).agg(set)
    shown_as_error = {frozenset(pair) for pair in look_alike(material.speakers)}
    pairs = [
        (one, other)
        for of in (_one_letter_apart, _one_word_more, _numbered)
        for one, other in of(material.speakers)
        if frozenset((one, other)) not in shown_as_error and not _differ(sexes[one], sexes[other])
    ]
    if not pairs:
        return []
    names = [" and ".join(pair) for pair in pairs]
    sentence = f"Names of speakers that are nearly the same count as different people: {listed(names, SHOWN)}."
    if len(pairs) > 1:
        sentence += f" Number of such pairs: {len(pairs)}."
    evidence = {"n_pairs": len(pairs), "pairs": [list(pair) for pair in pairs[:SHOWN]]}
    return [Finding(NOTE, CHECK, sentence, _ONE_PERSON, evidence)]


def _differ(one: set[str], other: set[str]) -> bool:
    return "" not in one | other and not one & other


def _one_letter_apart(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield pairs of names without digits that are equal but for one letter, two exchanged letters or accents."""
    with_letters: dict[str, list[str]] = {}
    for name in names:
        words = unicodedata.normalize("NFKD", name.rpartition(":")[2].casefold())
        letters = "".join(sorted(_words(words))) if not any(map(str.isdigit, words)) else ""
        if len(letters) >= _LEAST_LETTERS:
            corpus = name.rpartition(":")[0]
            with_letters.setdefault(f"{corpus}:{letters}", []).append(name)
    for spelling, same in with_letters.items():
        yield from combinations(same, 2)
        place = range(spelling.rindex(":") + 1, len(spelling))
        fewer = {spelling[:i] + spelling[i + 1 :] for i in place}
        exchanged = {spelling[:i] + spelling[i : i + 2][::-1] + spelling[i + 2 :] for i in place[:-1]}
        for near in sorted((fewer | {other for other in exchanged if other > spelling}) - {spelling}):
            yield from ((one, other) for one in same for other in with_letters.get(near, ()))


def _one_word_more(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield pairs of names of which the second has one word more at either end: ``ann`` and ``ann_noisy``."""
    by_spelling = {name.casefold(): name for name in names}
    for spelling, name in by_spelling.items():
        corpus, colon, own = spelling.rpartition(":")
        for kept, more in without_words_at_an_end(own):
            if more.isalpha() and len(more) > 1 and (shorter := by_spelling.get(corpus + colon + kept)):
                yield shorter, name


def _numbered(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield pairs of names that differ in a final number, if several are numbered: ``ann_1``, ``ann_2``, ``bob_1``.

    One numbered word (``speaker1``, ``speaker2``) or two (``patient1``, ``control1``) are no names of people.
    """
    of_word: dict[str, list[str]] = {}
    for name in names:
        if match := _NUMBERED.fullmatch(name):
            of_word.setdefault(match[1].casefold(), []).append(name)
    several = [same for same in of_word.values() if len(same) > 1]
    if len(several) >= _LEAST_NUMBERED:
        yield from (pair for same in several for pair in pairwise(same))


def _words(text: str) -> list[str]:
    """The words of a text, without accents and punctuation."""
    plain = "".join(c if c.isalpha() else "" if unicodedata.combining(c) else " " for c in text)
    return plain.split()


def in_two_corpora(material: Material) -> list[Finding]:
    """Report names of speakers in several corpora, unless they only are numbers of published corpora."""
    frame = material.frame
    if frame["corpus"].nunique() < 2:
        return []
    named = frame[["corpus", "speaker"]].drop_duplicates()
    with_letters = named["speaker"].str.contains(r"[^\W\d]{3}", regex=True)
    named = named[named["corpus"].map(is_own).astype(bool) | with_letters]
    spelling = named["speaker"].map(spelling_of)
    twice = named["speaker"][named.groupby(spelling)["corpus"].transform("nunique") > 1]
    twice = sorted(twice.groupby(spelling).first())
    if not twice:
        return []
    sentence = (
        f"Speaker names that occur in more than one corpus count as different people: {listed(twice, SHOWN)} "
        f"(number of such names: {len(twice)})."
    )
    return [Finding(NOTE, CHECK, sentence, _ONE_PERSON, {"n_names": len(twice), "names": twice[:SHOWN]})]
