"""Files in languages beyond Python: JavaScript, TypeScript, Go, Java, by tree-sitter grammars (extra `languages`).

Takes a path or a file's bytes; gives the same rows and outlines as for Python. A language is one file here that says
what its syntax means; one walker reads them all. Importing this needs no grammar, reading a file does.
"""

from analyzer.codepaths.languages.choosing import (
    EXTRA,
    LANGUAGES,
    SUFFIXES,
    Choice,
    Unread,
    blob_of_key,
    choose,
    is_installed,
    is_source,
    language_of_key,
    language_of_path,
)
from analyzer.codepaths.languages.frames import called_in, frame_file
from analyzer.codepaths.languages.reading import extract_as, outline_as

__all__ = [
    "EXTRA",
    "LANGUAGES",
    "SUFFIXES",
    "Choice",
    "Unread",
    "blob_of_key",
    "called_in",
    "choose",
    "extract_as",
    "frame_file",
    "is_installed",
    "is_source",
    "language_of_key",
    "language_of_path",
    "outline_as",
]
