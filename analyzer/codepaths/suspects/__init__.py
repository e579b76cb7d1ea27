"""Which function has to change, for an error with a stack trace."""
def suspects(*a, **k): return []
