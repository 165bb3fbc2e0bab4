"""The worst confusions of a result: which emotions are taken for which, and the clips where it was surest."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: So many pairs of emotions, and clips of each, are shown.
PAIRS, CLIPS = 8, 5


@dataclass(frozen=True)
class Mistake:
    """A clip that was taken for another emotion."""

    clip: Mapping[str, Any]  #: as under ``clips`` in a result
    #: the probability of the wrong emotion; of margins, by how much the wrong one's exceeds the right one's
    confidence: float | None
    of_truth: float | None  #: the probability of the right emotion; None for margins
    times: int  #: in how many repeats it was mistaken so


@dataclass(frozen=True)
class Pair:
    """All clips of one emotion that were taken for another."""

    truth: str
    predicted: str
    count: int  #: predictions
    share: float  #: of the predictions for clips of `truth`
    worst: list[Mistake]  #: the surest first; at most :data:`CLIPS`
    n_clips: int  #: clips, of which `worst` is a part


def worst_confusions(data: Mapping[str, Any]) -> list[Pair]:
    """Pairs of emotions by how often the first is taken for the second, at most :data:`PAIRS`."""
    kind = data["protocol"]["score_kind"]
    support = Counter(clip["emotion"] for clip in data["clips"])
    found: dict[tuple[str, str], dict[tuple, list[Mapping[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for clip in data["clips"]:
        if clip["emotion"] != clip["predicted"]:
            key = (clip["file"], clip["start"] or 0.0, clip["variant"], clip["speaker"])
            found[clip["emotion"], clip["predicted"]][key].append(clip)
    pairs = []
    for (truth, predicted), clips in found.items():
        mistakes = [_mistake(predictions, kind) for _, predictions in sorted(clips.items())]
        mistakes.sort(key=lambda m: -m.times if m.confidence is None else -m.confidence)  # stable: then by file
        count = sum(mistake.times for mistake in mistakes)
        pairs.append(Pair(truth, predicted, count, count / support[truth], mistakes[:CLIPS], len(mistakes)))
    return sorted(pairs, key=lambda pair: (-pair.count, -pair.share, pair.truth, pair.predicted))[:PAIRS]


def _mistake(predictions: Sequence[Mapping[str, Any]], kind: str) -> Mistake:
    sure = [_confidence(clip, kind) for clip in predictions]
    best = max(range(len(sure)), key=lambda i: float("-inf") if (known := sure[i]) is None else known)
    clip = predictions[best]
    of_truth = clip["scores"].get(clip["emotion"]) if kind == "probability" else None
    return Mistake(clip, sure[best], of_truth, len(predictions))


def _confidence(clip: Mapping[str, Any], kind: str) -> float | None:
    scores = clip["scores"]
    wrong, right = scores.get(clip["predicted"]), scores.get(clip["emotion"])
    if kind == "probability":
        return wrong
    return None if wrong is None or right is None else wrong - right
