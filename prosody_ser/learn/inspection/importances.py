"""Held-out permutation importance over speaker-disjoint folds: by feature, by cluster or by family of features."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from ...errors import chosen, whole_number
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
#: With more features, :func:`with_importances` leaves out single features, because each alone has little importance.
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
    """Compute the UAR that is lost when a feature of held-out speakers is shuffled.

    Each feature in turn is shuffled among the held-out clips of the same speaker. This breaks its relation to the
    emotion but keeps the speaker's level. Predictions are pooled over folds before scoring, as in :func:`evaluate`.

    Parameters
    ----------
    table : FeatureTable or EvaluationPlan
        A plan has its own folds and seed.
    pipeline : estimator
        From :func:`make_pipeline`.
    folds : str or int or splitter
        As for :func:`evaluate`.
    n_repeats : int
        Number of shuffles per feature.
    seed : int
        Seed for the shuffles and for the assignment to folds.
    n_jobs : int
        Number of processes; it does not change the result.
    progress : callable, optional
        Called as ``progress(done, total)`` after each fold.

    Returns
    -------
    DataFrame
        Sorted by importance, with the columns `rank`, `feature`, `importance` (UAR lost, mean over shuffles), `sd`
        (over shuffles), `family` and `sd_folds` (standard deviation over folds of the UAR lost within a fold, over the
        emotions that the fold has; NaN with a single fold). One of several correlated features has a low importance,
        because the others carry the same information; :func:`importances_by` shuffles them jointly.

    Raises
    ------
    ProtocolError
        If the table does not allow a speaker-independent score.

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
    by: str | Sequence[str] = BY,
    *,
    folds: Any = "auto",
    n_repeats: int = 10,
    seed: int = 0,
    n_jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, pd.DataFrame]:
    """Compute the UAR that is lost when one feature, a cluster or a family of held-out speakers is shuffled.

    This works like :func:`importances`. The features of a cluster or family are shuffled jointly: they keep their
    relations to each other, but lose those to the emotion and to all other features. The same orders are used for all
    groups, so a cluster of one feature has exactly the importance of that feature.

    Parameters
    ----------
    table, pipeline
        As for :func:`importances`.
    by : {"feature", "cluster", "family"} or sequence of these
        Each fold is fitted only once. Clusters are those of
        :func:`prosody_ser.learn.inspection.feature_groups.clusters`, computed on all usable clips without their labels.
    folds, n_repeats, seed, n_jobs, progress
        As for :func:`importances`.

    Returns
    -------
    dict of str to DataFrame
        By the names in `by`, each sorted by importance. ``feature`` is as in :func:`importances`; ``cluster`` has the
        columns `rank`, `cluster` (its most central member), `features` (list of str), `importance`, `sd`, `sd_folds`;
        ``family`` has `rank`, `family`, `n_features`, `importance`, `sd`, `sd_folds`.

    Raises
    ------
    ProtocolError
        If the table does not allow a speaker-independent score, or `by` has an unknown name.

    Examples
    --------
    >>> table = ser.load_emodb_features("chroma")
    >>> rankings = ser.importances_by(table, ser.make_pipeline("lda"), ["cluster", "family"], folds=2, n_repeats=1)
    >>> rankings["family"][["rank", "family", "n_features"]].values.tolist()
    [[1, 'spectrum', 12]]
    """
    whole_number("the number of repeats", n_repeats, 1)
    by = [by] if isinstance(by, str) else by
    for word in by:
        chosen("importances by", word, BY)
    plan = as_plan(table, folds, seed).for_pipeline(pipeline, enrols=False)
    grouped = {word: _groups(word, plan) for word in by}
    groups = [plan.X.columns.get_indexer(members) for named in grouped.values() for members in named.values()]
    labels, code = np.unique(plan.y.to_numpy(dtype=str), return_inverse=True)
    work = partial(_hits_of_fold, groups=groups, labels=labels, truth=code, n_repeats=n_repeats, seed=plan.seed)
    done = step_counter(progress, len(plan.folds))
    hits = list(work_folds(plan.X, plan.y, pipeline, plan.folds, work, copies=plan.copies, n_jobs=n_jobs, done=done))
    lost, lost_in_folds = _lost(*(np.stack(parts) for parts in zip(*hits, strict=True)))
    spread = lost_in_folds.std(axis=0, ddof=1) if len(hits) > 1 else np.full(len(groups), np.nan)
    numbers = pd.DataFrame({"importance": lost.mean(axis=1), "sd": lost.std(axis=1), "sd_folds": spread})
    frames, first = {}, 0
    for word, named in grouped.items():
        frames[word] = _ranked(word, named, numbers.iloc[first : first + len(named)].reset_index(drop=True))
        first += len(named)
    return frames


