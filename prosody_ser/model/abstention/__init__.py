"""How sure a model is of an answer, and when and why it abstains from one."""
