"""Planted leaks of every kind are detected and named, and tables without leaks give no finding."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import soundfile
import soxr
from sklearn.model_selection import GroupKFold, KFold, LeaveOneGroupOut, ShuffleSplit, StratifiedKFold

from prosody_ser import evaluate, make_pipeline, result_text, write_table
from prosody_ser.errors import ProtocolError
from prosody_ser.features import Job, measure_file
from prosody_ser.learn.audit import CHECKS, audit, permuted_labels
from prosody_ser.learn.audit.checks.duplicates import LEAST_FEATURES
from prosody_ser.learn.audit.checks.effects import cramers_v, omega_squared
from prosody_ser.learn.audit.material import Material
from prosody_ser.learn.audit.names import look_alike
from prosody_ser.learn.audit.recovery import against_chance
from prosody_ser.learn.speakers.names import speakers_of
from prosody_ser.learn.splits.splitters import LeaveOneSpeakerOut
from prosody_ser.tables.feature_table import NUMERIC_METADATA
from tests.support.planted import code, doubled, noise, planted, with_columns
from tests.support.schemas import validator
from tests.support.tables import random_table

SCHEMA = validator("result")


def findings_of(table, folds="auto", check=None):
    return [(f.severity, f.check) for f in audit(table, folds) if check in (None, f.check)]


@pytest.mark.parametrize("n_features", [4, 8, LEAST_FEATURES, 150])
@pytest.mark.parametrize("n_seeds", [5, pytest.param(20, marks=pytest.mark.thorough)])
def test_noise_gives_no_findings(n_features, n_seeds):
    """Five shortcuts at 5 false alarms in 100,000: 20 other seeds would fail once in 200 times."""
    for seed in range(n_seeds):
        assert findings_of(noise(seed, n_features)) == []


def test_each_check_has_a_planted_fault_below():
    """Labels among the features are tested in test_label_columns.py, shortcuts in test_shortcuts.py."""
    named = (
        "speakers",
        "corpora",
        "duplicates",
        "file names",
        "metadata among features",
        "label among features",
        "shortcuts",
        "normalised features",
        "missing values",
        "confounded emotions",
    )
    assert set(CHECKS) == {*named, "speaker effects"}


# ---- speakers

SHARING = {
    "splitter": KFold(3),
    "stratified": StratifiedKFold(3, shuffle=True, random_state=0),
    "shuffled": ShuffleSplit(2, random_state=0),
    "pairs": [(np.arange(120), np.arange(120, 240)), (np.arange(120, 240), np.arange(120))],
    "numbers": np.arange(240) % 4,
    "numbers in a list": (np.arange(240) % 4).tolist(),
}
DISJOINT = {
    "auto": "auto",
    "number": 3,
    "own": LeaveOneSpeakerOut(),
    "grouped": GroupKFold(3),
    "grouped, all": LeaveOneGroupOut(),
}


@pytest.mark.parametrize("folds", SHARING)
def test_speakers_on_both_sides_are_an_error(folds):
    (finding,) = audit(noise(), SHARING[folds])
    assert (finding.severity, finding.check) == ("error", "speakers")
    assert finding.evidence["n_speakers_shared"] == 6
    assert "s00, s01, s02, s03, s04 and 1 more" in finding.sentence
    assert "too high" in finding.effect


@pytest.mark.parametrize("folds", DISJOINT)
def test_disjoint_folds_of_any_kind_are_none(folds):
    assert findings_of(noise(), DISJOINT[folds]) == []


def test_folds_may_be_given_as_numbers_and_as_pairs():
    table = noise()
    number = pd.factorize(table.frame["speaker"])[0] // 2
    assert findings_of(table, number) == []
    assert findings_of(table, [(np.flatnonzero(number != k), np.flatnonzero(number == k)) for k in range(3)]) == []
    for wrong in (number[1:], []):
        with pytest.raises(ProtocolError):
            audit(table, wrong)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("s01", "S01", True),
        ("3", "03", True),
        ("Spk_03", "spk3", True),
        ("Jos\u00e9", "Jose\u0301", True),
        ("s01", "\uff53\uff10\uff11", True),
        ("Ann", "ann\u200b.", True),
        ("lab:3", "lab:3.0", True),
        ("s3", "s3.0", False),
        ("Ann Lee", "ann-lee", True),
        ("1-2", "12", False),
        ("a1", "a11", False),
        ("m1", "f1", False),
        ("emodb:03", "ravdess:03", False),
    ],
)
def test_names_that_look_alike(one, other, alike):
    assert look_alike([one, other]) == ([(one, other)] if alike else [])


@pytest.mark.parametrize(("one", "other"), [("s01", "S01"), ("ann_b", "Ann B")])
def test_one_person_by_two_names_is_an_error(one, other):
    table = noise()
    frame = table.frame.copy()
    half = (frame.index % 2 == 0) & (frame["speaker"] == "s01")
    frame.loc[frame["speaker"] == "s01", "speaker"] = one
    frame.loc[half, "speaker"] = other
    (finding,) = audit(with_columns(frame, table.feature_names))
    assert (finding.severity, finding.check) == ("error", "speakers")
    assert sorted(finding.evidence["pairs"][0]) == sorted([one, other])
    # held out together, they are no leak
    together = frame["speaker"].replace(other, one)
    assert findings_of(with_columns(frame, table.feature_names), pd.factorize(together)[0]) == []


def test_a_speaker_for_each_clip_is_a_warning():
    """A row number in the column speaker passes for people, and the same people are in train and test."""
    table = noise()
    frame = table.frame.assign(speaker=[f"r{i}" for i in range(len(table.frame))])
    (finding,) = [one for one in audit(replace(table, frame=frame)) if one.check == "speakers"]
    assert finding.severity == "warning"
    assert f"Each of the {len(frame)} clips has a speaker of its own (r0, r1, " in finding.sentence


def test_one_name_in_two_folders_is_a_note():
    table = noise()
    corpus = np.where(table.frame.index % 2, "folder:a", "folder:b")
    names = table.frame["speaker"].replace({"s01": "ann"})
    findings = findings_of(with_columns(table.frame.assign(corpus=corpus, speaker=names), table.feature_names))
    assert findings == [("note", "speakers")]


def test_own_corpora_with_the_same_numbers_are_a_note():
    """Folders of one person's sessions that both number their speakers, or write a name in two ways."""
    table = noise()
    first = np.where(table.frame.index % 2, "folder:a", "folder:b")
    names = table.frame["speaker"].where(first == "folder:a", table.frame["speaker"].str.upper())
    (finding,) = audit(with_columns(table.frame.assign(corpus=first, speaker=names), table.feature_names))
    assert (finding.severity, finding.evidence["n_names"]) == ("note", 6)


