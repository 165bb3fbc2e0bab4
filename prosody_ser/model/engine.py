"""Which engine may measure what a model judges: its own, or, if a user says so, the other."""

from ..catalogue import ENGINES, FAST
from ..errors import ModelError, chosen
from .trained_model import TrainedModel

#: Measured on unheard speakers of EMO-DB by ``benchmarks/bench_engines.py``; see ``benchmarks/engines.md``.
EFFECT = (
    "on unheard speakers of EMO-DB, a model trained on rows of one engine has the same UAR on rows of the other to "
    "within .005"
)


def check_engine(model: TrainedModel, measured_by: str | None, told: str | None) -> None:
    """Raise unless rows were measured by the model's own engine, or by the one that the user names.

    Parameters
    ----------
    model : TrainedModel
    measured_by : str or None
        The engine of the rows; None where nobody knows.
    told : str or None
        The engine that the user names.

    Raises
    ------
    ModelError
    """
    if measured_by is None or model.engine is None or measured_by in (model.engine, told):
        return
    raise ModelError(
        f"the table was measured by the {measured_by} engine, and the model was trained on rows of the {model.engine} "
        f"engine: extract the table again with that engine, or accept it with engine={measured_by!r} ({EFFECT})"
    )


def engine_for(model: TrainedModel, told: str | None) -> tuple[str, str | None]:
    """The engine to measure recordings by, and what a user should know of it.

    Parameters
    ----------
    model : TrainedModel
    told : str or None
        The engine that the user names; None for the model's own.
    """
    own = model.engine or FAST
    chosen("engine", told or own, ENGINES)
    if told in (None, own):
        return own, None
    return told, f"measured by the {told} engine, while the model was trained on rows of the {own} engine: {EFFECT}"
