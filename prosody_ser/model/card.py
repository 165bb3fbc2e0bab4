"""The model card: what a model is, what it was trained on, how well it works for whom, and what it is not for.

The card is plain JSON, stored in the model file and shown by ``prosody-ser model show``. ``schemas/card.schema.json``
describes each field; a card that does not follow the schema is refused, so the code that shows cards can rely on it.

References
----------
Mitchell, M. et al. (2019). Model cards for model reporting. FAccT, 220-229.
"""

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from ..errors import ModelError

if TYPE_CHECKING:  # reading a card must not import pandas
    from ..tables.feature_table import FeatureTable

SCHEMA, SCHEMA_VERSION = "prosody-ser/model-card", 1

NOT_FOR = (
    "Decisions about people: hiring, credit, insurance, policing, borders, education, care. It hears how something is "
    "said, not what a person feels.",
    "Inferring emotions at work or in education, which the European Union prohibits but for medical or safety reasons "
    "(Regulation (EU) 2024/1689, Article 5).",
    "Medical or psychological diagnosis.",
    "Speakers, languages, ages, microphones or situations other than those it was trained on, until tested on them.",
)
EXPRESSED = (
    "The model learned how the speakers of its training corpora expressed emotions. Actors often express emotions more "
    "strongly than people do in everyday life."
)
_EVERY_CLIP = (
    "The file contains the features of every training clip. These are numbers, not sound, but they were computed from "
    "the speakers' recordings."
)
HOLDS_CLIPS = {
    "SVC": (
        "The file contains the features of some training clips (the support vectors). These are numbers, not sound, "
        "but they were computed from the speakers' recordings."
    ),
    "FamilyRidgeClassifier": _EVERY_CLIP,
    "KNeighborsClassifier": _EVERY_CLIP,
}
TRANSDUCTIVE = (
    "Each new speaker is normalised by the mean and standard deviation of their own clips. The model needs at least "
    "two clips of a speaker, better five or more, with mixed emotions. The score holds for as many clips as the test "
    "speakers had."
)
ENROLLED = (
    "Each new speaker is normalised with a few enrolment clips of their own; without these the model cannot predict. "
    "The score holds for {n} enrolment clips of each speaker, drawn at random from all emotions. With fewer clips, or "
    "clips of one emotion only, expect a lower score."
)
TUNED = (
    "The parameters were searched on inner folds of all training clips. The score is that of the whole procedure, "
    "including the search: in each fold, parameters were searched without the speakers of the test part."
)
RISK_NOTE = (
    "The threshold was chosen on the same clips on which its error was measured, and the upper bound assumes "
    "independent clips. Expect a little more error on new speakers, and more on other kinds of speech."
)


def check_card(card: Any) -> None:
    """Raise a ModelError if a card breaks a rule of ``schemas/card.schema.json``."""
    if isinstance(card, dict) and card.get("schema") == SCHEMA and card.get("schema_version") != SCHEMA_VERSION:
        raise ModelError(
            f"the model card has the schema version {card.get('schema_version')!r:.20}, but must have {SCHEMA_VERSION}"
        )
    try:
        fault = next(_validator().iter_errors(card), None)
    except RecursionError as error:
        raise ModelError("the model card is nested too deeply") from error
    if fault is not None:
        where = ".".join(f"{key:.40}" for key in ("card", *map(str, fault.absolute_path)))
        raise ModelError(f"the field {where} of the model card is not valid")


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator

    schema = files("prosody_ser.model").joinpath("schemas/card.schema.json")
    return Draft202012Validator(json.loads(schema.read_text(encoding="utf-8")))


def training_facts(table: "FeatureTable") -> dict[str, Any]:
    """The card's section about the clips that a model was trained on."""
    frame = table.frame[table.usable]
    speakers = frame.assign(speaker=table.X.index.get_level_values("speaker").to_numpy())
    sexes = speakers.drop_duplicates("speaker")["sex"].replace("", "sex not stated").value_counts()
    emotions = frame["emotion"].value_counts().sort_index()
    return {
        "n_clips": len(frame),
        "n_speakers": int(speakers["speaker"].nunique()),
        "clips": {name: int(n) for name, n in emotions.items()},
        "speakers_by_sex": {name: int(n) for name, n in sexes.sort_index().items()},
        "languages": sorted(set(frame["language"]) - {""}),
        "corpora": [_corpus(name) for name in sorted(set(frame["corpus"]))],
        "left_out": table.left_out,
        "notice": table.notice,
        **({"copies": table.copies_made} if table.copies_made else {}),
    }


def _corpus(name: str) -> dict[str, str]:
    from ..datasets.corpora.registry import CORPORA

    known = CORPORA.get(name)
    if known is None or known.generic:
        unknown = {"licence": "not known; the licence of the recordings holds", "citation": "", "url": ""}
        return {"name": name, "title": "your own recordings" if known else ""} | unknown
    return {key: getattr(known, key) for key in ("name", "title", "licence", "citation", "url")}


def score_facts(data: dict[str, Any], source: str) -> dict[str, Any]:
    """The card's section about the score, from the data of a result."""
    intervals = data.get("intervals")
    kept = ("level", "uar", "accuracy", "macro_f1")
    kept_intervals = {name: intervals[name] for name in kept} if intervals and all(map(intervals.get, kept)) else None
    note = data.get("interval_note") or (None if intervals else "no interval was computed")
    return {
        **{name: data[name] for name in ("uar", "accuracy", "macro_f1", "n_clips", "n_speakers")},
        "chance": 1 / len(data["labels"]),
        "intervals": kept_intervals,
        "interval_note": note,
        **{name: data["protocol"][name] for name in ("split", "split_hash", "n_repeats", "versions")},
        "recall": {label: scores["recall"] for label, scores in data["per_class"].items()},
        "source": source,
    }