def test_a_speaker_for_nearly_each_clip_is_a_warning():
    frame = noise().frame.assign(speaker=[f"r{i // 2 if i < 20 else i}" for i in range(240)])
    (finding,) = [one for one in audit(replace(noise(), frame=frame)) if one.check == "speakers"]
    assert (finding.severity, finding.sentence.startswith("Nearly each of the 240 clips")) == ("warning", True)


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("Katrin", "Kathrin", True),
        ("Michael", "Micheal", True),
        ("Muller", "M\u00fcller", True),
        ("Ann Lee", "Lee, Ann", True),
        ("s07", "s07_noisy", True),
        ("s07", "noisy s07", True),
        ("s07", "s07_2", False),
        ("spk_a", "spk_b", False),
        ("Maria", "Marta", False),
        ("anna1", "anna12", False),
        ("lena", "lea", False),
    ],
)
def test_nearly_equal_names_are_a_note(one, other, near):
    table = noise()
    frame = table.frame.assign(sex="", speaker=table.frame["speaker"].replace({"s01": one, "s02": other}))
    expected = [("note", "speakers")] if near else []
    assert findings_of(with_columns(frame, table.feature_names)) == expected
    sexes = frame["speaker"].map({one: "female"}).fillna("male")
    assert findings_of(with_columns(frame.assign(sex=sexes), table.feature_names)) == []


