"""The errors a user can cause or cure: a message, a hint on what to do next, an exit code."""

from __future__ import annotations


class AnalyzerError(Exception):
    """Something could not be done; `hint` says what to do next.

    The command line prints both on stderr and leaves with `exit_code`.
    """

    exit_code = 2

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ConfigError(AnalyzerError):
    """An option, an environment variable or a line of `analyzer.toml` is wrong."""


class RuleError(AnalyzerError):
    """A rule pack cannot be used: the message names file, rule id and sample."""


class SourceError(AnalyzerError):
    """Log entries could not be read."""


class SourceRefusedError(SourceError):
    """A source answered no: authentication, permission or quota."""

    exit_code = 3


class RepositoryError(AnalyzerError):
    """No such repository or commit, or git is missing."""


class TestsError(AnalyzerError):
    """A test result file is not what it claims to be."""

    __test__ = False  # not a test class, whatever pytest thinks of the name


class ReportError(AnalyzerError):
    """A saved report cannot be read, or an output cannot be written."""


class HistoryError(AnalyzerError):
    """The database of saved cycles cannot be reached, read or written, or holds nothing of that name."""


class TrackerError(AnalyzerError):
    """A ticket tracker answered no."""

    exit_code = 3
