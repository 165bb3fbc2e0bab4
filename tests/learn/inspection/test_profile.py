"""How each emotion moves each feature within speakers: known effects, invariances, textbook corrections."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy.special import gamma
from scipy.stats import ttest_1samp, wilcoxon

from prosody_ser import FeatureTable, evaluate, make_pipeline, profile, result_text, write_table
from prosody_ser.errors import ProtocolError
from prosody_ser.learn.inspection.profile import profile_block, with_profile
from prosody_ser.learn.metrics.corrections import corrected
from prosody_ser.plots.profile import plot_profile, profile_figure, rows_shown
from prosody_ser.report import profile_text
from tests.support.command_line import assert_refused
from tests.support.pictures import assert_laid_out, texts
from tests.support.schemas import validator
from tests.support.tables import random_table

SCHEMA = validator("result")

FEATURES = ("f0_mean_st", "intensity_mean_db", "speech_rate_per_s")
#: Effects of each emotion on each feature, in standard deviations within speaker and emotion.
EFFECTS = {"neutral": (0, 0, 0), "anger": (2.0, 1.0, 0), "sadness": (-1.5, 0, -0.5)}


def acted(seed=0, n_speakers=8, n_each=40):
    """Speakers differ in level and spread; an emotion moves a feature by its number of such spreads in EFFECTS."""
    rng = np.random.default_rng(seed)
    rows = []
    for s in range(n_speakers):
        level, spread = rng.normal(0, 20, 3), rng.uniform(0.5, 5, 3)
        for emotion, effect in EFFECTS.items():
            values = level + spread * (rng.normal(size=(n_each, 3)) + effect)
            rows += [{"speaker": f"s{s}", "emotion": emotion} | dict(zip(FEATURES, v, strict=True)) for v in values]
    frame = pd.DataFrame(rows)
    return FeatureTable(frame.assign(file=[f"c{i}.wav" for i in range(len(frame))]), FEATURES)


def effects(profiled, column="effect"):
    return profiled.set_index(["emotion", "feature"])[column].sort_index()


@pytest.fixture(scope="module")
def table():
    return acted()


@pytest.fixture(scope="module")
def profiled(table):
    return profile(table)


def test_planted_effects_are_recovered_with_their_sign(profiled):
    assert len(profiled) == 6
    for emotion, planted in EFFECTS.items():
        for feature, d in zip(FEATURES, planted, strict=True):
            if emotion == "neutral":
                continue
            row = profiled[(profiled["emotion"] == emotion) & (profiled["feature"] == feature)].iloc[0]
            assert row["effect"] == pytest.approx(d, abs=0.3)
            assert row["low"] < d < row["high"]
            assert (row["p_corrected"] < 0.05) == (d != 0)
            assert (row["n_speakers"], row["n_left_out"], row["note"]) == (8, 0, "")


def test_it_is_what_the_formula_says():
    """Two emotions, few clips, computed by hand: g within each speaker, then SciPy's t-test over speakers."""
    table = acted(n_each=4, n_speakers=5)
    frame = table.frame
    g = []
    for _, of_speaker in frame.groupby("speaker"):
        by = of_speaker.groupby("emotion")["f0_mean_st"]
        sd = np.sqrt((by.var() * 3).sum() / 9)
        j = gamma(4.5) / (np.sqrt(4.5) * gamma(4))
        g.append(j * (by.mean()["anger"] - by.mean()["neutral"]) / sd)
    test = ttest_1samp(g, 0)
    for name, p in (("t", test.pvalue), ("wilcoxon", wilcoxon(g).pvalue)):
        profiled = profile(table, test=name)
        row = profiled[(profiled["emotion"] == "anger") & (profiled["feature"] == "f0_mean_st")].iloc[0]
        low, high = test.confidence_interval()
        assert tuple(row[["effect", "low", "high", "p"]]) == pytest.approx((np.mean(g), low, high, p))


def test_few_clips_make_no_effect_larger():
    """Hedges' correction: the mean over many small corpora is the planted effect, not 1.17 times it (m = 6)."""
    means = [effects(profile(acted(seed, n_each=3, n_speakers=10)))["anger", "f0_mean_st"] for seed in range(60)]
    assert np.mean(means) == pytest.approx(2.0, abs=0.1)


def test_levels_and_scales_of_speakers_do_not_matter(table, profiled):
    frame = table.frame.copy()
    code = pd.factorize(frame["speaker"])[0]
    for i, name in enumerate(FEATURES):
        frame[name] = frame[name] * (1 + code + i) + 100 * (code - 3)
    moved = profile(FeatureTable(frame, FEATURES))
    for column in ("effect", "low", "high", "p", "p_corrected"):
        np.testing.assert_allclose(effects(profiled, column), effects(moved, column), atol=1e-9)


