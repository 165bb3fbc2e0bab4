"""The range of speech for which a model's confidence is calibrated, and how confidence falls with the distance from it.

The limits are on novelty and on the duration of speech; beyond them the model abstains.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from ...errors import ModelError

#: Share of clips of new speakers, otherwise like those of the training corpus, that counts as novel.
NOVEL_SHARE = 0.02
#: Share of the training clips that is shorter than the lower limit of duration.
SHORT_SHARE = 0.002
#: Degrees of freedom of the tails. On held-out speakers of EMO-DB, 1 to 3 fit equally well, and better than a normal
#: distribution.
TAILS = 2.0
#: Upper limit of the temperature; even here the likeliest label still differs from the next one.
HOTTEST = 1e6
_LARGEST = 1e6


@dataclass(frozen=True)
class Limits:
    """Limits beyond which a model abstains even if its confidence is high, because it was never tested there."""

    #: Novelty (:class:`prosody_ser.model.abstention.novelty.Novelty`) above which a clip is unlike the training speech.
    novelty: float = 1 - NOVEL_SHARE
    #: Shortest and longest duration of speech, in seconds, that the training corpus covers; None if unknown.
    shortest_s: float | None = None
    longest_s: float | None = None
    tails: float = TAILS  #: degrees of freedom of the t distribution that lowers confidence with distance

    @classmethod
    def of(cls, speech_s: np.ndarray) -> "Limits":
        """The limits of a corpus, from the seconds of speech in each of its clips; NaN where unknown."""
        known = speech_s[np.isfinite(speech_s)]
        limits = cls(tails=TAILS)
        if not known.size:
            return limits
        return replace(limits, shortest_s=float(np.quantile(known, SHORT_SHARE)), longest_s=float(known.max()))

    def temperature(self, distances: np.ndarray, usual: float) -> np.ndarray:
        """Temperature for clips at these distances: the number, at least 1, that divides their logits.

        If the clips of each class follow a multivariate t distribution with `tails` degrees of freedom instead of a
        normal distribution, the log-odds of two classes fall with the squared distance d from all classes as
        ``(tails + usual²) / (tails + d²)``. With d in units of the usual distance, and log-odds never increased: ::

            T = max(1, (tails + (d / usual)²) / (tails + 1))

        Parameters
        ----------
        distances : ndarray of shape (n_clips,)
        usual : float
            Median distance of clips of new speakers that are otherwise like those of the training corpus.

        References
        ----------
        Aitchison, J. & Dunsmore, I. R. (1975). Statistical prediction analysis. Cambridge University Press. (Predictive
            distributions of normal classes are t distributions.)
        """
        with np.errstate(over="ignore"):
            relative = (distances / max(usual, 1e-300)) ** 2
        return np.clip((self.tails + relative) / (self.tails + 1), 1.0, HOTTEST)


def as_plain(limits: Limits | None) -> dict[str, Any] | None:
    """The limits as plain data, to be stored."""
    return None if limits is None else asdict(limits)


def from_plain(plain: Mapping[str, Any] | None) -> Limits | None:
    """The limits from a model file; None for format version 1. A ModelError if a field is not valid."""
    if plain is None:
        return None
    times = (0.0, _LARGEST)
    ranges = {"novelty": (0.0, 1.0), "shortest_s": times, "longest_s": times, "tails": (1e-6, _LARGEST)}
    if set(plain) != set(ranges):
        raise ModelError("the model's limits do not have the expected fields")
    for name, (low, high) in ranges.items():
        value = plain[name]
        unknown = value is None and name.endswith("_s")
        if not unknown and not (type(value) is float and low <= value <= high):
            raise ModelError(f"the model's limit {name} is invalid: {value!r:.40}")
    return Limits(**plain)
