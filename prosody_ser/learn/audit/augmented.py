"""Augmented copies stay on the side of the clip they were made from."""

import numpy as np

from .families import families_of, is_augmented
from .finding import ERROR, SHOWN, Finding
from .material import Material

CHECK = "augmented copies"


def find(material: Material) -> list[Finding]:
    """Families of a clip and its copies (columns `variant`, `parent`) that a fold has in both train and test."""
    augmented = is_augmented(material.frame)
    if not augmented.any():
        return []
    family = families_of(material.frame)
    split = np.intersect1d(material.split_groups(family), family[augmented])
    if not split.size:
        return []
    files = material.frame["file"].to_numpy()
    examples = [files[family == number].tolist()[:3] for number in split[:SHOWN]]
    sentence = (
        f"{split.size} clips and their augmented copies are apart: one is trained on, another tested "
        f"(e.g. {' and '.join(examples[0][:2])})."
    )
    effect = "A copy carries its original's label across. The score is too high, by more the more copies there are."
    evidence = {"n_families_apart": int(split.size), "n_augmented": int(augmented.sum()), "families": examples}
    return [Finding(ERROR, CHECK, sentence, effect, evidence)]
