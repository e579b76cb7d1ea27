"""Tests, baseline, changes. Takes JUnit files and an earlier report; gives a test run and changes; does not read logs."""
