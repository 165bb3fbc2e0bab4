"""Which engine may measure the clips that a model judges: its own or, if the user asks for it, the other."""

from ..catalogue import FAST, checked_engine
from ..errors import ModelError
from .trained_model import TrainedModel

#: Measured on unheard speakers of EMO-DB by ``benchmarks/bench_engines.py``; see ``benchmarks/engines.md``.
EFFECT = (
    "on held-out speakers of EMO-DB, the UAR changes by at most .005 when a model trained with one engine judges clips "
    "measured by the other"
)


def check_engine(model: TrainedModel, measured_by: str | None, requested: str | None) -> None:
    """Raise a ModelError unless the rows were measured by the model's engine or by the one that the user asks for.

    Parameters
    ----------
    model : TrainedModel
    measured_by : str or None
        The engine of the rows; None if unknown.
    requested : str or None
        The engine that the user asks for.

    Raises
    ------
    ModelError
    """
    if measured_by is None or model.engine is None or measured_by in (model.engine, requested):
        return
    raise ModelError(
        f"the table was measured by the {measured_by} engine, but the model was trained with the {model.engine} "
        f"engine: extract the table again with that engine, or accept it with engine={measured_by!r} ({EFFECT})"
    )


def engine_for(model: TrainedModel, requested: str | None) -> tuple[str, str | None]:
    """Choose the engine that measures recordings for a model.

    Parameters
    ----------
    model : TrainedModel
    requested : str or None
        The engine that the user asks for; None for the model's own.

    Returns
    -------
    engine : str
    note : str or None
        A note for the user if the engine is not the model's own.
    """
    trained_with = model.engine or FAST
    checked_engine(requested or trained_with)
    if requested in (None, trained_with):
        return trained_with, None
    note = f"measured by the {requested} engine, but the model was trained with the {trained_with} engine: {EFFECT}"
    return requested, note
