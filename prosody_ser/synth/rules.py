"""The rules of the synthetic corpus, as plain data: speakers, sentences, and the sound of each emotion.

The directions of the effects follow the reviews; their sizes are moderate values in the reported ranges:

============  =====================================================================================
anger         higher pitch, wider range, faster, louder, flatter spectrum (more high-frequency
              energy) [1, 2, 3]
fear          much higher pitch, narrow range, fastest, not louder, more jitter [1, 2, 3]
happiness     higher pitch, widest range, faster, louder [1, 2, 3]
sadness       lower pitch, narrow range, slow, soft, steeper spectrum, some jitter [1, 2, 3]
neutral       the speaker's own values
============  =====================================================================================

References
----------
[1] Scherer, K. R. (2003). Vocal communication of emotion: a review of research paradigms. Speech
    Communication 40, 227-256.
[2] Juslin, P. N. & Laukka, P. (2003). Communication of emotions in vocal expression and music performance:
    different channels, same code? Psychological Bulletin 129(5), 770-814.
[3] Burkhardt, F. & Sendlmeier, W. F. (2000). Verification of acoustical correlates of emotional speech using
    formant-synthesis. Proc. ISCA Workshop on Speech and Emotion, 151-156.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Manner:
    """How an emotion at full strength changes the voice of a speaker."""

    pitch_st: float  #: shift of the pitch level in semitones
    pitch_range_factor: float  #: factor on the pitch range
    rate_factor: float  #: factor on the speaking rate
    level_db: float  #: change of the overall level in dB
    tilt_db: float  #: change of the level above 1 kHz against that below, in dB
    jitter_ratio: float  #: standard deviation of the random timing of glottal periods, relative to the period


EMOTIONS: dict[str, Manner] = {
    "anger": Manner(2.5, 1.5, 1.12, 6.0, 6.0, 0.006),
    "fear": Manner(4.5, 0.8, 1.22, 0.0, 1.0, 0.014),
    "happiness": Manner(3.5, 1.7, 1.08, 4.0, 3.0, 0.003),
    "neutral": Manner(0.0, 1.0, 1.0, 0.0, 0.0, 0.003),
    "sadness": Manner(-1.5, 0.6, 0.82, -5.0, -5.0, 0.008),
}


@dataclass(frozen=True)
class Speaker:
    """A synthetic speaker."""

    name: str  #: ``f1`` to ``f4``, ``m1`` to ``m4``
    voice: str  #: voice variant of Praat's SpeechSynthesizer (espeak)
    pitch_hz: float  #: median pitch when neutral
    formant_factor: float  #: factor on all formants (vocal-tract length)
    words_per_minute: int  #: speaking rate when neutral
    level_db: float  #: loudness relative to the other speakers
    expressiveness: float  #: factor on all changes of the voice by emotion


SPEAKERS = (
    Speaker("f1", "Female1", 205, 1.02, 175, 0.0, 1.0),
    Speaker("f2", "Female2", 185, 1.00, 160, -3.0, 0.8),
    Speaker("f3", "Female3", 225, 1.05, 185, 2.0, 1.2),
    Speaker("f4", "Female5", 195, 0.97, 170, -1.0, 0.9),
    Speaker("m1", "Male1", 105, 1.00, 165, 1.0, 1.0),
    Speaker("m2", "Male2", 125, 1.03, 180, -2.0, 1.1),
    Speaker("m3", "Male4", 95, 0.96, 155, 3.0, 0.8),
    Speaker("m4", "Male7", 115, 0.98, 175, 0.0, 1.2),
)

SENTENCES = {
    "s1": "The letter is lying on the kitchen table.",
    "s2": "They will come back again on Monday evening.",
    "s3": "In seven hours the morning train is leaving.",
    "s4": "She has always been reading near the window.",
}
TAKES = ("t1", "t2")
LANGUAGE = "English (Great Britain)"

N_CLIPS = len(SPEAKERS) * len(EMOTIONS) * len(SENTENCES) * len(TAKES)

# Variation between clips of one emotion, because people never act an emotion twice in the same way. It is large enough
# that the classes overlap, so that a score on the corpus can rise or fall.
STRENGTH_MEAN, STRENGTH_SD, STRENGTH_MAX = 0.9, 0.35, 1.6
PITCH_SD_ST = 1.3
RANGE_SD_LOG = 0.22
RATE_SD_LOG = 0.08
LEVEL_SD_DB = 2.5
TILT_SD_DB = 2.5
JITTER_SD_RATIO = 0.003
