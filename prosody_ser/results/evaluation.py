"""The result of an evaluation: a documented, versioned JSON file.

``result.json`` follows ``schemas/result.schema.json`` (JSON Schema 2020-12), which describes every field. ``uar``,
``accuracy`` and ``macro_f1`` are at the top level. The same evaluation gives the same bytes.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .document import Document

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False, repr=False)
class Result(Document):
    """The result of an evaluation, with its protocol.

    Attributes
    ----------
    data : dict
        The content of ``result.json``; fields as in ``result.schema.json``.

    Examples
    --------
    >>> result = ser.evaluate(ser.load_emodb_features("chroma"), ser.make_pipeline("lda"), folds=2)
    >>> result
    <Result uar=0.3... accuracy=0.3... macro_f1=0.2... (blind)>
    >>> wrong = result.predictions.query("emotion != predicted").groupby("speaker").size()
    >>> angry_taken_for_happy = result.confusion.loc["anger", "happiness"]
    >>> result.per_speaker["uar"].sort_values().size
    10
    """

    schema = "prosody-ser/result"
    schema_file = "result.schema.json"
    command = "cv"

    @property
    def uar(self) -> float:
        """Unweighted average recall (macro recall), pooled over all held-out predictions."""
        return self.data["uar"]

    @property
    def accuracy(self) -> float:
        """Share of held-out clips labelled correctly."""
        return self.data["accuracy"]

    @property
    def macro_f1(self) -> float:
        """Unweighted mean of the F1 scores of all classes."""
        return self.data["macro_f1"]

    @property
    def predictions(self) -> "pd.DataFrame":
        """Every held-out prediction.

        Returns
        -------
        DataFrame of shape (n_predictions, ...)
            One row per prediction, in the order of the table, one repeat after the other. The columns are the clip
            (`file`, `start` and `end` in s, `variant`, `speaker`, `sentence`), the true `emotion`, `predicted`, `fold`
            and `repeat` (both counted from 0), and ``score_<emotion>`` for each emotion. The score is a probability or
            a margin (see ``data["protocol"]["score_kind"]``), or NaN if the model gives none.
        """
        import pandas as pd

        rows = [{key: value for key, value in clip.items() if key != "scores"} for clip in self.data["clips"]]
        scores = {
            f"score_{label}": [clip["scores"].get(label, float("nan")) for clip in self.data["clips"]]
            for label in self.data["labels"]
        }
        return pd.DataFrame(rows).assign(**scores)

    @property
    def confusion(self) -> "pd.DataFrame":
        """Confusion matrix: number of clips by true and predicted emotion.

        Returns
        -------
        DataFrame of int, shape (n_labels, n_labels)
            The rows are the true emotions (`emotion`), the columns the predicted ones (`predicted`).
        """
        import pandas as pd

        labels, counts = self.data["confusion"]["labels"], self.data["confusion"]["counts"]
        return pd.DataFrame(counts, index=pd.Index(labels, name="emotion"), columns=pd.Index(labels, name="predicted"))

    @property
    def per_speaker(self) -> "pd.DataFrame":
        """Scores of each held-out speaker, over the emotions of which the speaker has clips.

        Returns
        -------
        DataFrame of shape (n_speakers, 4)
            The index is named `speaker`; the columns are `uar`, `accuracy`, `macro_f1` (0 to 1) and `n_clips`.
        """
        import pandas as pd

        return pd.DataFrame.from_dict(self.data["per_speaker"], orient="index").rename_axis("speaker")

    def _inconsistency(self) -> str | None:
        data, labels = self.data, self.data["labels"]
        if not data["protocol"]["steps"]:
            return "protocol.steps is empty"
        others = [(f"alongside[{i}].", part) for i, part in enumerate(data.get("alongside") or [])]
        for where, part in [("", data), *others]:
            missing = [label for label in labels if label not in part["per_class"]]
            if missing:
                return f"{where}per_class lacks {missing[0]!r}"
            counts, columns = part["confusion"]["counts"], part["confusion"]["labels"]
            if len(counts) != len(columns) or any(len(row) != len(columns) for row in counts):
                return f"{where}confusion.counts does not have one row and column for each label"
        return None

    def __repr__(self) -> str:
        track = self.data["protocol"]["track"]
        return f"<Result uar={self.uar:.3f} accuracy={self.accuracy:.3f} macro_f1={self.macro_f1:.3f} ({track})>"

    def _repr_html_(self) -> str:
        from .result_view import evaluation_view

        return evaluation_view(self.data)
