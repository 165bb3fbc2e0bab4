"""The state of one visitor, kept in Streamlit's session state, with which it ends."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ..tables.feature_table import FeatureTable
from .clips import Clip
from .forgetting import forget_when_closed
from .models import InUse, given_model

T = TypeVar("T")
_KEY = "prosody-ser"
#: Largest number of results that are kept.
_MOST_KEPT = 100


@dataclass
class Session:
    """The state of one visitor."""

    clips: dict[str, list[Clip]] = field(default_factory=dict)  #: by source
    same_voice: dict[str, list[Clip]] = field(default_factory=dict)
    kept: dict[Any, Any] = field(default_factory=dict)
    trained: InUse | None = None  #: model trained on the corpus page
    table: FeatureTable | None = None
    table_name: str = ""  #: empty for the built-in table
    table_path: str | None = None  #: for jobs; None for the built-in table
    job: Any = None
    job_table_name: str = ""  #: `table_name` when the job was started
    done: dict[str, Any] = field(default_factory=dict)  #: results of jobs of the corpus page

    def once(self, key: Any, make: Callable[[], T]) -> T:
        """Give the result of `make`, which is called once for each key.

        Models, tables and results are part of a key themselves: an `id` could later be that of another one.
        """
        if key not in self.kept:
            while len(self.kept) >= _MOST_KEPT:
                self.kept.pop(next(iter(self.kept)))
            self.kept[key] = make()
        return self.kept[key]

    def end(self) -> None:
        """Release everything."""
        for job in (self.job, self.done.get("measured")):
            if job is not None:
                job.close()
        for content in (self.clips, self.same_voice, self.kept, self.done):
            content.clear()
        self.job = self.trained = self.table = None

    @property
    def in_use(self) -> InUse:
        """The model trained in this session, else the one given to the command."""
        return self.trained or given_model()


def session() -> Session:
    """Give the session of the current visitor."""
    if _KEY not in st.session_state:
        st.session_state[_KEY] = Session()
        context = get_script_run_ctx()
        if context is not None:
            forget_when_closed(context.session_id, st.session_state[_KEY].end)
    return st.session_state[_KEY]
