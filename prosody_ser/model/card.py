"""The model card: what a model is, what it was trained on, how well it does on whom, and what it is not for.

Plain JSON, kept in the file and shown by ``prosody-ser model show``. ``schemas/card.schema.json`` says what a field
holds; a card that is anything else is refused, so that whoever shows one can rely on it.

References
----------
Mitchell, M. et al. (2019). Model cards for model reporting. FAccT, 220-229.
"""

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from ..errors import ModelError

if TYPE_CHECKING:  # whoever only reads a card need not wait for pandas
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
    "It learned how the speakers of its corpora expressed emotions. Where those were acted, that is how actors show "
    "them, often more strongly than people do in earnest."
)
_EVERY_CLIP = "The file holds the features of every training clip: numbers, no sound, but of recordings."
HOLDS_CLIPS = {
    "SVC": "The file holds the features of training clips (its support vectors): numbers, no sound, but of recordings.",
    "FamilyRidgeClassifier": _EVERY_CLIP,
    "KNeighborsClassifier": _EVERY_CLIP,
}
TRANSDUCTIVE = (
    "Each new speaker's own clips set their zero and their scale: it needs two or more of a speaker, better ten, and "
    "of mixed emotions. The score holds for as many as the test speakers had."
)
ENROLLED = (
    "A few of each new speaker's own clips, given beforehand, set their zero: it predicts nobody without. The score "
    "holds for {n} of each speaker, drawn at random from all emotions; fewer, or of one emotion, serve less."
)
TUNED = (
    "Its parameters were searched on inner folds of all training clips. The score is of the whole procedure, search "
    "included: in each fold parameters were searched without the speakers that it was tested on."
)
RISK_NOTE = (
    "The threshold was chosen on the clips that its error is given of, and its upper bound takes them as independent: "
    "expect a little more error on new speakers, and more on speech of another kind."
)


def check_card(card: Any) -> None:
    """Raise a ModelError if a card breaks a rule of ``schemas/card.schema.json``."""
    if isinstance(card, dict) and card.get("schema") == SCHEMA and card.get("schema_version") != SCHEMA_VERSION:
        raise ModelError(f"its card has the schema version {card.get('schema_version')!r:.20}, not {SCHEMA_VERSION}")
    try:
        fault = next(_validator().iter_errors(card), None)
    except RecursionError as error:
        raise ModelError("its card is nested too deep") from error
    if fault is not None:
        where = ".".join(f"{key:.40}" for key in ("card", *map(str, fault.absolute_path)))
        raise ModelError(f"its {where} is not as a model's is")


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator

    schema = files("prosody_ser.model").joinpath("schemas/card.schema.json")
    return Draft202012Validator(json.loads(schema.read_text(encoding="utf-8")))


def training_facts(table: "FeatureTable") -> dict[str, Any]:
    """What a card says of the clips that a model was trained on."""
    frame = table.frame[table.usable]
    speakers = frame.assign(speaker=table.X.index.get_level_values("speaker").to_numpy())
    sexes = speakers.drop_duplicates("speaker")["sex"].replace("", "not stated").value_counts()
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
        unknown = {"licence": "not known: that of the recordings", "citation": "", "url": ""}
        return {"name": name, "title": "recordings of one's own" if known else ""} | unknown
    return {key: getattr(known, key) for key in ("name", "title", "licence", "citation", "url")}


def score_facts(data: dict[str, Any], source: str) -> dict[str, Any]:
    """What a card says of a result."""
    found = data.get("intervals")
    kept = ("level", "uar", "accuracy", "macro_f1")
    note = data.get("interval_note") or (None if found else "no interval was computed")
    return {
        **{name: data[name] for name in ("uar", "accuracy", "macro_f1", "n_clips", "n_speakers")},
        "chance": 1 / len(data["labels"]),
        "intervals": {name: found[name] for name in kept} if found and all(found.get(n) for n in kept) else None,
        "interval_note": note,
        **{name: data["protocol"][name] for name in ("split", "split_hash", "n_repeats", "versions")},
        "recall": {label: scores["recall"] for label, scores in data["per_class"].items()},
        "source": source,
    }