def test_speakers_that_repeat_another_column_are_a_warning():
    table = noise()
    findings = audit(with_columns(table.frame.assign(take=table.frame["speaker"]), table.feature_names))
    assert [(f.severity, f.evidence) for f in findings] == [("warning", {"column": "take"})]


def test_sessions_that_count_as_people_are_a_note():
    table = noise()
    names = dict(zip([f"s{i:02d}" for i in range(6)], ["ann1", "ann2", "bob1", "bob2", "cid1", "cid2"], strict=True))
    frame = table.frame.assign(sex="", speaker=table.frame["speaker"].map(names))
    (finding,) = audit(with_columns(frame, table.feature_names))
    assert (finding.severity, finding.evidence["n_pairs"]) == ("note", 3)
    patients = frame["speaker"].str.replace("ann", "patient").str.replace("bob", "control").replace("cid1", "x")
    assert findings_of(with_columns(frame.assign(speaker=patients), table.feature_names)) == []


# ---- corpora


def test_an_emotion_that_only_one_of_several_corpora_has_is_a_warning():
    table = noise()
    corpus = np.where(table.frame.index % 2, "ravdess", "emodb")
    mixed = table.frame.assign(corpus=corpus)
    assert findings_of(with_columns(mixed, table.feature_names)) == []
    emotion = mixed["emotion"].iloc[0]
    mixed = mixed[(mixed["emotion"] != emotion) | (mixed["corpus"] == "ravdess")].reset_index(drop=True)
    (finding,) = [f for f in audit(with_columns(mixed, table.feature_names)) if f.check == "corpora"]
    assert finding.severity == "warning"
    assert f"{emotion} only in ravdess." in finding.sentence
    assert finding.evidence == {"only_in": {"ravdess": [emotion]}}


# ---- duplicates


def test_repeated_rows_are_a_warning():
    table = noise()
    (finding,) = audit(doubled(table, np.arange(10)))
    assert (finding.severity, finding.check) == ("warning", "duplicates")
    assert finding.evidence["n_rows"] == 10
    assert finding.sentence.startswith("10 rows of the table repeat an earlier row")


def test_clips_that_were_measured_twice_are_a_warning():
    table = noise()
    both = doubled(table, np.arange(12))
    both.frame.loc[240:, list(table.feature_names)] *= 7.0
    (finding,) = audit(both)
    assert (finding.severity, finding.check, finding.evidence["n_rows"]) == ("warning", "duplicates", 12)


def test_identical_rows_of_two_speakers_are_an_error():
    table = noise()
    rows = np.flatnonzero(table.frame["speaker"] == "s01")[:3]
    (finding,) = audit(doubled(table, rows, speaker="s02", file=["x.wav", "y.wav", "z.wav"]))
    assert (finding.severity, finding.check) == ("error", "duplicates")
    assert finding.evidence["n_pairs"] == finding.evidence["n_identical"] == 3
    assert [table.frame["file"][rows[0]], "x.wav", 0.0] in finding.evidence["pairs"]


def test_identical_rows_of_one_speaker_are_a_note_unless_a_fold_parts_them():
    table = doubled(noise(), [5], file="x.wav")
    assert findings_of(table) == [("note", "duplicates")]
    assert ("error", "duplicates") in findings_of(table, KFold(3))


def test_near_duplicates_are_detected_whatever_a_few_features_do():
    table = noise(n_features=60)
    holes = table.frame.copy()
    holes.loc[::3, list(table.feature_names[10:20])] = np.nan
    table = with_columns(holes, table.feature_names)
    rng = np.random.default_rng(0)
    rows = np.flatnonzero(table.frame["speaker"] == "s01")[:4]
    copies = doubled(table, rows, speaker="s02", file=list("wxyz"))
    features = list(table.feature_names)
    copies.frame.loc[240:, features] += rng.normal(scale=0.03, size=(4, 60))
    copies.frame.loc[240:, features[:12]] -= 24  # as a change of gain does to all levels
    (finding,) = audit(copies)
    assert (finding.severity, finding.check) == ("error", "duplicates")
    assert (finding.evidence["n_pairs"], finding.evidence["n_identical"]) == (4, 0)


