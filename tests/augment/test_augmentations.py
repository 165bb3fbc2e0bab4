"""Every augmentation has exactly the effect of its strength, on signals with known pitch, formants and level."""

import numpy as np
import pytest

from prosody_ser import augment_signal, measure_signal
from prosody_ser.augment import AUGMENTATIONS, Variant, draw, parse_augmentations
from prosody_ser.errors import ProtocolError, RecordingError
from tests.support.signals import RATE, vowel

SOUND = vowel(150, (600, 1500, 2500, 3500, 4500), seconds=1.0)
#: Strengths that change nothing.
NEUTRAL = {"stretch": 1.0, "shift": 0.0, "pitch": 0.0, "speed": 1.0, "gain": 0.0, "formant": 1.0}


def level_db(samples):
    return 10 * np.log10(np.mean(samples**2))


def measured(samples, *names):
    return measure_signal(samples, RATE, features="full_v1")[list(names)].to_numpy()


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_at_both_ends_a_sound_comes_out_and_the_seed_decides(name):
    one = AUGMENTATIONS[name]
    for strength in (*one.usual, *one.limits):
        made = Variant(name, strength, 1)(SOUND, RATE)
        assert made.dtype == np.float64
        assert made.ndim == 1
        assert np.isfinite(made).all()
        assert np.array_equal(made, Variant(name, strength, 1)(SOUND, RATE))
    if name in ("noise", "reverb"):
        assert not np.array_equal(*(Variant(name, one.usual[1], seed)(SOUND, RATE) for seed in (1, 2)))


@pytest.mark.parametrize("name", NEUTRAL)
def test_at_its_neutral_strength_it_leaves_the_sound(name):
    """Praat's overlap-add changes the level of a voice a little even without a strength."""
    made = Variant(name, NEUTRAL[name])(SOUND, RATE)
    assert made.size == pytest.approx(SOUND.size, abs=0.01 * RATE)
    names = ("f0_p50_st", "f1_p50_hz", "f2_p50_hz", "speech_rate_per_s")
    assert measured(made, *names) == pytest.approx(measured(SOUND, *names), rel=0.02, abs=0.05)


