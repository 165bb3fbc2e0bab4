"""Trained models: training, saving to one safe file, loading, and predictions for rows of features."""

import lazy_loader

# Loaded lazily: opening a model must not import what only training needs.
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