def _groups(word: str, plan: EvaluationPlan) -> dict[str, list[str]]:
    """Groups of features that are shuffled jointly, by name."""
    if word == "feature":
        return {feature: [feature] for feature in plan.X.columns}
    return clusters(plan.features) if word == "cluster" else families(plan.X.columns)


def _ranked(word: str, named: dict[str, list[str]], numbers: pd.DataFrame) -> pd.DataFrame:
    rows = numbers.copy()
    if word == "feature":
        rows.insert(2, "family", [family_of(name, "") for name in named])
    elif word == "cluster":
        rows.insert(0, "features", list(named.values()))
    else:
        rows.insert(0, "n_features", [len(members) for members in named.values()])
    rows.insert(0, word, list(named))
    return ranked(rows, "importance")


def importances_block(rankings: dict[str, pd.DataFrame], n_repeats: int, notice: str | None = None) -> dict[str, Any]:
    """The result of :func:`importances_by` as the block ``importances`` of a result; missing rankings are empty."""
    block: dict[str, Any] = {"n_repeats": n_repeats, "features": [], "clusters": [], "families": [], "notice": notice}
    if "cluster" in rankings:
        cluster_of = {member: row.cluster for row in rankings["cluster"].itertuples() for member in row.features}
        block["clusters"] = records(rankings["cluster"])
    if "feature" in rankings:
        known = [cluster_of[name] if "cluster" in rankings else None for name in rankings["feature"]["feature"]]
        block["features"] = records(rankings["feature"].assign(cluster=known))
    if "family" in rankings:
        block["families"] = records(rankings["family"])
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
    """Add to a result, under ``importances``, the importances for the same table, pipeline and folds.

    Parameters
    ----------
    result : Result
        From :func:`evaluate`.
    table, pipeline, folds, n_repeats, seed, n_jobs, progress
        As for :func:`importances_by`.
    by : sequence of {"feature", "cluster", "family"}, optional
        By default all of them; with more than 500 features only clusters and families, because single features take
        long.

    Returns
    -------
    Result
        A copy.
    """
    plan = as_plan(table, folds, seed).for_pipeline(pipeline, enrols=False)
    if by is None:
        by = BY if len(plan.X.columns) <= MANY else BY[1:]
    rankings = importances_by(plan, pipeline, by, n_repeats=n_repeats, n_jobs=n_jobs, progress=progress)
    return Result(result.data | {"importances": importances_block(rankings, n_repeats, plan.table.notice)})


def _lost(plain: np.ndarray, shuffled: np.ndarray, count: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """UAR lost over all held-out predictions, shape (n_groups, n_repeats), and within each fold (n_folds, n_groups).

    It is computed from the numbers of correct clips, `plain` (n_folds, n_classes) and `shuffled` (n_folds, n_groups,
    n_repeats, n_classes), and from the numbers of all clips, `count` (n_folds, n_classes).
    """
    total = count.sum(axis=0)
    lost = (plain.sum(axis=0) / total).mean() - (shuffled.sum(axis=0) / total).mean(axis=-1)
    within = []
    for intact, of_groups, n in zip(plain, shuffled.mean(axis=2), count, strict=True):
        present = n > 0
        within.append((intact[present] / n[present]).mean() - (of_groups[:, present] / n[present]).mean(axis=-1))
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
    """Numbers of correct clips of each class in a fold, unshuffled and with each group shuffled, and of all clips."""
    member = (truth[fold.test][:, None] == np.arange(labels.size)).astype(float)
    names = pd.Index(labels)

    def hits(predicted: np.ndarray) -> np.ndarray:
        code = names.get_indexer(np.asarray(predicted, dtype=object).ravel()).reshape(np.shape(predicted))
        return (code == truth[fold.test]).astype(float) @ member

    rng = np.random.default_rng([seed, fold.number])
    speakers = speakers_of(held_out)
    orders = [_order_within_speaker(speakers, rng) for _ in range(n_repeats)]
    plain = hits(fold.pipeline.predict(held_out))
    shuffled = np.concatenate([hits(some) for some in predict_shuffled(fold.pipeline, held_out, groups, orders)])
    return plain, shuffled, member.sum(axis=0)


def _order_within_speaker(speakers: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A random order of rows in which each row stays with its speaker."""
    order = np.arange(speakers.size)
    for speaker in np.unique(speakers):
        rows = np.flatnonzero(speakers == speaker)
        order[rows] = rng.permutation(rows)
    return order
