"""Predictions for rows or recordings: a DataFrame that notebooks show as emotions with their probabilities."""

from pathlib import PurePath

import pandas as pd

from ..errors import counted
from ..notebook_view import MOST_ROWS, grid, line, shaded, view


class Predictions(pd.DataFrame):
    """The result of :meth:`prosody_ser.TrainedModel.predict`, which describes the columns, and of similar functions.

    It is a DataFrame with its own view in notebooks; operations on it return plain DataFrames.

    Examples
    --------
    >>> table = ser.load_emodb_features()
    >>> model = ser.train(table, ser.make_pipeline("lda"), folds=2)
    >>> model.predict(table.X.head(2))["label"].tolist()
    ['happiness', 'neutral']
    """

    def _repr_html_(self) -> str:
        if not {"label", "abstain", "abstain_reason"} <= set(self.columns):  # columns were taken away
            return super()._repr_html_()
        labels = [name.removeprefix("p_") for name in self.columns if name.startswith("p_")]
        shown = self.head(MOST_ROWS)
        names = shown["file"] if "file" in shown else shown.index.get_level_values(0)
        rows = [_row(name, row, labels) for name, row in zip(names, shown.to_dict("records"), strict=True)]
        more = [line(f"and {counted(len(self) - MOST_ROWS, 'more row')}")] if len(self) > MOST_ROWS else []
        facts = {"rows": f"{len(self)}", "not sure": f"{int((self['abstain'] == True).sum())}"}  # noqa: E712
        header = ["", "prediction", *labels, "reasons"]
        return view("Predictions", facts, grid(header, rows, text=["prediction", "reasons"]), *more)


def _row(name: object, row: dict, labels: list[str]) -> list[object]:
    """The cells of a row; a recording that could not be measured shows its error."""
    name = PurePath(str(name)).name
    if row.get("start"):
        name += f" from {row['start']:g} s"
    if row.get("status", "ok") != "ok":
        return [name, row["status"], *("" for _ in labels), row["error"]]
    prediction = f"{row['label']}, not sure ({row['abstain_reason']})" if row["abstain"] else row["label"]
    shares = [shaded(f"{row[f'p_{label}']:.2f}", row[f"p_{label}"]) for label in labels]
    return [name, prediction, *shares, row.get("reasons", "")]
