"""The format of model files: what is stored, and how each part is checked when it is read."""

#: Stored instead of the names of training speakers. No speaker in a table can have this name.
NOBODY = "\0"
