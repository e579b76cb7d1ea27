"""analyzer: from staging logs, a repository and test results to the root cause behind the error."""

__version__ = "0.1.0"
