"""How the tables came about, step by step. A released step is never edited: a stored dump in the tests holds it."""
