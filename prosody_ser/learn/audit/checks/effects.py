"""Features that depend far more on the speaker than on the emotion, by the variance that each of these explains."""

import numpy as np

from ....catalogue import all_features
from ..finding import NOTE, SHOWN, WARNING, Finding
from ..material import Material

CHECK = "speaker effects"
#: A feature is listed if speakers explain at least this share of its variance, and this many times the emotions' share.
LEAST_SHARE, TIMES = 0.5, 3.0
#: Share from which a feature is almost constant within speakers, so that it identifies them.
_ALL_BUT_CONSTANT = 0.99
#: Cramér's V of speaker and emotion: 0 if each speaker has the same share of each emotion, 1 if one determines the
#: other.
_TIED = 0.5


def find(material: Material) -> list[Finding]:
    """Find features whose variance lies between speakers, and speakers with different emotions."""
    if material.speakers.size < 2 or material.labels.size < 2 or len(material.y) <= material.speakers.size:
        return []
    by_speaker = omega_squared(material.values, material.speaker)
    by_emotion = omega_squared(material.values, material.label)
    far = (by_speaker >= LEAST_SHARE) & (by_speaker >= TIMES * np.maximum(by_emotion, 0))
    tied = cramers_v(material.speaker, material.label)
    findings = []
    if tied >= _TIED:
        sentence = (
            f"Speaker and emotion are confounded (Cramér's V {tied:.2f}): many speakers have few of the emotions."
        )
        effect = (
            "A model may learn voices instead of emotions and fail on new voices, and speaker normalisation removes "
            "the emotion together with the voice. The score may be far too low, and with speakers on both sides of a "
            "fold it would be far too high."
        )
        findings.append(Finding(WARNING, CHECK, sentence, effect, {"cramers_v": round(tied, 3)}))
    if far.any():
        findings.append(_far(material, by_speaker, by_emotion, far, tied))
    return findings


def _far(material: Material, by_speaker: np.ndarray, by_emotion: np.ndarray, far: np.ndarray, tied: float) -> Finding:
    worst = np.argsort(np.where(far, -by_speaker, np.inf), kind="stable")[: min(SHOWN, far.sum())]
    known = all_features()
    listed = [
        {
            "feature": (name := material.features[i]),
            "family": known[name].family if name in known else "",
            "by_speaker": round(float(by_speaker[i]), 3),
            "by_emotion": round(float(by_emotion[i]), 3),
        }
        for i in worst
    ]
    first = listed[0]
    constant = int((far & (by_speaker >= _ALL_BUT_CONSTANT)).sum())
    sentence = (
        f"{far.sum()} of {far.size} features separate speakers far better than emotions; the worst is "
        f"{first['feature']}, of whose variance speakers explain {first['by_speaker']:.0%} and emotions "
        f"{max(first['by_emotion'], 0):.0%}."
    )
    if constant:
        sentence += f" {constant} of them are almost constant within each speaker, so they identify the speaker."
    effect = (
        "This is normal for features that depend on sex, vocal tract or recording level, and it is no leak as long as "
        "no speaker is on both sides of a fold. With a random split, a model can recognise the speaker and the score "
        "is too high; with held-out speakers, it is noise that speaker normalisation removes."
    )
    evidence = {
        "n_features": int(far.sum()),
        "n_all_but_constant": constant,
        "cramers_v_speaker_emotion": round(tied, 3),
        "worst": listed,
    }
    return Finding(WARNING if constant else NOTE, CHECK, sentence, effect, evidence)


def omega_squared(values: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Share of each column's variance between groups, ignoring NaN: eta squared without its bias, about 0 by chance.

    References
    ----------
    Hays, W. L. (1963). Statistics for psychologists. Holt, Rinehart and Winston.
    """
    finite = np.isfinite(values)
    n = finite.sum(axis=0)
    mean = np.where(finite, values, 0.0).sum(axis=0) / np.maximum(n, 1)
    centred = np.where(finite, values - mean, 0.0)
    member = (group == np.arange(group.max() + 1)[:, None]).astype(float)
    count = member @ finite.astype(float)
    between = ((member @ centred) ** 2 / np.maximum(count, 1)).sum(axis=0)
    total = (centred**2).sum(axis=0)
    n_groups = (count > 0).sum(axis=0)
    within = (total - between) / np.maximum(n - n_groups, 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        omega = (between - (n_groups - 1) * within) / (total + within)
    return np.where((n > n_groups) & (n_groups > 1) & (total > 1e-24 * np.maximum(n * mean**2, 1e-300)), omega, 0.0)


def cramers_v(one: np.ndarray, other: np.ndarray) -> float:
    """Association of two groupings, 0 to 1: Cramér's V with bias correction (Bergsma, 2013)."""
    counts = np.zeros((one.max() + 1, other.max() + 1))
    np.add.at(counts, (one, other), 1)
    n, (rows, columns) = counts.sum(), counts.shape
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0) / n
    phi = ((counts - expected) ** 2 / expected).sum() / n
    phi = max(0.0, phi - (rows - 1) * (columns - 1) / (n - 1))
    rows, columns = rows - (rows - 1) ** 2 / (n - 1), columns - (columns - 1) ** 2 / (n - 1)
    return float(np.sqrt(phi / max(min(rows, columns) - 1, 1e-12)))
