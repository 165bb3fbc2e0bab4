"""Columns that contain the label in disguise: noisy copies, codes, encodings, ratings, probabilities, predictions.

The check measures how well each column alone predicts the emotion of held-out speakers. Columns whose origin is unknown
are also tested in small groups, to detect columns that predict the emotion only together.

No fixed limit separates a leak from a good feature: a genuine feature can separate anger from sadness almost without
errors, but with seven emotions it reaches a UAR of at most .41. Therefore a column is compared with columns that are
known to be measured from sound (:mod:`prosody_ser.learn.audit.known_features`) or, if the table has few of these, with
its other columns and with what features reach on real corpora. It is an error only if the origin of the column is
unknown and the column exceeds the others by a margin, or maps onto the label as no measurement does
(:mod:`.column_skills`). A high skill alone is a warning. Both report the score of a quick model with the columns and
without them.

This check does not detect the following. A noisy copy of the label if genuine features predict it just as well (two
emotions as different as anger and sadness), or a label under the name of a known feature: both give at most a warning.
A label that is encoded in more than eight columns together. Columns among more than 128 that predict nothing alone.
"""

import numpy as np

from ..finding import ERROR, SHOWN, WARNING, Finding
from ..material import Material
from .column_skills import MARGIN_OF_FEW, ColumnSkills

CHECK = "label among features"
_EFFECT = (
    "Such columns contain the label itself, a rating, a prediction, or something derived from these, which a new "
    "recording does not have. The score is too high. Remove the columns, or name the columns to use with --features."
)
_LOOK = (
    "None if the columns were measured from the sound alone. If the label, ratings or predictions of a model were used "
    "to make them, the score is too high: compare the two scores, and report how the columns were made."
)


def find(material: Material) -> list[Finding]:
    """Find columns that predict more than sound can, alone or in small groups, and columns that are suspicious."""
    if min(material.labels.size, material.speakers.size) < 2:
        return []
    skills = ColumnSkills(material)
    alone = skills.alone()
    few = skills.few(alone, MARGIN_OF_FEW)
    errors = np.union1d(alone, few).astype(int)
    telling = np.setdiff1d(skills.telling(), errors)
    chance = f"(chance {1 / material.labels.size:.2f})"
    findings = []
    if alone.size:
        predicts = "alone predicts" if alone.size == 1 else "each alone predict"
        claim = f"{predicts} the emotion of held-out speakers, with a UAR up to {skills.uar(alone):.2f} {chance}"
        others = f"; the best of the other columns reaches {skills.uar(skills.all_but(errors)):.2f}"
        findings.append(_finding(ERROR, material, skills, alone, errors, claim + others))
    # Columns that predict enough alone are reported separately, because any group that contains them would stand out.
    ahead = few if few.size else skills.few(np.union1d(errors, telling).astype(int), 0.0)
    if ahead.size:
        together = skills.quick.score(ahead).uar
        claim = f"together predict the emotion of held-out speakers with a UAR of {together:.2f} {chance}"
        claim += ", better than all other columns"
        findings.append(_finding(ERROR if few.size else WARNING, material, skills, ahead, errors, claim))
        telling = np.setdiff1d(telling, ahead)
    if telling.size:
        predicts = "alone predicts" if telling.size == 1 else "each alone predict"
        uar = skills.uar(telling)
        claim = f"{predicts} the emotion of held-out speakers remarkably well, with a UAR up to {uar:.2f} {chance}"
        findings.append(_finding(WARNING, material, skills, telling, errors, claim))
    return findings


def _finding(
    severity: str, material: Material, skills: ColumnSkills, columns: np.ndarray, errors: np.ndarray, claim: str
) -> Finding:
    """Make a finding about some columns, with the scores of a quick model with them and without any suspect column."""
    others = skills.all_but(np.union1d(errors, columns).astype(int))
    with_them, without = skills.quick.score(others, and_also=columns), skills.quick.score(others)
    names = [material.features[i] for i in columns[np.argsort(-skills.skill[columns], kind="stable")]]
    all_named = severity == ERROR or len(names) <= SHOWN
    which = ", ".join(map(repr, names)) if all_named else f"the strongest are {', '.join(map(repr, names[:SHOWN]))}"
    subject = f"The column {which}" if len(names) == 1 else f"{len(names)} columns ({which})"
    them = "it" if len(names) == 1 else "them"
    if others.size:
        scores = f"A quick model scores {with_them.uar:.2f} with {them} and {without.uar:.2f} without."
    else:
        scores = f"Without {them}, no column is left."
    evidence = {
        "features": names,
        "alone": [round(skills.uar(np.array([material.features.index(name)])), 3) for name in names],
        "chance": round(1 / material.labels.size, 3),
        "best_of_others": round(skills.uar(others), 3),
        "quick_model_with": round(with_them.uar, 3),
        "quick_model_without": round(without.uar, 3) if others.size else None,
    }
    return Finding(severity, CHECK, f"{subject} {claim}. {scores}", _EFFECT if severity == ERROR else _LOOK, evidence)
