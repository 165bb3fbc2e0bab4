"""Corpora made ready to be crossed: the same features and emotions, no speaker and no recording in two of them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ...errors import ProtocolError, listed
from ...tables.feature_table import INDEX_COLUMNS, METADATA_COLUMNS, SEQUENCE, SEQUENCES, FeatureTable
from ..audit import duplicates
from ..audit.finding import ERROR
from ..audit.material import Material
from ..speakers.names import speakers_of
from ..splits.copies import copies_of, settled
from ..splits.evaluation_plan import EvaluationPlan
from ..splits.plan import check_protocol


def check_same_features(tables: Mapping[str, FeatureTable]) -> None:
    """Refuse tables, by name, whose features, or the parameters these were measured with, differ."""
    (first, table), *others = tables.items()
    for name, other in others:
        for one, another, lacking in ((table, other, name), (other, table, first)):
            gone = [feature for feature in one.feature_names if feature not in set(another.feature_names)]
            if gone:
                raise ProtocolError(
                    f"{first} and {name}: different features ({lacking} lacks {listed(gone, 1)}; sets "
                    f"{_set_of(table)} and {_set_of(other)}): measure both with one --set"
                )
        if table.engine and other.engine and table.engine != other.engine:
            raise ProtocolError(
                f"{first} and {name}: measured by different engines ({table.engine} and {other.engine}): "
                "extract both with one --engine"
            )
        mine, theirs = table.about.get("parameters"), other.about.get("parameters")
        if mine and theirs and mine != theirs:
            key = next(key for key in [*mine, *theirs] if mine.get(key) != theirs.get(key))
            raise ProtocolError(
                f"{first} and {name}: measured with different parameters ({key} is {mine.get(key)} and "
                f"{theirs.get(key)}): extract both with one release"
            )


def _set_of(table: FeatureTable) -> str:
    return table.about.get("feature_set") or "of their own"


def corpora_of(tables: Mapping[str, FeatureTable]) -> dict[str, FeatureTable]:
    """Each corpus by name; a single table is split by its column."""
    if len(tables) == 1:
        ((name, table),) = tables.items()
        inside = sorted(set(table.frame.loc[table.usable, "corpus"]))
        if len(inside) < 2:
            raise ProtocolError(
                f"{name}: one corpus only ({inside[0] if inside and inside[0] else 'without a name'}): to train on one "
                "and test on another takes two; name several tables, or one with several in its column 'corpus'"
            )
        return {corpus or "(no name)": _kept(table, table.frame["corpus"] == corpus) for corpus in inside}
    if not tables:
        raise ProtocolError("no table: to train on one corpus and test on another takes two")
    return dict(tables)


def _kept(table: FeatureTable, mask: pd.Series) -> FeatureTable:
    return replace(table, frame=table.frame[mask])


def over_common_emotions(parts: Mapping[str, FeatureTable]) -> tuple[list[str], dict[str, FeatureTable]]:
    """The emotions that all corpora have, and each corpus over these, if it can be evaluated by itself."""
    emotions = {}
    for name, table in parts.items():
        with naming(name):
            X, y = check_protocol(table)
            emotions[name] = set(y)
            copies_of(table, X)  # refuses copies that say otherwise than their originals
    labels = sorted(set.intersection(*emotions.values()))
    if len(labels) < 2:
        listed = "; ".join(f"{name}: {', '.join(sorted(own))}" for name, own in emotions.items())
        raise ProtocolError(
            f"{len(labels)} emotion{'s' * (len(labels) != 1)} in common ({listed}): there is nothing to tell apart"
        )
    restricted = {}
    for name, whole in parts.items():
        table = settled(whole)
        restricted[name] = _kept(table, (table.usable | table.copies) & table.frame["emotion"].isin(labels))
        inside = restricted[name].frame["corpus"]
        if inside.nunique() > 1:  # rows without a name among them: speakers are called as in put_together
            restricted[name].frame["corpus"] = inside.mask(inside == "", name)
        with naming(name):
            check_protocol(restricted[name])
    return labels, restricted


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Say which corpus an error is about."""
    try:
        yield
    except ProtocolError as error:
        raise ProtocolError(f"{name}: {error}") from error


def put_together(parts: Mapping[str, FeatureTable]) -> tuple[FeatureTable, np.ndarray]:
    """All corpora as one table, its speakers named with their corpus, and the corpus of each usable row."""
    first = next(iter(parts.values()))
    features, set_aside = first.feature_names, (SEQUENCE,) if first.level == SEQUENCES else ()
    frames = []
    for name, table in parts.items():
        frame = table.frame[[*INDEX_COLUMNS, *METADATA_COLUMNS, *features, *set_aside]]
        # speech and song in two tables are two corpora: neither is to be left out beside the other
        frames.append(frame.assign(corpus=frame["corpus"].mask(frame["corpus"] == "", name), vocal_channel=""))
    corpus = np.repeat(np.array(list(parts), dtype=object), [table.usable.sum() for table in parts.values()])
    return FeatureTable(pd.concat(frames, ignore_index=True), features, first.about, set_aside), corpus


def refuse_shared_speakers(together: FeatureTable, corpus: np.ndarray) -> None:
    """Raise where a speaker is in two corpora."""
    speakers = pd.Series(corpus).groupby(speakers_of(together.X)).agg(["nunique", "first", "last"])
    shared = speakers[speakers["nunique"] > 1]
    if len(shared):
        raise ProtocolError(
            f"{shared['first'].iloc[0]} and {shared['last'].iloc[0]}: the speaker {shared.index[0]} is in both"
            f"{f' (and {len(shared) - 1} more)' if len(shared) > 1 else ''}: trained on and tested; if these are two "
            "people, give the tables different names in the column 'corpus'"
        )


def shared_recordings(plan: EvaluationPlan, corpus: np.ndarray) -> list[dict[str, Any]]:
    """Refuse recordings that two corpora share; what only looks like one is a finding."""
    material = Material(plan)
    groups = [rows for rows in duplicates.identical_rows(material) if len(set(corpus[rows])) > 1]
    if groups:
        one = groups[0][0]
        other = next(row for row in groups[0] if corpus[row] != corpus[one])
        files = material.frame["file"]
        raise ProtocolError(
            f"{corpus[one]} and {corpus[other]}: the same recordings in both ({len(groups)}, e.g. {files[one]} and "
            f"{files[other]}, identical in all features): they would be trained on and tested; remove them from one"
        )
    return [finding.data for finding in duplicates.find(material) if finding.severity == ERROR]
