"""Trained models: made, kept in one safe file, and opened again; what they say of rows of features."""

import lazy_loader

# To open a model must not load what is needed to train one.
__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "answers": ["predict_table"],
        "file": ["load_model", "read_card", "save_model"],
        "predictions": ["Predictions"],
        "trained_model": ["TrainedModel"],
        "training": ["train"],
    },
)
