"""Calls that hand values to something that may refuse them, by family: the names are those of widely used libraries."""

from __future__ import annotations

_JSON_MODULES = frozenset({"json", "orjson", "ujson", "simplejson", "rapidjson", "msgspec.json"})
_BARE = frozenset({""})

FAMILIES: dict[str, dict[str, frozenset[str] | None]] = {
    "json": {
        "dumps": _JSON_MODULES | _BARE,
        "dump": _JSON_MODULES,
        "loads": _JSON_MODULES | _BARE,
        "load": _JSON_MODULES,
        "json": None,
        "send_json": None,
        "write_json": None,
        "model_dump_json": None,
        "jsonify": None,
        "json_response": None,
        "JSONResponse": None,
        "ORJSONResponse": None,
        "UJSONResponse": None,
        "JsonResponse": None,
        "JSONEncoder": None,
    },
    "subprocess": {
        "run": frozenset({"subprocess"}),
        "call": frozenset({"subprocess"}),
        "Popen": None,
        "check_call": None,
        "check_output": None,
        "system": frozenset({"os"}),
        "popen": frozenset({"os"}),
        "create_subprocess_exec": None,
        "create_subprocess_shell": None,
    },
    "database": {
        "execute": None,
        "executemany": None,
        "executescript": None,
        "execute_async": None,
        "exec_driver_sql": None,
        "fetchval": None,
        "fetchrow": None,
        "bulk_insert_mappings": None,
        "read_sql": None,
    },
    "file": {
        "open": None,
        "read_text": None,
        "read_bytes": None,
        "write_text": None,
        "write_bytes": None,
        "makedirs": None,
        "copyfile": None,
        "listdir": frozenset({"os"}),
        "unlink": None,
    },
    "environment": {
        "getenv": None,
        "get": frozenset({"os.environ", "environ"}),
        "pop": frozenset({"os.environ", "environ"}),
        "setdefault": frozenset({"os.environ", "environ"}),
    },
}
"""family → callee → the receivers it counts with; None for any"""

ENVIRONMENT = frozenset({"os.environ", "environ"})
"""what is read by an index: `os.environ["KEY"]`"""

FAMILY_OF: dict[str, tuple[str, frozenset[str] | None]] = {
    name: (family, receivers) for family, callees in FAMILIES.items() for name, receivers in callees.items()
}
