"""Results as text for people."""

from .audit import audit_text
from .comparison import comparison_text
from .cross import cross_text
from .text import importances_text, result_text

__all__ = ["audit_text", "comparison_text", "cross_text", "importances_text", "result_text"]