def test_few_features_or_values_prove_no_duplicate():
    few = noise(n_features=3).frame
    for name in ("x0", "intensity_mean_db", "x2"):
        few[name] = few[name].round()
    assert findings_of(with_columns(few, ("x0", "intensity_mean_db", "x2")), check="duplicates") == []


def test_overlapping_stretches_of_one_file_are_a_warning():
    table = noise()
    frame = table.frame.copy()
    one = frame.index[frame["speaker"] == "s01"][0]
    other = frame.index[frame["speaker"] == "s02"][0]
    frame.loc[[one, other], "file"] = "talk.wav"
    frame.loc[[one, other], "start"] = [0.0, 4.5]
    frame.loc[[one, other], "end"] = [4.0, 6.0]
    assert findings_of(with_columns(frame, table.feature_names)) == []
    frame.loc[other, "start"] = 3.5
    assert findings_of(with_columns(frame, table.feature_names)) == [("warning", "duplicates")]


def test_a_long_segment_overlaps_all_segments_inside_it():
    table = noise()
    frame = table.frame.copy()
    first, second = frame.index[frame["speaker"] == "s01"][:2]
    other = frame.index[frame["speaker"] == "s02"][0]
    frame.loc[[first, second, other], "file"] = "talk.wav"
    frame.loc[[first, second, other], "start"] = [0.0, 1.0, 5.0]
    frame.loc[[first, second, other], "end"] = [9.0, 2.0, 6.0]
    assert findings_of(with_columns(frame, table.feature_names)) == [("warning", "duplicates")]


def test_all_rows_alike_do_not_break_the_audit():
    table = noise(n_features=60)
    frame = table.frame.assign(**dict.fromkeys(table.feature_names, 1.0))
    assert findings_of(with_columns(frame, table.feature_names), check="duplicates") == []
    frame[list(table.feature_names)] += np.random.default_rng(99).choice(
        [-1e-3, 0, 1e-3, 5], size=(240, 60), p=[0.3, 0.3, 0.3, 0.1]
    )
    audit(with_columns(frame, table.feature_names))


# ---- file names


def saved_copies(n_copies=40, **changes):
    """Noise, and a second corpus of files of the same names whose features have nothing in common with the first."""
    table = noise(n_features=LEAST_FEATURES)
    copies = table.frame.iloc[:n_copies].assign(**{"corpus": "noisy"} | changes)
    copies[list(table.feature_names)] = np.random.default_rng(9).normal(size=(n_copies, LEAST_FEATURES))
    frame = pd.concat([table.frame.assign(corpus="clean"), copies], ignore_index=True)
    return with_columns(frame, table.feature_names)


def test_copies_of_other_length_are_found_by_name_and_likeness():
    """Strong noise hides a copy from the search for near rows, and a table of one's own need not know lengths."""
    table = noise(n_features=LEAST_FEATURES)
    names = list(table.feature_names)
    first = table.frame[table.frame["speaker"] == "s00"]
    copies = first.assign(speaker="x9", end=np.nan, file=first["file"].str.replace(".wav", "_changed.wav"))
    copies[names] += 3 + 0.8 * np.random.default_rng(5).normal(size=copies[names].shape)
    both = with_columns(pd.concat([table.frame, copies], ignore_index=True), names)
    (finding,) = (one for one in audit(both) if one.check == "file names")
    assert (finding.severity, finding.evidence["n_pairs"]) == ("warning", len(first))
    copies[names] = np.random.default_rng(6).normal(size=copies[names].shape)
    others = with_columns(pd.concat([table.frame, copies], ignore_index=True), names)
    assert findings_of(others, check="file names") == []