def test_order_of_rows_does_not_matter_and_turning_turns(table, profiled):
    rows = table.frame.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(profile(FeatureTable(rows, FEATURES)), profiled)
    turned = table.frame.copy()
    turned[list(FEATURES)] *= -1
    np.testing.assert_allclose(effects(profile(FeatureTable(turned, FEATURES))), -effects(profiled))
    back = effects(profile(table, reference="anger"))
    assert back["neutral", "f0_mean_st"] == pytest.approx(-effects(profiled)["anger", "f0_mean_st"])


def test_noise_is_rarely_significant():
    """28 features of noise, 20 draws: about 5 % are significant if uncorrected, and hardly any if corrected."""
    p, q = [], []
    for seed in range(20):
        noise = random_table(seed, n_rows=400, n_speakers=8, n_features=28)
        profiled = profile(noise, reference="class0")
        p.append((profiled["p"] < 0.05).mean())
        q.append((profiled["p_corrected"] < 0.05).any())
    assert np.mean(p) == pytest.approx(0.05, abs=0.025)
    assert np.mean(q) <= 0.2


def test_corrections_are_those_of_the_textbooks():
    """Benjamini & Hochberg's own 15 p-values (1995, section 4.1): four are rejected at 0.05, Holm rejects three."""
    small = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459]
    p = np.array([*small, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0])
    rng = np.random.default_rng(0)
    order = rng.permutation(p.size)
    assert (corrected(p[order])[np.argsort(order)] <= 0.05).sum() == 4
    assert (corrected(p[order], "holm")[np.argsort(order)] <= 0.05).sum() == 3
    np.testing.assert_allclose(corrected(np.array([0.01, 0.04, 0.03]), "holm"), [0.03, 0.06, 0.06])
    np.testing.assert_allclose(corrected(np.array([0.01, np.nan, 0.04, 0.03])), [0.03, np.nan, 0.04, 0.04])
    assert np.isnan(corrected(np.array([np.nan]))).all()


def test_speakers_who_lack_something_are_left_out_and_counted(table):
    frame = table.frame
    lacks = ((frame["speaker"] == "s0") & (frame["emotion"] == "anger")) | (
        (frame["speaker"] == "s1") & (frame["emotion"] == "neutral")
    )
    part = frame[~lacks].copy()
    part.loc[part["speaker"] == "s2", "intensity_mean_db"] = 50.0  # constant
    part.loc[part["speaker"] == "s3", "speech_rate_per_s"] = np.nan
    profiled = profile(FeatureTable(part, FEATURES))
    n = effects(profiled, "n_speakers")
    assert n["anger"].to_dict() == {"f0_mean_st": 6, "intensity_mean_db": 5, "speech_rate_per_s": 5}
    assert n["sadness"].to_dict() == {"f0_mean_st": 7, "intensity_mean_db": 6, "speech_rate_per_s": 6}
    assert (profiled["n_speakers"] + profiled["n_left_out"] == 8).all()


def test_too_few_speakers_are_no_result_but_a_reason(table, tmp_path):
    two = table.frame[table.frame["speaker"].isin(["s0", "s1"])]
    three = pd.concat([two, table.frame[(table.frame["speaker"] == "s2") & (table.frame["emotion"] != "anger")]])
    profiled = profile(FeatureTable(three, FEATURES))
    anger = profiled[profiled["emotion"] == "anger"]
    assert anger[["effect", "low", "high", "p", "p_corrected", "difference"]].isna().all(axis=None)
    assert anger["note"].str.startswith("2 speakers with neutral and anger").all()
    assert profiled[profiled["emotion"] == "sadness"]["effect"].notna().all()
    assert "anger against neutral: no effect can be computed (2 speakers" in profile_text(profiled, None)
    constant = table.frame.assign(**{FEATURES[0]: 1.0})
    text = profile_text(profile(FeatureTable(constant, FEATURES)), None)
    assert f"of {len(FEATURES) - 1} features changed" in text
    assert f"not compared: {FEATURES[0]} (0 speakers with neutral and" in text
    plot_profile(profiled, tmp_path / "p.svg", "few")
    assert "Grey cells: too few speakers" in (tmp_path / "p.svg").read_text()
    SCHEMA.evolve(schema={"$ref": "#/$defs/profile"}).validate(profile_block(profiled))


