"""Neural networks as scikit-learn classifiers (extra ``[networks]``): PyTorch, trained through skorch.

Nothing outside this package imports PyTorch. The registry of models has the import paths of these classes, which are
imported only when a model is built. Like every other model, a network is trained within the fold: the validation
speakers, which decide when training stops, are training speakers that are held out from its weights.
"""