def test_copies_that_were_saved_as_another_corpus_are_a_warning():
    table = saved_copies()
    (finding,) = (f for f in audit(table) if f.check == "file names")
    assert finding.severity == "warning"
    assert finding.evidence["n_pairs"] == 40
    assert {tuple(name.partition(":")[0] for name in pair) for pair in finding.evidence["pairs"]} == {
        ("clean", "noisy")
    }
    assert "(e.g. clean:a01_s00_0001.wav and noisy:a01_s00_0001.wav)" in finding.sentence
    assert findings_of(saved_copies(end=table.frame["end"] + 1 / 16000), check="file names")  # resampled
    assert findings_of(saved_copies(file="Copies/" + table.frame["file"].str.upper()), check="file names")


@pytest.mark.parametrize(
    ("n_copies", "changes"),
    [
        (40, {"end": np.linspace(1, 5, 40)}),  # as 001.wav of every speaker
        (2, {}),
        (40, {"corpus": "clean"}),  # the same speaker and corpus: on one side of every fold
        (40, {"end": np.nan}),
    ],
)
def test_few_or_other_lengths_prove_no_copy(n_copies, changes):
    assert findings_of(saved_copies(n_copies, **changes), check="file names") == []


def test_clips_of_one_length_prove_no_copy():
    table = saved_copies()
    table.frame["end"] = 3.0
    assert findings_of(table, check="file names") == []


# ---- augmented copies


@pytest.mark.parametrize("own_files", [True, False])
def test_augmented_copies_are_no_clips_to_look_at(own_files):
    """They are always on the side of their originals, so a pair across a fold is never a copy and its original."""
    table = noise()
    rows = np.arange(0, 240, 4)
    files = table.frame["file"].iloc[rows].to_numpy()
    changes = {"file": [f"aug/{name}" for name in files], "parent": files, "start": 0.0} if own_files else {}
    copies = doubled(table, rows, variant="noise", **changes)
    assert findings_of(copies) == findings_of(table) == []
    assert len(Material(copies).y) == 240
    assert len(Material(copies).copies) == 60


# ---- metadata among features


LEAKING = {
    "the label": ("z", code("emotion"), "has one value for each emotion"),
    "the label by name": ("emotion_id", code("emotion"), "has the name of metadata"),
    "a counter in rows sorted by label": (
        "z",
        lambda frame: frame["emotion"].rank(method="first").to_numpy(),
        "contains distinct integers",
    ),
}
HARMLESS = {
    "speakers": ("z", code("speaker"), "has one value for each speaker"),
    "speakers by name": ("speaker_id", code("speaker"), "has the name of metadata"),
    "sex": ("z", lambda frame: (frame["sex"] == "male") * 3.0, "has one value for each sex"),
    "sentence": ("z", code("sentence"), "has one value for each sentence"),
    "some unknown": ("z", lambda f: code("sentence")(f) * np.where(f["sentence"] == "a01", np.nan, 1), "each sentence"),
    "file name": ("z", lambda frame: frame["file"].str[1:3].astype(float), "has one value for each sentence"),
    "counter": (
        "z",
        lambda frame: np.random.default_rng(99).permutation(len(frame)) * 7.0,
        "contains distinct integers",
    ),
    "clock": ("z", lambda frame: np.cumsum(np.random.default_rng(99).random(len(frame))), "order of the rows"),
    "silence": ("z", lambda frame: frame["lead"] * 1000, "equals the table's lead"),
    "index": ("row_index", lambda frame: np.random.default_rng(99).random(len(frame)), "has the name of metadata"),
    "file size": ("fileSize", lambda frame: np.random.default_rng(99).random(len(frame)), "has the name of metadata"),
    "fold": ("Fold", lambda frame: np.random.default_rng(99).random(len(frame)), "has the name of metadata"),
}


@pytest.mark.parametrize("case", LEAKING)
def test_metadata_that_tell_emotions_are_an_error(case):
    name, values, reason = LEAKING[case]
    (finding,) = [f for f in audit(planted(name, values)) if f.check == "metadata among features"]
    assert finding.severity == "error"
    assert finding.evidence["feature"] == name
    assert reason in finding.sentence
    assert finding.evidence["alone"]["uar"] > 0.8


