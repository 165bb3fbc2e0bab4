"""Check that every emotion occurs in more than one corpus, if the table has several corpora."""

from ....errors import listed
from ..finding import SHOWN, WARNING, Finding
from ..material import Material

CHECK = "corpora"


def find(material: Material) -> list[Finding]:
    """Find emotions that occur in one corpus only, among several."""
    counts = material.frame.assign(emotion=material.y).groupby("corpus")["emotion"].unique()
    if len(counts) < 2:
        return []
    emotions = {corpus: set(found) for corpus, found in counts.items()}
    alone = {
        corpus: sorted(found.difference(*(other for name, other in emotions.items() if name != corpus)))
        for corpus, found in sorted(emotions.items())
    }
    alone = {corpus: found for corpus, found in alone.items() if found}
    if not alone:
        return []
    each = [f"{listed(found, SHOWN)} only in {corpus}" for corpus, found in alone.items()]
    sentence = f"The table has {len(emotions)} corpora, and some emotions occur in one of them only: {'; '.join(each)}."
    effect = (
        "The model can recognise these emotions by the corpus, that is, by its microphones, language and sentences. "
        "The score may be too high. Remove these emotions from the table, or train on one corpus and test on the "
        "other with 'prosody-ser cross', which uses only the emotions that both have."
    )
    return [Finding(WARNING, CHECK, sentence, effect, {"only_in": alone})]
