"""Model files with random damage and random forgery, opened and used in a separate process, so that a crash shows.

``python -m tests.model.file_format.test_fuzz FOLDER SEED N_DAMAGED N_FORGED`` runs this for every model in a folder.
"""

import contextlib
import json
import random
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

from prosody_ser import save_model, train
from prosody_ser.errors import ModelError
from prosody_ser.learn.classifiers.registry import MODELS, build_model
from prosody_ser.model import load_model
from tests.support.model_files import forged, parts_of
from tests.support.pipelines import quick_pipeline
from tests.support.sequences import as_read
from tests.support.tables import acted_table

TABLE = acted_table(rows_each=16, n_sentences=2, n_features=4, signal=1.0)
#: Integers at the limits of data types.
EDGES = [0, 1, -1, 2, 3, 4, 127, 255, 2**31 - 1, 2**31, -(2**31), 2**32, 2**53, 2**62, -(2**63), 2**63 - 1]
FLOATS = [0.0, -0.0, 1.0, -1.0, np.nan, np.inf, -np.inf, 1e308, -1e308, 1e100, -1e100, 5e-324, 1e-30]
VALUES = [
    None,
    True,
    False,
    0,
    -1,
    1,
    3,
    10**6,
    2**63,
    10**40,
    0.5,
    -1.0,
    1e308,
    "",
    "x",
    "os.system",
    [],
    {},
    [[]],
    "\0",
]
RESHAPES = (
    *(lambda a: a[:-1], lambda a: a[..., :-1], lambda a: a[:0], lambda a: a[::-1], lambda a: np.concatenate([a, a])),
    *(lambda a: a.T, lambda a: a.reshape(-1), lambda a: a[None], lambda a: a.astype("<i8"), lambda a: a.astype("<f8")),
    *(lambda a: a.astype("|u1"), lambda a: a.astype("<i4")),
)


def damaged(content, rng):
    """A few bytes flipped, cut off, doubled or moved."""
    made = bytearray(content)
    for _ in range(rng.choice((1, 1, 1, 2, 10))):
        at = rng.randrange(len(made))
        how = rng.randrange(6)
        if how == 0:
            made[at] ^= 1 << rng.randrange(8)
        elif how == 1:
            made[at] = rng.randrange(256)
        elif how == 2:
            del made[at:]
        elif how == 3:
            del made[at : at + rng.randrange(1, 64)]
        elif how == 4:
            made[at:at] = rng.randbytes(rng.randrange(1, 64))
        else:
            end = len(made) - rng.randrange(min(len(made), 1500))  # in the directory of the zip, which has no checksum
            made[end - 1 : end + rng.randrange(3)] = rng.randbytes(rng.randrange(4))
        if not made:
            break
    return bytes(made)


def forge(parts, rng):
    """One or two values, shapes or types changed; checksums made to fit."""
    model, card, arrays = parts
    arrays = [array.copy() for array in arrays]
    model, card = json.loads(json.dumps(model)), json.loads(json.dumps(card))
    for _ in range(rng.choice((1, 1, 2))):
        how = rng.randrange(8)
        if how < 4:
            place = rng.randrange(len(arrays))
            values = arrays[place].reshape(-1)
            edges = FLOATS if values.dtype.kind == "f" else EDGES
            edge = rng.choice([*edges, *(values[[rng.randrange(values.size)]].tolist() if values.size else [])])
            low, high = (
                (np.iinfo(values.dtype).min, np.iinfo(values.dtype).max) if values.dtype.kind in "iu" else (edge,) * 2
            )
            edge = edge if values.dtype.kind == "f" else min(max(edge, int(low)), int(high))
            if values.size:
                values[rng.randrange(values.size) if how else slice(None)] = edge
        elif how == 4:
            place = rng.randrange(len(arrays))
            array = arrays[place]
            with np.errstate(all="ignore"):
                arrays[place] = np.ascontiguousarray(rng.choice(RESHAPES)(array))
        elif how == 5 and len(arrays) > 1:
            one, two = rng.sample(range(len(arrays)), 2)
            arrays[one], arrays[two] = arrays[two], arrays[one]
        else:
            place = model if how == 6 else rng.choice((model, card))
            while True:
                keys = list(place) if isinstance(place, dict) else list(range(len(place)))
                if not keys:
                    break
                key = rng.choice(keys)
                if isinstance(place[key], dict | list) and place[key] and rng.random() < 0.85:
                    place = place[key]
                    continue
                if rng.random() < 0.2:
                    del place[key]
                else:
                    place[key] = rng.choice(VALUES)
                break
    return forged(model, card, arrays)


def run(folder, seed, n_damaged, n_forged):
    """Open and use all files; fail if a damaged file is neither refused nor unchanged."""
    rng = random.Random(seed)
    bad = Path(folder) / f"fuzz-{seed}.bad"
    counts, lines = {}, set()
    for path in sorted(Path(folder).glob("*.skops")):
        X = as_read(path.stem, TABLE).X.iloc[:40]
        content, parts = path.read_bytes(), parts_of(path)
        model = load_model(path)
        expected = model.probabilities(X)
        taken = [0, 0]
        for number in range(n_damaged + n_forged):
            forging = number >= n_damaged
            bad.write_bytes(forge(parts, rng) if forging else damaged(content, rng))
            try:
                reloaded = load_model(bad)
            except ModelError as error:
                lines.add(str(error).count("\n"))
                continue
            taken[forging] += 1
            if not forging:
                assert np.array_equal(reloaded.probabilities(X), expected), path
                assert reloaded.card == model.card
                continue
            with contextlib.suppress(ModelError):  # features of other names
                reloaded.probabilities(X)
                reloaded.novelty.score(reloaded.columns_of(X))
        counts[path.stem] = taken
    assert lines == {0}
    return counts


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(
    ("n_damaged", "n_forged"),
    [(12, 24), pytest.param(1000, 1500, marks=[pytest.mark.thorough, pytest.mark.timeout(3600)])],
)
def test_random_damage_and_forgery_never_crash(tmp_path, n_damaged, n_forged):
    for name in MODELS:
        pipeline = quick_pipeline(name, speaker_norm="speaker" if name == "lda" else "none")
        if name == "ensemble":
            pipeline.set_params(model__rf=build_model("lda"), model__mlp=build_model("knn"))
        save_model(train(as_read(name, TABLE), pipeline, risk=0.3, folds=2), tmp_path / f"{name}.skops")
    command = [
        sys.executable,
        "-X",
        "faulthandler",
        "-m",
        "tests.model.file_format.test_fuzz",
        tmp_path,
        "0",
        str(n_damaged),
        str(n_forged),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=3600)
    assert done.returncode == 0, done.stderr[-2000:]
    counts = json.loads(done.stdout)
    assert set(counts) == set(MODELS)
    # Some forgeries are valid models (another weight is still a weight); without any, fuzzing would not reach far.
    assert all(0 < forged_taken < 0.8 * n_forged for _, forged_taken in counts.values())


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    print(json.dumps(run(sys.argv[1], *map(int, sys.argv[2:]))))