@pytest.mark.parametrize("case", HARMLESS)
def test_other_metadata_are_a_warning(case):
    name, values, reason = HARMLESS[case]
    (finding,) = [f for f in audit(planted(name, values)) if f.check == "metadata among features"]
    assert finding.severity == "warning"
    assert finding.evidence["feature"] == name
    assert reason in finding.sentence


@pytest.mark.parametrize("column", sorted({*NUMERIC_METADATA} - {"start", "end"}))
def test_a_number_that_the_table_says_of_a_clip_is_no_feature(column):
    table = noise()
    number = np.random.default_rng(99).uniform(50, 100, len(table.frame))
    stated = with_columns(table.frame.assign(**{column: number}), table.feature_names)
    findings = audit(planted("z", 2 * number + 1, stated))
    (finding,) = [f for f in findings if f.check == "metadata among features"]
    assert f"equals the table's {column}" in finding.sentence


@pytest.mark.parametrize(
    "name",
    [
        "hammarberg_index",
        "F0semitoneFrom27.5Hz_sma3nz_amean",
        "hammarbergIndexV_sma3nz_amean",
        "x",
        "voiced_rate_per_s",
    ],
)
def test_names_of_features_are_not_suspicious(name):
    assert findings_of(planted(name, lambda frame: np.random.default_rng(99).normal(size=len(frame)))) == []


@pytest.mark.parametrize(
    "values",
    [
        lambda rng, n: rng.integers(0, 2, n),
        lambda rng, n: rng.poisson(2, n),
        lambda rng, n: np.where(rng.random(n) < 0.98, 0.0, rng.random(n)),
        lambda rng, n: np.where(rng.random(n) < 0.9, np.nan, 1.0),
        lambda rng, n: np.full(n, 3.0),
        lambda rng, n: np.full(n, np.nan),
    ],
)
def test_counts_and_rare_values_are_no_metadata(values):
    for seed in range(2):
        rng = np.random.default_rng(seed)
        assert findings_of(planted("z", values(rng, 240).astype(float))) == []


# ---- chance


@pytest.mark.parametrize("seed", range(3))
def test_chance_is_that_of_shuffling_within_speakers(seed):
    """Expectation and deviation in closed form agree with 4,000 shuffles."""
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 5, 120)
    truth = np.where(group == 0, rng.integers(0, 2, 120), rng.integers(0, 4, 120))  # one speaker lacks emotions
    predicted = np.minimum(truth + rng.integers(0, 3, 120), 3)

    def uar(labels):
        return np.mean([(predicted[labels == k] == k).mean() for k in np.unique(truth)])

    shuffled = []
    for _ in range(4000):
        labels = truth.copy()
        for g in range(5):
            rows = np.flatnonzero(group == g)
            labels[rows] = rng.permutation(labels[rows])
        shuffled.append(uar(labels))
    ours = against_chance(truth, predicted, group)
    assert ours.uar == pytest.approx(uar(truth))
    assert ours.chance == pytest.approx(np.mean(shuffled), abs=5 * np.std(shuffled) / 4000**0.5)
    assert (ours.uar - ours.chance) / ours.z == pytest.approx(np.std(shuffled), rel=0.06)


# ---- speaker effects


def test_omega_squared_is_that_of_the_analysis_of_variance():
    """By hand: groups {1, 2, 3} and {5, 6, 7}: SSB 24, SST 28, MSW 1 -> 23 / 29; an undefined value counts nowhere."""
    values = np.array([[1, 1], [2, 2], [3, 3], [5, np.nan], [6, np.nan], [7, 4]], dtype=float)
    group = np.array([0, 0, 0, 1, 1, 1])
    assert omega_squared(values, group)[0] == pytest.approx(23 / 29)
    assert omega_squared(values, group)[1] == pytest.approx((3 - 1) / (5 + 1))  # SSB 3, SST 5, MSW 1


