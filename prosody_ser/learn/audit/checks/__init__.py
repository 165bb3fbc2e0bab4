"""One file per fast check of the audit, with its name ``CHECK`` and a function ``find(material)``."""

from . import (
    confounded,
    corpora,
    disguised,
    duplicates,
    effects,
    label_columns,
    missing_values,
    normalised,
    people,
    same_names,
    shortcuts,
)

#: The fast checks by name, in the order in which they run.
CHECKS = {
    module.CHECK: module.find
    for module in (
        people,
        corpora,
        confounded,
        duplicates,
        same_names,
        disguised,
        label_columns,
        shortcuts,
        missing_values,
        normalised,
        effects,
    )
}
