"""Logs: one JSON document per line on stderr, as the platform likes them."""

import json
import logging
import re
import sys
from datetime import datetime, timezone

SECRET = re.compile(r"\b(token|password|secret)[\s:=]+(\S+)", re.IGNORECASE)


class HideSecrets(logging.Filter):
    """What follows the word token, password or secret does not belong into a log."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = SECRET.sub(r"\1=REDACTED", record.getMessage())
        record.args = ()
        return True


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        document = {
            "severity": record.levelname,
            "message": record.getMessage(),
            "timestamp": datetime.fromtimestamp(record.created, tz=timezone.utc).isoformat(),
            "labels": {"module": record.name, "function": record.funcName, "line": str(record.lineno)},
        }
        context = getattr(record, "context", None)
        if context is not None or record.exc_info:
            document["context"] = {"detail": context, "exc_info": bool(record.exc_info)}
        return json.dumps(document)


def set_up() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    handler.addFilter(HideSecrets())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