def test_features_that_tell_speakers_are_a_note_and_names_of_speakers_a_warning():
    table = noise()
    speaker = code("speaker")(table.frame)
    for spread, severity in ((0.5, "note"), (0.05, "warning")):
        frame = table.frame.assign(x2=speaker + spread * table.frame["x2"])
        (finding,) = audit(with_columns(frame, table.feature_names))
        assert (finding.severity, finding.check) == (severity, "speaker effects")
        assert [entry["feature"] for entry in finding.evidence["worst"]] == ["x2"]
    both = table.frame.assign(x2=speaker + 2 * code("emotion")(table.frame))
    assert findings_of(with_columns(both, table.feature_names), check="speaker effects") == []


def test_speakers_with_few_of_the_emotions_are_a_warning():
    table = noise(n_rows=400)
    third = code("speaker")(table.frame) // 2
    kept = table.frame[(code("emotion")(table.frame) == third) | (table.frame.index < 18)]
    findings = audit(with_columns(kept, table.feature_names))
    assert ("warning", "speaker effects") in [(f.severity, f.check) for f in findings]
    assert cramers_v(np.repeat([0, 1], 50), np.repeat([0, 1], 50)) == pytest.approx(1, abs=0.02)


# ---- permuted labels


def test_a_real_signal_is_at_chance_on_permuted_labels():
    table = random_table(seed=2, n_rows=240, n_speakers=6, signal=3.0)
    seen = []
    finding = permuted_labels(table, make_pipeline("svm"), n_permutations=4, progress=lambda *a: seen.append(a))
    assert seen[-1] == (4, 4)
    assert finding.severity == "note"
    assert finding.evidence["uar"] == pytest.approx(finding.evidence["chance"], abs=0.06)
    n_labels = table.frame["emotion"].nunique()
    assert f"(1 / {n_labels} = {1 / n_labels:.3f} for many clips)" in finding.sentence
    again = permuted_labels(table, make_pipeline("svm"), n_permutations=4)
    assert again == finding


#: It remembers what it was trained on, of 50 trees as of 500.
FOREST = make_pipeline("rf").set_params(model__n_estimators=50)


def test_seen_test_clips_show_on_permuted_labels():
    table = noise()
    seen = [(np.arange(240), np.arange(120)), (np.arange(240), np.arange(120, 240))]
    assert permuted_labels(table, FOREST, seen, n_permutations=3).severity == "error"
    apart = [(np.arange(120), np.arange(120, 240)), (np.arange(120, 240), np.arange(120))]
    assert permuted_labels(table, FOREST, apart, n_permutations=3).severity == "note"


def test_copies_on_both_sides_show_on_permuted_labels():
    """Copies keep their label, so an evaluation that tests on copies of training clips scores above chance."""
    table = noise()
    copies = doubled(table, np.arange(240), file=[f"copy{i}.wav" for i in range(240)])
    folds = [(np.arange(240), np.arange(240, 480))]
    assert permuted_labels(copies, FOREST, folds, n_permutations=3).severity == "error"


# ---- beside a score, and on the command line


def test_a_result_holds_the_audit():
    table = doubled(noise(), [5], file="x.wav")
    result = evaluate(planted("speaker_id", code("speaker"), table), make_pipeline("svm"), folds=3)
    SCHEMA.validate(result.data)
    assert [(f["severity"], f["check"]) for f in result.data["audit"]][:2] == [
        ("warning", "metadata among features"),
        ("warning", "speaker effects"),
    ]
    text = result_text(result)
    assert "audit: 2 warnings, 1 note" in text
    assert "WARNING (metadata among features): The feature 'speaker_id'" in text
    assert json.loads(json.dumps(result.data)) == result.data


