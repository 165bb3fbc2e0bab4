"""The model that comes with the package. ``scripts/train_default_model`` trains it; its card describes it."""

from pathlib import Path

NAME = "emodb.skops"


def default_model_path() -> Path:
    """Path of the default model, which :func:`prosody_ser.load_model` opens.

    Returns
    -------
    Path

    Examples
    --------
    >>> ser.default_model_path().name
    'emodb.skops'
    """
    return Path(__file__).with_name(NAME)
