"""prosody-ser: emotion recognition from speech prosody, with scores that cannot leak.

>>> import prosody_ser as ser
>>> table = ser.extract_table("emodb/wav")
>>> result = ser.evaluate(table, ser.make_pipeline("svm"))
>>> ranking = ser.importances(table, ser.make_pipeline("rf"))
"""

from importlib import import_module

_EXPORTS = {
    "Extraction": "extraction",
    "FeatureTable": "tables.feature_table",
    "Listener": "live.listener",
    "Result": "results",
    "SpeakerNormalizer": "learn.preprocessing.speaker_norm",
    "TrainedModel": "model.trained_model",
    "audit": "learn.audit",
    "compare": "learn.comparison.compare",
    "comparison_text": "report.text.comparison",
    "cross_corpus": "learn.comparison.cross",
    "cross_text": "report.text.cross",
    "drop_family": "learn.inspection.ablation",
    "evaluate": "learn.evaluation.evaluate",
    "explain": "learn.inspection.shapley",
    "export_onnx": "model.onnx_export.export",
    "extract_file": "extraction",
    "extract_table": "extraction",
    "importances": "learn.inspection.importances",
    "importances_by": "learn.inspection.importances",
    "load_emodb_features": "datasets.emodb_features",
    "load_model": "model.file",
    "default_model_path": "prediction.default",
    "make_pipeline": "learn.pipeline",
    "make_tuned_pipeline": "learn.pipeline",
    "predict_files": "prediction.recordings",
    "predict_table": "prediction.rows",
    "profile": "learn.inspection.profile",
    "read_table": "tables.file",
    "result_html": "report.html.page",
    "result_latex": "report.paper.latex",
    "result_markdown": "report.paper.markdown",
    "result_text": "report.text.result",
    "save_model": "model.file",
    "synthesise": "synth",
    "tune": "learn.evaluation.nested_score",
    "train": "model.training",
    "write_table": "tables.file",
}
__all__ = sorted(_EXPORTS)
__version__ = "0.1.0.dev0"


def __getattr__(name):
    # Imported when first used: the command line must answer --help without loading scikit-learn.
    if name not in _EXPORTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_EXPORTS[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__():
    return sorted([*globals(), *__all__])