def test_augmented_copies_count_for_nothing(table, profiled):
    copies = table.frame.assign(variant="noise", parent=table.frame["file"])
    copies["f0_mean_st"] += 100
    both = FeatureTable(pd.concat([table.frame, copies], ignore_index=True), FEATURES)
    pd.testing.assert_frame_equal(profile(both), profiled)


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({}, {"reference": "calm"}, "no usable clip has the emotion calm: .* the table has anger, neutral, sadness"),
        ({"emotion": "neutral"}, {}, "all clips have the emotion neutral, so there is nothing to compare"),
        ({"speaker": ""}, {}, "no usable clip has the emotion neutral: .* the table has none"),
        ({}, {"test": "z"}, "unknown test 'z'; choose from t, wilcoxon"),
        ({}, {"correction": "none"}, "unknown correction 'none'; choose from bh, holm"),
    ],
)
def test_what_cannot_be_profiled_is_refused(table, change, options, message):
    with pytest.raises(ProtocolError, match=message):
        profile(FeatureTable(table.frame.assign(**change), FEATURES), **options)


def test_the_picture_shows_the_largest_effects_by_family(profiled):
    assert rows_shown(profiled, 60) == ["f0_mean_st", "intensity_mean_db", "speech_rate_per_s"]
    assert rows_shown(profiled, 1) == ["f0_mean_st"]
    undefined = profiled["feature"] == "speech_rate_per_s"
    lacking = profiled.assign(effect=profiled["effect"].mask(undefined))
    lacking.attrs = profiled.attrs
    one_row = profile_figure(lacking, "two of three", top=1)
    assert "Shown are 1 of 2 compared features" in texts(one_row)
    assert_laid_out(one_row)


def test_in_a_result_and_on_the_command_line(cli, table, profiled):
    result = with_profile(evaluate(table, make_pipeline("lda"), folds=2), table)
    SCHEMA.validate(result.data)
    assert "anger: f0_mean_st" in result_text(result)
    write_table(table, cli.folder / "t.csv")
    done = cli("profile", "t.csv", "--json", "p.json", "--test", "t")
    assert done.status == 0, done.err
    assert "anger against neutral: 2 of 3 features changed significantly (corrected p < 0.05)" in done.out
    changed = [line.split()[0] for line in done.out.split("anger against")[1].split("\n\n")[0].splitlines()[2:]]
    assert len(changed) == 2  # the third feature did not change, so it is not listed
    written = pd.read_csv(cli.folder / "profile.csv")
    assert list(written["feature"]) == list(profiled["feature"])
    np.testing.assert_allclose(written["effect"], profiled["effect"])
    assert json.loads((cli.folder / "p.json").read_text())["rows"][0]["emotion"] == "anger"
    assert (cli.folder / "profile.png").read_bytes().startswith(b"\x89PNG")
    assert_refused(cli("profile", "t.csv", "--reference", "calm", "--force"), "no usable clip has the emotion calm")
    assert_refused(cli("profile", "t.csv", "--out", "t.csv"), "would overwrite another file")
    assert_refused(cli("profile", "t.csv", "--plot", "p.docx", "--force"), "a chart must end in")


@pytest.mark.slow
def test_emodb_agrees_with_the_literature(emodb_table):
    """Juslin & Laukka (2003): anger, joy and fear raise pitch; sadness lowers its range, slows speech, darkens it."""
    effect_of = effects(profile(emodb_table))
    for emotion in ("anger", "happiness", "fear"):
        assert effect_of[emotion, "f0_mean_st"] > 2
    for emotion in ("anger", "happiness"):
        assert effect_of[emotion, "alpha_ratio_voiced_mean_db"] > 1  # more energy above 1 kHz: louder voice
    # Low falls at the end of a sentence are not cut off, which widens the range of sad speech, too.
    assert effect_of["sadness", "f0_range_p20_p80_st"] < -0.4
    assert effect_of["sadness", "f0_mean_st"] < 0
    for rate in ("speech_rate_per_s", "articulation_rate_per_s"):
        assert effect_of["sadness", rate] < -1


@pytest.mark.slow
def test_ravdess_agrees_with_the_literature(ravdess_table):
    """Intensity is compared here, as EMO-DB's clips are all scaled to the same peak."""
    effect_of = effects(profile(ravdess_table))
    for emotion in ("anger", "happiness", "fear", "surprise"):
        assert effect_of[emotion, "intensity_mean_db"] > 1
        assert effect_of[emotion, "f0_mean_st"] > 1
    assert effect_of["sadness", "f0_range_p20_p80_st"] < -0.5
    for emotion in ("calm", "sadness"):
        assert effect_of[emotion, "speech_rate_per_s"] < -0.5
