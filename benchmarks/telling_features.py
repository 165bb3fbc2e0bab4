"""How well features that do not leak predict emotions: the best one alone, and the best few together.

    python benchmarks/telling_features.py emodb.parquet ravdess.parquet emovo.parquet

For each number of emotions, over all tables and all choices of so many emotions (of more than `MOST_CHOICES` a draw):
the largest skill (0 chance, 1 perfect) of one feature on unheard speakers, and of the few that are left where the
leak audit leaves out the one with the smallest weight again and again. The limits in
:mod:`prosody_ser.learn.audit.checks.column_skills` lie a little above.
"""

import sys
from itertools import combinations

import numpy as np

from prosody_ser import FeatureTable, feature_set, read_table
from prosody_ser.learn.audit.checks.column_skills import FEW
from prosody_ser.learn.audit.material import Material
from prosody_ser.learn.audit.quick_model import QuickModel
from prosody_ser.learn.audit.recovery import skill_of_each

MOST_CHOICES = 24


def best_few(material):
    """Skill of the few columns with the largest weights."""
    quick = QuickModel(material)
    columns = np.arange(len(material.features))
    while columns.size > FEW:
        n_left = max(FEW, columns.size - 1 if columns.size <= 2 * FEW else int(0.7 * columns.size))
        columns = columns[np.argsort(-quick.weights(columns), kind="stable")[:n_left]]
    return quick.score(columns).skill


def main(paths):
    """Print both skills for each number of emotions."""
    one, few = {}, {}
    for path in paths:
        table = read_table(path)
        names = [feature.name for feature in feature_set("prosody_v1") if feature.name in table.feature_names]
        frame = table.frame[table.usable]
        emotions = sorted(set(frame["emotion"]))
        for n in range(2, len(emotions) + 1):
            choices = list(combinations(emotions, n))
            drawn = np.random.default_rng(n).permutation(len(choices))[:MOST_CHOICES]
            for chosen in (choices[i] for i in drawn):
                material = Material(FeatureTable(frame[frame["emotion"].isin(chosen)], tuple(names)))
                skill = skill_of_each(material.values, material.label, material.speaker_group).max()
                one[n] = max(one.get(n, (0, "", ())), (skill, path, chosen))
                few[n] = max(few.get(n, (0, "", ())), (best_few(material), path, chosen))
    for n in sorted(one):
        for what, (skill, path, chosen) in (("one", one[n]), (f"{FEW}", few[n])):
            print(f"{n} emotions, {what:3} feature(s): skill {skill:.2f}  {path} {', '.join(chosen)}")


if __name__ == "__main__":
    main(sys.argv[1:])
