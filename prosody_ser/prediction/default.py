"""The model that comes with the package: ``scripts/train_default_model`` makes it, its card says what it is."""

from pathlib import Path

NAME = "emodb.skops"


def default_model_path() -> Path:
    """Where it is; :func:`prosody_ser.load_model` opens it.

    Returns
    -------
    Path

    Examples
    --------
    >>> ser.default_model_path().name
    'emodb.skops'
    """
    return Path(__file__).with_name(NAME)