@pytest.mark.parametrize("snr_db", [-10, 0, 20, 60])
def test_noise_lies_so_far_below_the_sound(snr_db):
    noise = augment_signal(SOUND, RATE, f"noise:{snr_db}") - SOUND
    # 16,000 draws have a level of their own, with a standard deviation of .05 dB.
    assert level_db(SOUND) - level_db(noise) == pytest.approx(snr_db, abs=0.2)
    spectrum = np.abs(np.fft.rfft(noise)) ** 2
    halves = np.split(spectrum[: spectrum.size // 2 * 2], 2)
    assert halves[0].mean() == pytest.approx(halves[1].mean(), rel=0.05)  # white


def test_shift_puts_silence_before_and_cuts_nothing():
    made = augment_signal(SOUND, RATE, "shift:0.25")
    assert np.array_equal(made, np.concatenate([np.zeros(RATE // 4), SOUND]))


@pytest.mark.parametrize("gain_db", [-40, 6, 30])
def test_gain_changes_the_level_and_clips_nothing(gain_db):
    made = augment_signal(SOUND, RATE, f"gain:{gain_db}")
    assert level_db(made) - level_db(SOUND) == pytest.approx(gain_db)
    assert np.corrcoef(made, SOUND)[0, 1] == pytest.approx(1)


@pytest.mark.parametrize("speed", [0.8, 1.07, 1.5])
def test_speed_moves_duration_pitch_and_formants_together(speed):
    made = augment_signal(SOUND, RATE, f"speed:{speed}")
    assert made.size == pytest.approx(SOUND.size / speed, abs=1)
    before, after = (measured(sound, "f0_p50_st", "f1_p50_hz") for sound in (SOUND, made))
    assert after[0] - before[0] == pytest.approx(12 * np.log2(speed), abs=0.05)
    assert after[1] / before[1] == pytest.approx(speed, rel=0.05)


@pytest.mark.parametrize("factor", [0.7, 1.3])
def test_stretch_moves_duration_alone(factor):
    made = augment_signal(SOUND, RATE, f"stretch:{factor}")
    assert made.size / SOUND.size == pytest.approx(factor, rel=0.02)
    before, after = (measured(sound, "f0_p50_st", "f1_p50_hz") for sound in (SOUND, made))
    assert after[0] == pytest.approx(before[0], abs=0.1)
    assert after[1] == pytest.approx(before[1], rel=0.03)


@pytest.mark.parametrize("semitones", [-4, 4])
def test_pitch_moves_the_voice_alone(semitones):
    made = augment_signal(SOUND, RATE, f"pitch:{semitones}")
    assert made.size == SOUND.size
    before, after = (measured(sound, "f0_p50_st", "f1_p50_hz", "f2_p50_hz") for sound in (SOUND, made))
    assert after[0] - before[0] == pytest.approx(semitones, abs=0.1)
    assert after[1:] == pytest.approx(before[1:], rel=0.06)  # a formant is seen at the harmonics that it has


@pytest.mark.parametrize("factor", [0.9, 1.1])
def test_formant_moves_the_formants_alone(factor):
    made = augment_signal(SOUND, RATE, f"formant:{factor}")
    assert made.size == pytest.approx(SOUND.size, abs=0.01 * RATE)
    before, after = (measured(sound, "f0_p50_st", "f1_p50_hz", "f2_p50_hz") for sound in (SOUND, made))
    assert after[0] == pytest.approx(before[0], abs=0.1)
    assert after[1:] / before[1:] == pytest.approx([factor, factor], rel=0.05)


@pytest.mark.parametrize("rt60_s", [0.2, 0.8])
def test_reverb_falls_by_60_db_in_the_time_that_it_is_asked_for(rt60_s):
    """Schroeder's integral of the impulse response from -5 to -35 dB, extrapolated to 60 dB (ISO 3382: T30)."""
    click = np.zeros(RATE)
    click[0] = 1.0
    response = augment_signal(click, RATE, f"reverb:{rt60_s}")[1:]
    left_db = 10 * np.log10(np.cumsum(response[::-1] ** 2)[::-1] / np.sum(response**2))
    start, end = (np.argmax(left_db < level) for level in (-5, -35))
    assert 2 * (end - start) / RATE == pytest.approx(rt60_s, rel=0.05)
    wet = augment_signal(SOUND, RATE, f"reverb:{rt60_s}")
    assert np.sum(wet**2) == pytest.approx(np.sum(SOUND**2))
    assert np.mean(response**2) * response.size == pytest.approx(0.5, rel=0.1)  # half of the power is direct


@pytest.mark.praat
@pytest.mark.parametrize("name", ["stretch", "pitch", "formant"])
def test_sounds_that_have_no_voice_pass(name):
    """Noise, silence and a tenth of a second."""
    rng = np.random.default_rng(0)
    for sound in (rng.normal(size=RATE) * 0.1, np.zeros(RATE), SOUND[: RATE // 10]):
        made = Variant(name, AUGMENTATIONS[name].usual[1])(sound, RATE)
        assert np.isfinite(made).all()
        assert made.size > RATE // 20


def test_words_are_parsed():
    wanted = parse_augmentations("noise, pitch:-3..3,speed:0.93,speed:1.07")
    assert [str(one) for one in wanted] == ["noise:10..30", "pitch:-3..3", "speed:0.93", "speed:1.07"]
    assert parse_augmentations(["gain:-6"])[0].low == -6


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nois", "unknown augmentation 'nois'; did you mean noise"),
        ("", "invalid augmentation '': separate augmentations with commas"),
        ("speed:1,5", "invalid augmentation '5': .* use a decimal point in strengths"),
        ("pitch:high", "'pitch:high': use a number, for example pitch:2, or a range, for example pitch:-2..2"),
        ("speed:9", r"'speed:9': the strength of speed \(ratio of new to old speed\) must lie between 0.5 and 2"),
        ("noise:30..10", "'noise:30..10': .* between -10 and 80 dB, with the smaller end of a range first"),
        ("gain:nan", "'gain:nan'"),
    ],
)
def test_words_that_say_nothing_are_refused(text, message):
    with pytest.raises(ProtocolError, match=message):
        parse_augmentations(text)


def test_strengths_are_drawn_from_their_range_once_and_for_all():
    wanted = parse_augmentations("noise:10..30,speed:0.5..2,noise:20,noise:20")
    drawn = [draw(wanted, bytes([i])) for i in range(200)]
    assert drawn[7] == draw(wanted, bytes([7]))
    assert drawn[7] != draw(wanted, bytes([7]), seed=1)
    assert drawn[7] != draw(wanted, bytes([7]), start_s=1.0)
    noise = np.array([one[0].strength for one in drawn])
    assert 10 <= noise.min() < 11 < 29 < noise.max() <= 30
    octaves = np.log2([one[1].strength for one in drawn])
    assert -1 <= octaves.min() < octaves.max() <= 1
    assert np.mean(octaves) == pytest.approx(0, abs=0.15)  # as often half as fast as twice
    assert [str(one) for one in drawn[7][2:]] == ["noise:20", "noise:20#2"]
    assert drawn[7][2].seed != drawn[7][3].seed


def test_one_at_a_time_and_of_sound_only():
    with pytest.raises(ProtocolError, match="contains 2 augmentations: give exactly one"):
        augment_signal(SOUND, RATE, "noise,pitch")
    with pytest.raises(RecordingError, match="NaN"):
        augment_signal(SOUND * np.nan, RATE, "noise")
    assert np.array_equal(
        augment_signal(np.round(SOUND * 32767).astype(np.int16), RATE, "shift:0"), np.round(SOUND * 32767) / 32768
    )
