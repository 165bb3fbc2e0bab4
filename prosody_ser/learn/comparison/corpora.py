"""Preparation of corpora for cross-corpus evaluation: same features and emotions, no shared speakers or recordings."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ...corpus_names import corpus_in_words, distinct_in_words
from ...errors import ProtocolError, listed
from ...tables.feature_table import INDEX_COLUMNS, METADATA_COLUMNS, SEQUENCE, SEQUENCES, FeatureTable
from ..audit.checks import duplicates, people, same_names
from ..audit.finding import ERROR
from ..audit.material import Material
from ..speakers.names import speakers_of
from ..splits.copies import copies_of, settled
from ..splits.evaluation_plan import EvaluationPlan
from ..splits.plan import check_protocol


def check_same_features(tables: Mapping[str, FeatureTable]) -> None:
    """Raise a ProtocolError if tables differ in their features, or in the parameters with which these were measured."""
    (first, table), *others = tables.items()
    for name, other in others:
        for one, another, lacking in ((table, other, name), (other, table, first)):
            missing = [feature for feature in one.feature_names if feature not in set(another.feature_names)]
            if missing:
                raise ProtocolError(
                    f"{first} and {name}: different features ({lacking} lacks {listed(missing, 1)}; feature sets "
                    f"{_set_of(table)} and {_set_of(other)}): extract both with the same --set"
                )
        if table.engine and other.engine and table.engine != other.engine:
            raise ProtocolError(
                f"{first} and {name}: measured by different engines ({table.engine} and {other.engine}): "
                "extract both with the same --engine"
            )
        mine, theirs = table.about.get("parameters"), other.about.get("parameters")
        if mine and theirs and mine != theirs:
            key = next(key for key in [*mine, *theirs] if mine.get(key) != theirs.get(key))
            raise ProtocolError(
                f"{first} and {name}: measured with different parameters ({key} is {mine.get(key)} and "
                f"{theirs.get(key)}): extract both with the same release"
            )


def _set_of(table: FeatureTable) -> str:
    return table.about.get("feature_set") or "unknown"


def corpora_of(tables: Mapping[str, FeatureTable] | FeatureTable) -> dict[str, FeatureTable]:
    """Each corpus by name; a single table is divided by its column `corpus`."""
    if isinstance(tables, FeatureTable):
        tables = {"table": tables}
    if not isinstance(tables, Mapping):
        raise ProtocolError(
            "the tables must have names, as in {'emodb': table, 'mine': other}, or be a single table with several "
            f"corpora in its column 'corpus' (got a {type(tables).__name__})"
        )
    if len(tables) == 1:
        ((name, table),) = tables.items()
        inside = sorted(set(table.frame.loc[table.usable, "corpus"]))
        if len(inside) < 2:
            raise ProtocolError(
                f"{name}: all rows belong to {_only(inside)}, but 'cross' trains on one corpus and tests on another: "
                "name two or more tables, or one whose column 'corpus' names several corpora"
            )
        return {
            name: _kept(table, table.frame["corpus"] == corpus) for corpus, name in distinct_in_words(inside).items()
        }
    if not tables:
        raise ProtocolError("there is no table: training on one corpus and testing on another needs two")
    return dict(tables)


def _only(corpora: list[str]) -> str:
    return f"one corpus, {corpus_in_words(corpora[0])}" if corpora and corpora[0] else "one corpus, which has no name"


def _kept(table: FeatureTable, mask: pd.Series) -> FeatureTable:
    return replace(table, frame=table.frame[mask])


def over_common_emotions(parts: Mapping[str, FeatureTable]) -> tuple[list[str], dict[str, FeatureTable]]:
    """The emotions that all corpora have, and each corpus restricted to these, after checking each one."""
    emotions = {}
    for name, table in parts.items():
        with naming(name):
            X, y = check_protocol(table)
            emotions[name] = set(y)
            copies_of(table, X)  # refuses copies with other metadata than their originals
    labels = sorted(set.intersection(*emotions.values()))
    if len(labels) < 2:
        listed = "; ".join(f"{name}: {', '.join(sorted(of_corpus))}" for name, of_corpus in emotions.items())
        raise ProtocolError(
            f"the corpora have {len(labels)} emotion{'s' * (len(labels) != 1)} in common ({listed}), but at least two "
            "are needed"
        )
    restricted = {}
    for name, whole in parts.items():
        table = settled(whole)
        restricted[name] = _kept(table, (table.usable | table.copies) & table.frame["emotion"].isin(labels))
        inside = restricted[name].frame["corpus"]
        if inside.nunique() > 1:  # name the corpus of all rows, so that speakers have the same names as in put_together
            restricted[name].frame["corpus"] = inside.mask(inside == "", name)
        with naming(name):
            check_protocol(restricted[name])
    return labels, restricted


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Add the name of a corpus or table to a ProtocolError."""
    try:
        yield
    except ProtocolError as error:
        raise ProtocolError(f"{name}: {error}") from error


def put_together(parts: Mapping[str, FeatureTable]) -> tuple[FeatureTable, np.ndarray]:
    """Join all corpora to one table, with the corpus in the speakers' names, and the corpus of each usable row."""
    first = next(iter(parts.values()))
    features, other_columns = first.feature_names, (SEQUENCE,) if first.level == SEQUENCES else ()
    frames = []
    for name, table in parts.items():
        frame = table.frame[[*INDEX_COLUMNS, *METADATA_COLUMNS, *features, *other_columns]]
        # Speech and song in two tables are two corpora, so the vocal channel must not exclude either of them.
        frames.append(frame.assign(corpus=frame["corpus"].mask(frame["corpus"] == "", name), vocal_channel=""))
    corpus = np.repeat(np.array(list(parts), dtype=object), [table.usable.sum() for table in parts.values()])
    return FeatureTable(pd.concat(frames, ignore_index=True), features, first.about, other_columns), corpus


def refuse_shared_speakers(together: FeatureTable, corpus: np.ndarray) -> None:
    """Raise a ProtocolError if a speaker is in two corpora."""
    speakers = pd.Series(corpus).groupby(speakers_of(together.X)).agg(["nunique", "first", "last"])
    shared = speakers[speakers["nunique"] > 1]
    if len(shared):
        raise ProtocolError(
            f"{shared['first'].iloc[0]} and {shared['last'].iloc[0]}: the speaker {shared.index[0]} is in both"
            f"{f' (and {len(shared) - 1} more)' if len(shared) > 1 else ''}, so the model would be tested on speakers "
            "that it was trained on; if they are different people, give the tables different names in the column "
            "'corpus'"
        )


def shared_recordings(plan: EvaluationPlan, corpus: np.ndarray) -> list[dict[str, Any]]:
    """Raise a ProtocolError if two corpora share recordings; return findings about recordings that look the same."""
    material = Material(plan)
    groups = [rows for rows in duplicates.identical_rows(material) if len(set(corpus[rows])) > 1]
    if groups:
        one = groups[0][0]
        other = next(row for row in groups[0] if corpus[row] != corpus[one])
        files = material.frame["file"]
        raise ProtocolError(
            f"{corpus[one]} and {corpus[other]}: both have the same recordings ({len(groups)}, e.g. {files[one]} and "
            f"{files[other]}, identical in all features), so the model would be tested on its training clips; remove "
            "them from one corpus"
        )
    alike = [finding for finding in duplicates.find(material) if finding.severity == ERROR]
    return [finding.data for finding in (*alike, *same_names.find(material), *people.in_two_corpora(material))]
