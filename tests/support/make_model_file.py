"""The model file of this format version that later releases must still open.

``python -m tests.support.make_model_file`` makes it.

Trained on the built-in synthetic corpus, twelve features, no sound. Beside it, the probabilities that it gives for
some rows. Once a release has written files of a format version, its pair is never made again.
"""

import json
import tempfile

from prosody_ser import FeatureTable, extract_table, make_pipeline, save_model, synthesise, train
from prosody_ser.model.file_format.zip_members import FORMAT_VERSION
from tests.support.project import ROOT

SAVED = ROOT / "tests" / "model" / "file_format" / "saved"
N_FEATURES, STEP = 12, 40


def main():
    """Write ``v<format version>-lda.skops`` and its ``.json``."""
    with tempfile.TemporaryDirectory() as folder:
        synthesise(folder, seed=0)
        whole = extract_table(folder)
    table = FeatureTable(whole.frame, whole.feature_names[:N_FEATURES], whole.about)
    model = train(table, make_pipeline("lda"), risk=0.2)
    path = SAVED / f"v{FORMAT_VERSION}-lda.skops"
    save_model(model, path)
    rows = table.X.iloc[::STEP]
    values = [{name: None if value != value else value for name, value in row.items()} for _, row in rows.iterrows()]
    expected = {"rows": values, "probabilities": model.probabilities(rows).tolist()}
    expected["novelty"] = model.novelty.score(rows).tolist()
    path.with_suffix(".json").write_text(json.dumps(expected, indent=1))
    print(path, path.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