def test_audit_on_the_command_line(cli):
    write_table(noise(), cli.folder / "clean.csv")
    rows = np.flatnonzero(noise().frame["speaker"] == "s01")[:3]
    write_table(doubled(noise(), rows, speaker="s02", file=list("xyz")), cli.folder / "bad.csv")
    done = cli("audit", "clean.csv", "--permutations", 2)
    assert done.status == 0
    assert f"{len(CHECKS) + 1} checks: 1 note" in done.out
    done = cli("audit", "bad.csv", "--permutations", 0, "--out", "findings.json")
    assert done.status == 2
    assert "ERROR (duplicates): 3 pairs of clips" in done.out
    assert "effect on the score: " in done.out
    assert json.loads((cli.folder / "findings.json").read_text())["audit"][0]["severity"] == "error"
    done = cli("cv", "bad.csv", "--folds", 3)
    assert done.status == 0
    assert "audit: 1 error (see 'prosody-ser audit')" in done.out


# ---- cost, and real corpora


@pytest.fixture(scope="module", params=["prosody_v1", pytest.param("full_v1", marks=pytest.mark.thorough)])
def real(request, emodb, ravdess):
    """Folder and table of each corpus, with either set."""
    kind = {"prosody_v1": "table", "full_v1": "full"}[request.param]
    return {
        "emodb": (emodb, request.getfixturevalue(f"emodb_{kind}")),
        "ravdess": (ravdess, request.getfixturevalue(f"ravdess_{kind}")),
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", ["emodb", "ravdess"])
def test_real_corpora_have_no_error_and_no_warning(real, name):
    _, table = real[name]
    findings = audit(table)
    assert {f.severity for f in findings} == {"note"}
    duplicates = [f.evidence["pairs"] for f in findings if f.check == "duplicates"]
    # Byte for byte the same recording in RAVDESS itself.
    twins = ["Actor_07/03-01-03-01-02-01-07.flac", "Actor_07/03-01-03-01-02-02-07.flac", 0.0]
    assert duplicates == ([[twins]] if name == "ravdess" else [])


def resampled(samples, rate_hz, to_hz):
    return soxr.resample(samples, rate_hz, to_hz), to_hz


COPIES = {
    "12 dB softer": lambda x, rate: (x / 4, rate, "wav"),
    "resampled": lambda x, rate: (*resampled(x, rate, 48000 if rate == 16000 else 16000), "wav"),
    "Ogg Vorbis": lambda x, rate: (x, rate, "ogg"),
    "padded": lambda x, rate: (np.r_[np.zeros(rate // 2), x, np.zeros(rate // 3)], rate, "wav"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["emodb", "ravdess"])
@pytest.mark.parametrize("copy", COPIES)
def test_copies_of_recordings_are_detected(real, name, copy, tmp_path):
    """Of twelve clips changed in one way and given to another speaker, at least ten are detected, and nothing else."""
    folder, table = real[name]
    rows = np.arange(7, len(table), len(table) // 12)[:12]
    names = [f"copy{i}.wav" for i in rows]
    speakers = sorted(set(table.frame["speaker"]))
    others = [speakers[(speakers.index(s) + 1) % len(speakers)] for s in table.frame["speaker"].iloc[rows]]
    values = []
    for row in rows:
        samples, rate_hz = soundfile.read(folder / table.frame["file"].iloc[row], always_2d=True)
        samples, rate_hz, suffix = COPIES[copy](samples.mean(axis=1), rate_hz)
        soundfile.write(tmp_path / f"copy.{suffix}", samples, rate_hz)
        values.append(measure_file(str(tmp_path / f"copy.{suffix}"), Job(table.about["feature_set"])).values[0])
    features = dict(zip(table.feature_names, np.transpose(values), strict=True))
    copies = doubled(table, rows, file=names, speaker=others, **features)
    (finding,) = [f for f in audit(copies) if f.check == "duplicates" and f.severity == "error"]
    assert 10 <= finding.evidence["n_pairs"] <= 12
    for one, other, _ in finding.evidence["pairs"]:
        assert names.index(other) == list(table.frame["file"].iloc[rows]).index(one)


def test_the_material_is_in_the_order_of_the_table():
    table = noise()
    material = Material(table)
    assert list(material.speakers[material.speaker]) == list(speakers_of(table.X))
    assert list(material.labels[material.label]) == list(table.y)
