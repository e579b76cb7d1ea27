"""The box office on the web."""
