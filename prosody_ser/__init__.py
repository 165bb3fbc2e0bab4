"""prosody-ser: emotion recognition from speech prosody, with scores that cannot leak.

>>> import prosody_ser as ser
>>> table = ser.extract_table("emodb/wav")
>>> result = ser.evaluate(table, ser.make_pipeline("svm"))
>>> ranking = ser.importances(table, ser.make_pipeline("rf"))
"""

from importlib import import_module

_EXPORTS = {
    "Extraction": "extract",
    "FeatureTable": "table",
    "Listener": "stream.listener",
    "Result": "result",
    "SpeakerNormalizer": "learn.speaker_norm",
    "TrainedModel": "bundle.model",
    "audit": "learn.audit",
    "compare": "learn.comparison",
    "comparison_text": "report.comparison",
    "cross_corpus": "learn.cross",
    "cross_text": "report.cross",
    "drop_family": "learn.ablation",
    "evaluate": "learn.evaluation",
    "explain": "learn.explain",
    "export_onnx": "bundle.onnx_file",
    "extract_file": "extract",
    "extract_table": "extract",
    "importances": "learn.importances",
    "importances_by": "learn.importances",
    "load_model": "bundle.file",
    "default_model_path": "prediction.default",
    "make_pipeline": "learn.pipeline",
    "make_tuned_pipeline": "learn.pipeline",
    "predict_files": "prediction.recordings",
    "predict_table": "prediction.rows",
    "profile": "learn.profile",
    "read_table": "table_file",
    "result_html": "report.html",
    "result_latex": "report.latex",
    "result_markdown": "report.markdown",
    "result_text": "report.text",
    "save_model": "bundle.file",
    "synthesise": "synth",
    "tune": "learn.tuning_score",
    "train": "bundle.training",
    "write_table": "table_file",
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
