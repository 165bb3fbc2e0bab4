"""The model card: what a model is, what it was trained on, how well it does on whom, and what it is not for.

Plain JSON, kept in the file and shown by ``prosody-ser model show``. :data:`SHAPE` is its schema: what a field holds,
by type; a card that is anything else is refused, so that whoever shows one can rely on it.

References
----------
Mitchell, M. et al. (2019). Model cards for model reporting. FAccT, 220-229.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ModelError

if TYPE_CHECKING:  # whoever only reads a card need not wait for pandas
    from ..tables.feature_table import FeatureTable

SCHEMA, SCHEMA_VERSION = "prosody-ser/model-card", 1

_NUMBER = (int, float)
_MAYBE = (int, float, type(None))
_TEXT = (str, type(None))
_PAIR = [_NUMBER]
_SIMPLE = (str, int, float, bool, type(None))
_LARGEST = 1e15
#: Stands in a shape for a parameter of an estimator: text, number, true, false, null, or a list or object of them.
_SETTING = object()

#: Types by field; ``{str: x}``: any keys; ``[x]``: any number of x; ``None`` beside a shape: or null.
SHAPE: dict[str, Any] = {
    "schema": str,
    "schema_version": int,
    "model": {
        "name": str,
        "title": str,
        "type": str,
        "track": str,
        "track_note": str,
        "steps": [{"name": str, "estimator": str, "parameters": {str: _SETTING}}],
        "seed": int,
    },
    "labels": [str],
    "training": {
        "n_clips": int,
        "n_speakers": int,
        "clips": {str: int},
        "speakers_by_sex": {str: int},
        "languages": [str],
        "corpora": [{"name": str, "title": str, "licence": str, "citation": str, "url": str}],
        "left_out": {str: int},
        "notice": _TEXT,
    },
    "features": {"feature_set": str, "n_features": int, "versions": {str: str}},
    "score": {
        "uar": _NUMBER,
        "accuracy": _NUMBER,
        "macro_f1": _NUMBER,
        "chance": _NUMBER,
        "intervals": ({"level": _NUMBER, "uar": _PAIR, "accuracy": _PAIR, "macro_f1": _PAIR}, None),
        "interval_note": _TEXT,
        "n_clips": int,
        "n_speakers": int,
        "split": str,
        "split_hash": str,
        "n_repeats": int,
        "recall": {str: _NUMBER},
        "versions": {str: str},
        "source": str,
    },
    "calibration": {"weights": [_NUMBER], "n_clips": int, "method": str},
    "abstain": {
        "risk": _MAYBE,
        "threshold": _NUMBER,
        "reached": bool,
        "coverage": _NUMBER,
        "error": _MAYBE,
        "error_upper": _MAYBE,
        "least_error": _MAYBE,
        "note": str,
    },
    "novelty": {"method": str, "n_clips": int},
    "not_for": [str],
    "notes": [str],
    "made_by": {str: str},
}

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
HOLDS_CLIPS = {
    "SVC": "The file holds the features of training clips (its support vectors): numbers, no sound, but of recordings.",
    "KNeighborsClassifier": "The file holds the features of every training clip: numbers, no sound, but of recordings.",
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
    """Raise a ModelError if a card is not of :data:`SHAPE`."""
    if isinstance(card, dict) and card.get("schema") == SCHEMA and card.get("schema_version") != SCHEMA_VERSION:
        raise ModelError(f"its card has the schema version {card.get('schema_version')!r:.20}, not {SCHEMA_VERSION}")
    _check(card, SHAPE, "card")
    if card["schema"] != SCHEMA or "prosody-ser" not in card["made_by"]:
        raise ModelError("its card is not that of a model")
    for pair in (card["score"]["intervals"] or {}).values():
        if isinstance(pair, list) and len(pair) != 2:
            raise ModelError("its card has an interval that is none")


def _check(value: Any, shape: Any, where: str) -> None:
    if isinstance(shape, tuple) and shape[-1] is None:
        if value is not None:
            _check(value, shape[0], where)
    elif isinstance(shape, dict) and str in shape:
        _expect(isinstance(value, dict), where)
        for key, inner in value.items():
            _check(inner, shape[str], f"{where}.{key:.40}")
    elif isinstance(shape, dict):
        _expect(isinstance(value, dict) and set(value) == set(shape), where)
        for key, inner in value.items():
            _check(inner, shape[key], f"{where}.{key}")
    elif isinstance(shape, list):
        _expect(isinstance(value, list), where)
        for inner in value:
            _check(inner, shape[0], where)
    elif shape is _SETTING:
        values = value if isinstance(value, list) else [*value.values()] if isinstance(value, dict) else [value]
        _expect(all(map(is_plain, values)), where)
    else:
        _expect(type(value) in (shape if isinstance(shape, tuple) else (shape,)) and _printable(value), where)


def is_plain(value: Any) -> bool:
    """Whether a value is text, a number of a size that can be shown, true, false or null."""
    return type(value) in _SIMPLE and _printable(value)


def _printable(value: Any) -> bool:
    return not isinstance(value, int | float) or abs(value) < _LARGEST


def _expect(held: bool, where: str) -> None:
    if not held:
        raise ModelError(f"its {where} is not as a model's is")


def steps_of(pipeline: Any) -> list[dict[str, Any]]:
    """Steps of a pipeline with their parameters, as a result's protocol has them."""
    parts = pipeline.steps if hasattr(pipeline, "steps") else [("model", pipeline)]
    return [
        {
            "name": name,
            "estimator": type(step).__name__,
            "parameters": {key: _plain(value) for key, value in step.get_params(deep=False).items()},
        }
        for name, step in parts
    ]


def _plain(value: Any) -> Any:
    """A parameter as JSON can hold it; what it cannot, also the imputer's NaN, by its name."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if is_plain(value) and value == value else str(value)


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
    }


def _corpus(name: str) -> dict[str, Any]:
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
