"""Columns that hold the label in disguise: noisy copies, codes, encodings, ratings, probabilities, predictions.

Every column is asked how well it alone tells the emotion of unheard speakers. Columns that nobody knows are also asked
few together, so that two are found that tell the emotion only together.

No fixed limit tells a leak from a good feature: an honest feature tells anger from sadness nearly without a mistake,
but of seven emotions it reaches no more than UAR .41. So a column is compared with those that are known to be measured
from sound (:mod:`.known_features`), or where the table holds few of them, with its other columns and with what features
reach on real corpora. It is an error only where nobody knows the column, and it beats these by a margin or maps onto
the label as no measurement does (:mod:`.column_skills`). Skill alone is a warning. Both say what a quick model scores
with the columns and without them.

What this does not see: a noisy copy of the label where honest features tell it just as well (two emotions as far apart
as anger and sadness), which is a warning at most, as is a label under the name of a known feature; a label that only
more than eight columns tell together, or columns among more than 128 that tell nothing alone.
"""

import numpy as np

from .column_skills import MARGIN_OF_FEW, ColumnSkills
from .finding import ERROR, SHOWN, WARNING, Finding
from .material import Material

CHECK = "label among features"
_EFFECT = (
    "Such columns hold the label itself, a rating, a prediction, or what was made from them, and no new recording "
    "comes with that. The score is too high. Remove them, or name the columns to use with --features."
)
_LOOK = (
    "None if they were measured from the sound alone. If anything of the label, of ratings or of a model's answer went "
    "into them, the score is too high: compare the two scores, and say how the columns were made."
)


def find(material: Material) -> list[Finding]:
    """Columns that tell more than sound can, alone or few together, and those that tell enough to be looked at."""
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
        each = "tells" if alone.size == 1 else "each tell"
        said = f"{each} the emotion of unheard speakers alone, with UAR up to {skills.uar(alone):.2f} {chance}"
        others = f"; the best of the other columns reaches {skills.uar(skills.all_but(errors)):.2f}"
        findings.append(_finding(ERROR, material, skills, alone, errors, said + others))
    # What tells enough alone is said alone: together with it any columns lead.
    ahead = few if few.size else skills.few(np.union1d(errors, telling).astype(int), 0.0)
    if ahead.size:
        together = skills.quick.score(ahead).uar
        said = f"together tell the emotion of unheard speakers with UAR {together:.2f} {chance}"
        said += ", better than all other columns"
        findings.append(_finding(ERROR if few.size else WARNING, material, skills, ahead, errors, said))
        telling = np.setdiff1d(telling, ahead)
    if telling.size:
        each = "tells" if telling.size == 1 else "each tell"
        said = (
            f"{each} much of the emotion of unheard speakers alone, with UAR up to {skills.uar(telling):.2f} {chance}"
        )
        findings.append(_finding(WARNING, material, skills, telling, errors, said))
    return findings


def _finding(
    severity: str, material: Material, skills: ColumnSkills, columns: np.ndarray, errors: np.ndarray, said: str
) -> Finding:
    """One finding about some columns, with the scores of a quick model with them and without any suspect."""
    others = skills.all_but(np.union1d(errors, columns).astype(int))
    with_them, without = skills.quick.score(others, and_also=columns), skills.quick.score(others)
    names = [material.features[i] for i in columns[np.argsort(-skills.skill[columns], kind="stable")]]
    all_named = severity == ERROR or len(names) <= SHOWN
    which = ", ".join(map(repr, names)) if all_named else f"the most telling are {', '.join(map(repr, names[:SHOWN]))}"
    subject = f"The column {which}" if len(names) == 1 else f"{len(names)} columns ({which})"
    them = "it" if len(names) == 1 else "them"
    if others.size:
        scores = f"A quick model scores {with_them.uar:.2f} with {them} and {without.uar:.2f} without."
    else:
        scores = f"No other column is left without {them}."
    evidence = {
        "features": names,
        "alone": [round(skills.uar(np.array([material.features.index(name)])), 3) for name in names],
        "chance": round(1 / material.labels.size, 3),
        "best_of_others": round(skills.uar(others), 3),
        "quick_model_with": round(with_them.uar, 3),
        "quick_model_without": round(without.uar, 3) if others.size else None,
    }
    return Finding(severity, CHECK, f"{subject} {said}. {scores}", _EFFECT if severity == ERROR else _LOOK, evidence)
