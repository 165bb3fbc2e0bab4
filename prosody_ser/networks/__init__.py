"""Neural networks as scikit-learn classifiers (extra ``[networks]``): PyTorch, trained through skorch.

Nothing outside this room imports PyTorch. The registry of models names these classes by their import path, and they are
imported when one is built. A network learns inside the fold as every other model does: its validation speakers, by
which it stops, are training speakers that its weights never see.
"""
