"""The built-in synthetic corpus, as written by ``prosody-ser synth``: ``f1_anger_s2_t1.wav``."""

import re
from itertools import product

from ...tables.feature_table import SYNTHETIC, SYNTHETIC_NOTICE
from ..corpus import Corpus, parse_by_name, stem

EMOTIONS = {label: label for label in ("anger", "fear", "happiness", "neutral", "sadness")}
SPEAKERS = {
    f"{letter}{number}": (sex, float("nan"))
    for letter, sex in (("f", "female"), ("m", "male"))
    for number in range(1, 5)
}
SENTENCES, TAKES = ("s1", "s2", "s3", "s4"), ("t1", "t2")
_NAME = re.compile(r"synthetic_(?P<speaker>[fm]\d)_(?P<label>[a-z]+)_(?P<sentence>s\d)_(?P<take>t\d+)", re.ASCII)

parse = parse_by_name(_NAME, SPEAKERS, EMOTIONS, "en")


CORPUS = Corpus(
    name=SYNTHETIC,
    example="synthetic_f1_anger_s2_t1.wav",
    title="Built-in synthetic corpus (320 clips, 8 synthetic speakers, English)",
    citation="None: made by 'prosody-ser synth'. The rules' sources are in prosody_ser/synth/rules.py.",
    licence="GPL-3.0-or-later, as the package",
    url="prosody-ser synth DIR",
    languages=("en",),
    emotions=EMOTIONS,
    parse=parse,
    n_clips=320,
    expected=lambda: frozenset(map("_".join, product(("synthetic",), SPEAKERS, EMOTIONS, SENTENCES, TAKES))),
    speakers=SPEAKERS,
    clip_name=stem,
    note=SYNTHETIC_NOTICE,
)
