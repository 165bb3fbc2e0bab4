"""The worst confusions of a result: pairs of emotions, and the clips with the most confident wrong predictions."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: Largest numbers of pairs of emotions, and of clips for each pair, that are shown.
PAIRS, CLIPS = 8, 5


@dataclass(frozen=True)
class Mistake:
    """A clip that was predicted as another emotion."""

    clip: Mapping[str, Any]  #: as under ``clips`` in a result
    #: probability of the wrong emotion; for margins, the difference of the wrong and the true emotion's margin
    confidence: float | None
    of_truth: float | None  #: probability of the true emotion; None for margins
    times: int  #: number of repeats with this mistake


@dataclass(frozen=True)
class Pair:
    """All clips of one emotion that were predicted as another."""

    truth: str
    predicted: str
    count: int  #: number of predictions
    share: float  #: share of all predictions for clips of `truth`
    worst: list[Mistake]  #: the most confident first; at most :data:`CLIPS`
    n_clips: int  #: number of clips, of which `worst` is a part


def worst_confusions(data: Mapping[str, Any]) -> list[Pair]:
    """List the most frequent pairs of true and predicted emotion, at most :data:`PAIRS`."""
    kind = data["protocol"]["score_kind"]
    support = Counter(clip["emotion"] for clip in data["clips"])
    by_pair: dict[tuple[str, str], dict[tuple, list[Mapping[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for clip in data["clips"]:
        if clip["emotion"] != clip["predicted"]:
            key = (clip["file"], clip["start"] or 0.0, clip["variant"], clip["speaker"])
            by_pair[clip["emotion"], clip["predicted"]][key].append(clip)
    pairs = []
    for (truth, predicted), clips in by_pair.items():
        mistakes = [_mistake(predictions, kind) for _, predictions in sorted(clips.items())]
        mistakes.sort(key=lambda m: -m.times if m.confidence is None else -m.confidence)  # stable: then by file
        count = sum(mistake.times for mistake in mistakes)
        pairs.append(Pair(truth, predicted, count, count / support[truth], mistakes[:CLIPS], len(mistakes)))
    return sorted(pairs, key=lambda pair: (-pair.count, -pair.share, pair.truth, pair.predicted))[:PAIRS]


def _mistake(predictions: Sequence[Mapping[str, Any]], kind: str) -> Mistake:
    confidences = [_confidence(clip, kind) for clip in predictions]
    best = max(range(len(confidences)), key=lambda i: float("-inf") if (known := confidences[i]) is None else known)
    clip = predictions[best]
    of_truth = clip["scores"].get(clip["emotion"]) if kind == "probability" else None
    return Mistake(clip, confidences[best], of_truth, len(predictions))


def _confidence(clip: Mapping[str, Any], kind: str) -> float | None:
    scores = clip["scores"]
    wrong, right = scores.get(clip["predicted"]), scores.get(clip["emotion"])
    if kind == "probability":
        return wrong
    return None if wrong is None or right is None else wrong - right
