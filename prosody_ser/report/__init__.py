"""Results as text for people."""

from .text.audit import audit_text
from .text.comparison import comparison_text
from .text.cross import cross_text
from .text.importances import drop_family_text, importances_text, in_sample_text
from .text.profile import profile_text
from .text.result import last_line, result_text

__all__ = [
    "audit_text",
    "comparison_text",
    "cross_text",
    "drop_family_text",
    "importances_text",
    "in_sample_text",
    "last_line",
    "profile_text",
    "result_text",
]
