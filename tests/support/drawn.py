"""What tests draw by hypothesis: settings that give the same examples every time, and texts."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

#: The same examples on every machine, none kept on disk, and no time limit for one of them.
drawn = settings(
    max_examples=40,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
#: Texts without control characters and without halves of characters.
texts = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=20)
