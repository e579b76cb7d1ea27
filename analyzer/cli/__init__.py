"""Options to the same calls a notebook makes, to output and exit code."""
