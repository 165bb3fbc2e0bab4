"""When a model abstains (no speech, too short, unlike the training speech), and how confidence falls with distance."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import multivariate_t

from prosody_ser import (
    default_model_path,
    extract_table,
    load_emodb_features,
    load_model,
    make_pipeline,
    measure_signal,
    predict_signal,
    train,
)
from prosody_ser.extraction.measure import measured_signal
from prosody_ser.model.abstention.doubts import (
    CLOSE,
    LONG,
    NEVER,
    NO_SPEECH,
    NO_VOICE,
    SHORT,
    UNCLEAR,
    UNLIKE,
    doubts_of,
)
from prosody_ser.model.abstention.limits import HOTTEST, Limits
from prosody_ser.model.abstention.speech_check import SIGNS, signs_of_frames, speech_faults
from prosody_ser.tables.feature_table import FeatureTable
from tests.support.not_speech import RATE, sounds
from tests.support.signals import speech_like
from tests.support.tables import acted_table

DEFAULT = load_model(default_model_path())


@pytest.fixture(scope="module")
def builtin():
    """A model of the built-in table, and that table."""
    table = load_emodb_features()
    return train(table, make_pipeline("lda"), risk=0.1, folds=5), table


def test_the_first_reason_that_holds_is_named():
    sure, close, unclear = [0.9, 0.05, 0.05], [0.45, 0.44, 0.11], [0.4, 0.3, 0.3]
    limits = Limits(novelty=0.9, shortest_s=1.0, longest_s=9.0)
    cases = [  # probabilities, novelty, seconds, fault -> reason
        (sure, 0.5, 3.0, "", ""),
        (close, 0.5, 3.0, "", CLOSE),
        (unclear, 0.5, 3.0, "", UNCLEAR),
        (sure, 0.95, 3.0, "", UNLIKE),
        (sure, 0.95, 9.5, "", LONG),
        (sure, 0.95, 0.5, "", SHORT),
        (sure, 0.5, np.nan, "", ""),
        (close, 0.95, 0.5, NO_SPEECH, NO_SPEECH),
    ]
    probabilities, novelty, seconds, faults, expected = map(np.array, zip(*cases, strict=True))
    reasons = doubts_of(probabilities, 0.8, limits, novelty, seconds, faults.astype(object))
    assert reasons.tolist() == expected.tolist()
    nothing = np.array([""], dtype=object)
    assert doubts_of(np.array([sure]), 1.1, None, np.ones(1), np.ones(1), nothing).tolist() == [NEVER]
    assert doubts_of(np.array([unclear]), 0.0, None, np.ones(1), np.ones(1), nothing).tolist() == [""]


@pytest.mark.parametrize("tails", [1.0, 2.0, 30.0])
def test_the_temperature_is_that_of_two_distant_t_distributions(tails):
    """Far from two classes, the log-odds of multivariate t densities are those near them divided by the temperature."""
    p, apart = 3, 1e-3
    classes = [multivariate_t(np.array([side * apart, 0, 0]), np.eye(p), df=tails) for side in (-1, 1)]

    def odds(distance):  # off at a right angle to the line between them
        at = np.array([apart, distance, 0])
        return classes[1].logpdf(at) - classes[0].logpdf(at)

    usual = 2.0
    for distance in (2.5, 10.0, 300.0):
        expected = odds(usual) / odds(distance)
        temperature = Limits(tails=tails / usual**2).temperature(np.array([distance]), usual)[0]
        assert temperature == pytest.approx(expected, rel=1e-3)


def test_near_clips_are_as_sure_as_calibrated_and_none_is_infinitely_unsure():
    limits = Limits(tails=2.0)
    assert limits.temperature(np.array([0.0, 0.5, 1.0]), 1.0).tolist() == [1.0, 1.0, 1.0]
    assert limits.temperature(np.array([np.inf]), 1.0).tolist() == [HOTTEST]


def test_confidence_falls_with_distance(builtin):
    model, table = builtin
    clip = table.X.iloc[[3]]
    away = np.random.default_rng(0).normal(size=clip.shape[1]) * table.X.std().to_numpy()
    predictions = model.predict(pd.concat([clip + step * away for step in (0, 2, 4, 8, 16, 32, 1e4)]), reasons=False)
    assert (np.diff(predictions["novelty"]) >= 0).all()
    assert set(predictions["abstain_reason"].iloc[2:]) <= {UNLIKE, NO_SPEECH, NO_VOICE}
    assert predictions["confidence"].iloc[-1] < 0.3  # of seven


def test_missing_features_are_novel(builtin):
    """Values filled with medians look usual, but a clip with many missing features is not usual."""
    model, table = builtin
    X = table.X
    some = X.columns[np.random.default_rng(1).permutation(X.shape[1])]
    novelty = [model.predict(X.assign(**dict.fromkeys(some[:n], np.nan)), reasons=False) for n in (0, 40, 80)]
    medians = [predictions["novelty"].median() for predictions in novelty]
    assert medians[0] < 0.6 < medians[1] < medians[2]
    assert (novelty[2]["abstain_reason"] == UNLIKE).mean() > 0.95


def test_what_differs_by_rounding_alone_is_not_magnified():
    """Such as a level relative to its own median over the same frames, which is 0 except for rounding."""
    table = acted_table(n_features=4, signal=2.0)
    rounding = 1e-16 * np.random.default_rng(0).normal(size=len(table.frame))
    names = (*table.feature_names, "zero")
    model = train(FeatureTable(table.frame.assign(zero=rounding), names), make_pipeline("lda"), folds=2)
    X = table.X.assign(zero=0.0)
    plain, rounded = (model.predict(X.assign(zero=value), reasons=False) for value in (0.0, -5e-7))
    pd.testing.assert_frame_equal(plain, rounded, rtol=1e-4)


def test_lengths_are_those_of_the_training_clips(builtin):
    model, table = builtin
    seconds = table.speech_s
    assert model.limits.longest_s == seconds.max()
    assert 0 < (seconds < model.limits.shortest_s).mean() < 0.005
    X = table.X.iloc[[0, 0, 0]]
    predictions = model.predict(X, speech_s=[0.3, 3.0, 30.0], reasons=False)
    assert predictions["abstain_reason"].tolist()[::2] == [SHORT, LONG]
    assert predictions["abstain_reason"].iloc[1] not in (SHORT, LONG)


@pytest.mark.parametrize("name", sounds())
def test_what_is_no_speech_gets_no_label(name):
    prediction = predict_signal(DEFAULT, sounds()[name], RATE).iloc[0]
    assert prediction["abstain"]
    in_doubt = (UNLIKE,) if name in ("brown noise", "chords") or "melody" in name else ()
    assert prediction["abstain_reason"] in (NO_SPEECH, NO_VOICE, *in_doubt)


def test_the_signs_are_of_the_catalogue_and_speech_is_on_their_right_side():
    table = load_emodb_features()
    names = [str(name) for name in table.X.columns]
    assert {name for sign in SIGNS[:4] for name in sign.features} <= set(names)
    assert set(speech_faults(table.X.to_numpy(float), names)) == {""}
    assert set(speech_faults(np.full((2, len(names)), np.nan), names)) == {""}


def test_frames_tell_the_same_signs_as_features():
    samples = speech_like(3)
    frames, _ = measured_signal(samples, RATE, features="full_v1", frames=True)
    values, names = signs_of_frames(frames.to_numpy(float), list(frames.columns))
    assert len(names) == 15
    expected = measure_signal(samples, RATE)
    assert np.allclose(values[0], expected[names], rtol=1e-9)
    tone, _ = measured_signal(sounds()["sine of 440 Hz"], RATE, features="full_v1", frames=True)
    assert speech_faults(*signs_of_frames(tone.to_numpy(float), list(tone.columns))).tolist() == [NO_SPEECH]
    mel = [name for name in tone.columns if name.startswith("mel")]
    assert signs_of_frames(tone[mel].to_numpy(float), mel)[1] == []


def test_gain_changes_neither_label_nor_novelty(synthetic):
    import soundfile

    for path in sorted(synthetic.glob("*.wav"))[:6]:
        samples, rate = soundfile.read(path)
        loud, soft = (predict_signal(DEFAULT, gain * samples, rate).iloc[0] for gain in (1.0, 0.1))
        assert loud["label"] == soft["label"]
        assert loud["novelty"] == pytest.approx(soft["novelty"], abs=0.02)
        assert loud["confidence"] == pytest.approx(soft["confidence"], abs=0.02)


def test_no_feature_of_the_default_model_is_a_level():
    samples = sounds()["barking"]
    loud, soft = (measure_signal(gain * samples, RATE, features=DEFAULT.feature_set) for gain in (1.0, 0.1))
    assert np.allclose(loud, soft, rtol=1e-6, atol=1e-6, equal_nan=True)


def test_a_short_piece_of_a_training_clip_gets_no_label(emodb):
    import soundfile

    for path in sorted(emodb.glob("*.wav"))[::40]:
        samples, rate = soundfile.read(path)
        piece = samples[samples.size // 2 :][: round(0.35 * rate)]
        assert predict_signal(DEFAULT, piece, rate)["abstain"].all()


@pytest.mark.slow
@pytest.mark.parametrize(("corpus", "every", "most"), [("tess", 1, 0.05), ("ravdess", 12, 0.08), ("emovo", 12, 0.15)])
def test_hardly_any_speech_of_other_corpora_gets_a_label(corpus, every, most, request):
    folder = request.getfixturevalue(corpus)
    files = sorted(path for path in folder.rglob("*") if path.suffix in (".wav", ".flac"))[::every]
    predictions = DEFAULT.predict(extract_table(files, features=DEFAULT.feature_set, jobs=1), reasons=False)
    assert (~predictions["abstain"]).mean() <= most


@pytest.mark.slow
def test_on_its_own_corpus_the_default_model_says_what_its_card_promises(emodb):
    abstain = DEFAULT.card["abstain"]
    assert abstain["error"] <= 0.1
    assert abstain["coverage"] >= abstain["coverage_by_confidence"] - 0.03
    assert sum(abstain["beyond_limits"].values()) < 0.03
    table = extract_table(sorted(emodb.glob("*.wav"))[::9], features=DEFAULT.feature_set, jobs=1)
    assert (~DEFAULT.predict(table, reasons=False)["abstain"]).mean() > 0.7
