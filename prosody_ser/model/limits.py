"""What speech a model's confidence was calibrated on, and how it falls with the distance from that."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from ..errors import ModelError

#: Of clips like the training corpus, spoken by people who are not in it, the share that counts as novel.
NOVEL_SHARE = 0.02
#: Of the training clips, the share that is shorter than a clip may be.
SHORT_SHARE = 0.002
#: Degrees of freedom of the tails. On held-out speakers of EMO-DB 1 to 3 fit equally well, and better than a normal.
TAILS = 2.0
#: Of any distance; even then the likeliest of several labels can be told from the next.
HOTTEST = 1e6
_LARGEST = 1e6


@dataclass(frozen=True)
class Limits:
    """Beyond these a model abstains, however sure it seems: it was never tested there."""

    #: Novelty (:class:`prosody_ser.model.novelty.Novelty`) above which a clip is unlike the training speech.
    novelty: float = 1 - NOVEL_SHARE
    #: Seconds of speech, of the shortest and the longest clip like which there are some in the training corpus; None
    #: where nobody knows how long those were.
    shortest_s: float | None = None
    longest_s: float | None = None
    tails: float = TAILS  #: degrees of freedom of the distribution whose tails make confidence fall

    @classmethod
    def of(cls, speech_s: np.ndarray) -> "Limits":
        """The limits of a corpus whose clips hold so many seconds of speech each; NaN where that is not known."""
        known = speech_s[np.isfinite(speech_s)]
        limits = cls(tails=TAILS)
        if not known.size:
            return limits
        return replace(limits, shortest_s=float(np.quantile(known, SHORT_SHARE)), longest_s=float(known.max()))

    def temperature(self, distances: np.ndarray, usual: float) -> np.ndarray:
        """What the logits of clips at these distances are divided by, 1 or more.

        Where the clips of each class follow a multivariate t distribution with `tails` degrees of freedom, and not a
        normal one, the logarithm of two classes' odds falls with the squared distance d from all classes as
        ``(tails + usual²) / (tails + d²)``; here in units of the usual distance, and never above 1: ::

            T = max(1, (tails + (d / usual)²) / (tails + 1))

        Parameters
        ----------
        distances : ndarray of shape (n_clips,)
        usual : float
            Median distance of clips of unheard speakers like those of the training corpus.

        References
        ----------
        Aitchison, J. & Dunsmore, I. R. (1975). Statistical prediction analysis. Cambridge University Press. (Predictive
            distributions of normal classes are t distributions.)
        """
        with np.errstate(over="ignore"):
            relative = (distances / max(usual, 1e-300)) ** 2
        return np.clip((self.tails + relative) / (self.tails + 1), 1.0, HOTTEST)


def as_plain(limits: Limits | None) -> dict[str, Any] | None:
    """What is stored."""
    return None if limits is None else asdict(limits)


def from_plain(found: Mapping[str, Any] | None) -> Limits | None:
    """The limits in any file, None in one of format version 1; a ModelError if a field is not what it must be."""
    if found is None:
        return None
    times = (0.0, _LARGEST)
    ranges = {"novelty": (0.0, 1.0), "shortest_s": times, "longest_s": times, "tails": (1e-6, _LARGEST)}
    if set(found) != set(ranges):
        raise ModelError("its limits are not those of a model")
    for name, (low, high) in ranges.items():
        value = found[name]
        unknown = value is None and name.endswith("_s")
        if not unknown and not (type(value) is float and low <= value <= high):
            raise ModelError(f"its limit {name} is {value!r:.40}")
    return Limits(**found)
