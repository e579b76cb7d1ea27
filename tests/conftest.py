"""Settings of all tests."""

from __future__ import annotations

from hypothesis import settings

# Limits are counts, never seconds: a busy machine is no bug. All else stays as hypothesis has it here or in CI.
settings.register_profile("house", settings.default, deadline=None)
settings.load_profile("house")
