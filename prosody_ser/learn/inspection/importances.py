"""Held-out permutation importance over speaker-disjoint folds: by feature, by correlated cluster, by family."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from ...errors import chosen
from ...parallel.ordered_map import step_counter
from ...results import Result
from ...results.jsonable import records
from ...tables.feature_table import FeatureTable
from ..evaluation.fitting import FittedFold, work_folds
from ..speakers.names import speakers_of
from ..splits.evaluation_plan import EvaluationPlan, as_plan
from .feature_groups import clusters, families, family_of, ranked
from .shuffled_predictions import predict_shuffled

#: What can be shuffled: one feature, or several jointly.
BY = ("feature", "cluster", "family")
#: With more features than that, :func:`with_importances` leaves the single ones out: each alone can be spared.
MANY = 500


def importances(
    table: FeatureTable | EvaluationPlan,
    pipeline: BaseEstimator,
    *,
    folds: Any = "auto",
    n_repeats: int = 10,
    seed: int = 0,
    n_jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """How much UAR is lost when one feature of unheard speakers is shuffled.

    Each feature in turn is shuffled among the held-out clips of the same speaker, so that its tie with emotion
    is cut and the speaker's level kept. Predictions are pooled over folds before scoring, as in :func:`evaluate`.

    Parameters
    ----------
    table : FeatureTable or EvaluationPlan
        A plan brings its own folds and seed.
    pipeline : estimator
        From :func:`make_pipeline`.
    folds : str or int or splitter
        As for :func:`evaluate`.
    n_repeats : int
        Shuffles per feature.
    seed : int
        Seed of the shuffles and of the assignment to folds.
    n_jobs : int
        Processes. The ranking is the same to the bit with any number.
    progress : callable, optional
        Called as ``progress(done, total)`` after each fold.

    Returns
    -------
    DataFrame
        Sorted by importance, columns `rank`, `feature`, `importance` (UAR lost, mean over shuffles), `sd` (over
        shuffles), `family` and `sd_folds` (standard deviation over folds of the UAR lost within a fold, over the
        emotions that the fold has; NaN with a single fold). Correlated features share their importance: each alone
        can look dispensable. :func:`importances_by` shuffles them jointly.

    Raises
    ------
    ProtocolError
        If a speaker-independent score of this table cannot exist.

    References
    ----------
    Breiman, L. (2001). Random forests. Machine Learning 45(1), 5-32.

    Examples
    --------
    >>> table = ser.load_emodb_features("chroma")
    >>> ranking = ser.importances(table, ser.make_pipeline("lda"), folds=2, n_repeats=1)
    >>> ranking.columns.tolist()
    ['rank', 'feature', 'importance', 'sd', 'family', 'sd_folds']
    """
    return importances_by(
        table, pipeline, ("feature",), folds=folds, n_repeats=n_repeats, seed=seed, n_jobs=n_jobs, progress=progress
    )["feature"]


def importances_by(
    table: FeatureTable | EvaluationPlan,
    pipeline: BaseEstimator,
    by: Sequence[str] = BY,
    *,
    folds: Any = "auto",
    n_repeats: int = 10,
    seed: int = 0,
    n_jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, pd.DataFrame]:
    """How much UAR is lost when features of unheard speakers are shuffled: one, a cluster or a family at a time.

    As :func:`importances`. Of a cluster or family, whole rows are shuffled: its features keep their ties with one
    another and lose those with emotion and with all other features. Everything is shuffled in the same orders, so
    that a cluster of one feature has exactly the importance of that feature.

    Parameters
    ----------
    table, pipeline
        As for :func:`importances`.
    by : sequence of {"feature", "cluster", "family"}
        Each fold is fitted once, for all of them. Clusters are those of
        :func:`prosody_ser.learn.inspection.feature_groups.clusters`, over all usable clips, whose labels they do not
        know.
    folds, n_repeats, seed, n_jobs, progress
        As for :func:`importances`.

    Returns
    -------
    dict of str to DataFrame
        By the names in `by`, each sorted by importance. ``feature`` as from :func:`importances`; ``cluster`` with
        `rank`, `cluster` (its most central member), `features` (list of str), `importance`, `sd`, `sd_folds`;
        ``family`` with `rank`, `family`, `n_features`, `importance`, `sd`, `sd_folds`.

    Raises
    ------
    ProtocolError
        If a speaker-independent score of this table cannot exist, or `by` holds another word.

    Examples
    --------
    >>> table = ser.load_emodb_features("chroma")
    >>> found = ser.importances_by(table, ser.make_pipeline("lda"), ["cluster", "family"], folds=2, n_repeats=1)
    >>> found["family"][["rank", "family", "n_features"]].values.tolist()
    [[1, 'spectrum', 12]]
    """
    for word in by:
        chosen("importances by", word, BY)
    plan = as_plan(table, folds, seed).for_pipeline(pipeline, enrols=False)
    grouped = {word: _groups(word, plan) for word in by}
    groups = [plan.X.columns.get_indexer(members) for named in grouped.values() for members in named.values()]
    labels, code = np.unique(plan.y.to_numpy(dtype=str), return_inverse=True)
    work = partial(_hits_of_fold, groups=groups, labels=labels, truth=code, n_repeats=n_repeats, seed=plan.seed)
    done = step_counter(progress, len(plan.folds))
    said = list(work_folds(plan.X, plan.y, pipeline, plan.folds, work, copies=plan.copies, n_jobs=n_jobs, done=done))
    lost, lost_in_folds = _lost(*(np.stack(parts) for parts in zip(*said, strict=True)))
    spread = lost_in_folds.std(axis=0, ddof=1) if len(said) > 1 else np.full(len(groups), np.nan)
    numbers = pd.DataFrame({"importance": lost.mean(axis=1), "sd": lost.std(axis=1), "sd_folds": spread})
    frames, first = {}, 0
    for word, named in grouped.items():
        own = numbers.iloc[first : first + len(named)].reset_index(drop=True)
        frames[word] = _ranked(word, named, own)
        first += len(named)
    return frames


def _groups(word: str, plan: EvaluationPlan) -> dict[str, list[str]]:
    """What is shuffled jointly, by name."""
    if word == "feature":
        return {feature: [feature] for feature in plan.X.columns}
    return clusters(plan.features) if word == "cluster" else families(plan.X.columns)


def _ranked(word: str, named: dict[str, list[str]], numbers: pd.DataFrame) -> pd.DataFrame:
    found = numbers.copy()
    if word == "feature":
        found.insert(2, "family", [family_of(name, "") for name in named])
    elif word == "cluster":
        found.insert(0, "features", list(named.values()))
    else:
        found.insert(0, "n_features", [len(members) for members in named.values()])
    found.insert(0, word, list(named))
    return ranked(found, "importance")


def importances_block(found: dict[str, pd.DataFrame], n_repeats: int, notice: str | None = None) -> dict[str, Any]:
    """What :func:`importances_by` found, as ``importances`` of a result: what was not asked for is an empty list."""
    block: dict[str, Any] = {"n_repeats": n_repeats, "features": [], "clusters": [], "families": [], "notice": notice}
    if "cluster" in found:
        cluster_of = {member: row.cluster for row in found["cluster"].itertuples() for member in row.features}
        block["clusters"] = records(found["cluster"])
    if "feature" in found:
        known = [cluster_of[name] if "cluster" in found else None for name in found["feature"]["feature"]]
        block["features"] = records(found["feature"].assign(cluster=known))
    if "family" in found:
        block["families"] = records(found["family"])
    return block


def with_importances(
    result: Result,
    table: FeatureTable | EvaluationPlan,
    pipeline: BaseEstimator,
    *,
    folds: Any = "auto",
    n_repeats: int = 10,
    seed: int = 0,
    n_jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
    by: Sequence[str] | None = None,
) -> Result:
    """A result with the importances of the same table, pipeline and folds under ``importances``.

    Parameters
    ----------
    result : Result
        From :func:`evaluate`.
    table, pipeline, folds, n_repeats, seed, n_jobs, progress
        As for :func:`importances_by`.
    by : sequence of {"feature", "cluster", "family"}, optional
        All of them if not given; with more than 500 features clusters and families only, as the single ones take
        long.

    Returns
    -------
    Result
        A copy.
    """
    plan = as_plan(table, folds, seed).for_pipeline(pipeline, enrols=False)
    if by is None:
        by = BY if len(plan.X.columns) <= MANY else BY[1:]
    found = importances_by(plan, pipeline, by, n_repeats=n_repeats, n_jobs=n_jobs, progress=progress)
    return Result(result.data | {"importances": importances_block(found, n_repeats, plan.table.notice)})


def _lost(plain: np.ndarray, shuffled: np.ndarray, count: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """UAR lost over all held-out predictions, shape (n_groups, n_repeats), and within each fold (n_folds, n_groups).

    From the clips labelled correctly: `plain` (n_folds, n_classes), `shuffled` (n_folds, n_groups, n_repeats,
    n_classes), `count` the clips that there are (n_folds, n_classes).
    """
    total = count.sum(axis=0)
    lost = (plain.sum(axis=0) / total).mean() - (shuffled.sum(axis=0) / total).mean(axis=-1)
    within = []
    for one, others, n in zip(plain, shuffled.mean(axis=2), count, strict=True):
        there = n > 0
        within.append((one[there] / n[there]).mean() - (others[:, there] / n[there]).mean(axis=-1))
    return lost, np.stack(within)


def _hits_of_fold(
    fold: FittedFold,
    held_out: pd.DataFrame,
    groups: Sequence[np.ndarray],
    labels: np.ndarray,
    truth: np.ndarray,
    n_repeats: int,
    seed: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Clips of each class that a fold labels correctly, as they are and with each group shuffled; and their number."""
    member = (truth[fold.test][:, None] == np.arange(labels.size)).astype(float)
    names = pd.Index(labels)

    def hits(predicted: np.ndarray) -> np.ndarray:
        code = names.get_indexer(np.asarray(predicted, dtype=object).ravel()).reshape(np.shape(predicted))
        return (code == truth[fold.test]).astype(float) @ member

    rng = np.random.default_rng([seed, fold.number])
    speakers = speakers_of(held_out)
    orders = [_order_within_speaker(speakers, rng) for _ in range(n_repeats)]
    plain = hits(fold.pipeline.predict(held_out))
    shuffled = np.concatenate([hits(said) for said in predict_shuffled(fold.pipeline, held_out, groups, orders)])
    return plain, shuffled, member.sum(axis=0)


def _order_within_speaker(speakers: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A random order of rows in which each row stays with its speaker."""
    order = np.arange(speakers.size)
    for speaker in np.unique(speakers):
        own = np.flatnonzero(speakers == speaker)
        order[own] = rng.permutation(own)
    return order
