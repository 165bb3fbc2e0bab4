"""Predictions of a trained model for recordings, for sound in memory, and for a long recording over time."""

import lazy_loader

# Loaded lazily: writing predictions needs neither Praat nor numba.
__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "default": ["default_model_path"],
        "recordings": ["predict_files", "predict_signal"],
        "timeline": ["write_timeline"],
        "writing": ["write_predictions"],
    },
)
