"""Stack-trace text to trees of exceptions: one module per language, each registering itself."""
