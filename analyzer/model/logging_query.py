"""What is said in Cloud Logging's query language: how a value is quoted, which labels name a service.

https://cloud.google.com/logging/docs/view/logging-query-language
"""

from __future__ import annotations

import json

SERVICE_LABELS = (
    "service_name",
    "module_id",
    "container_name",
    "function_name",
    "job_name",
    "workerpool_name",
    "configuration_name",
)
"""labels of a resource that name what a user calls a service, the likeliest first"""


def quoted(value: str) -> str:
    """A value as a string of the language: whatever it holds, it ends nowhere but at its end."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    # what cannot be printed as JSON escapes it, halves of a pair too
    return '"' + "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in escaped) + '"'
