"""Run inside a made program's process: note where its exceptions are really raised, before anything swallows them.

`python watching.py OUT PACKAGE`, in the folder that holds the package. Each exception is noted once, with the innermost
frame of the program's own files. Times that the program prints are counted, not read from a clock.
"""

import json
import logging
import os
import runpy
import sys
import threading
import time

HERE = os.getcwd() + os.sep  # noqa: PTH109 - as the names of files in frames begin
seen = []
notes = []


def _trace(frame, event, _arg):
    if event != "call" or not frame.f_code.co_filename.startswith(HERE):
        return None
    frame.f_trace_lines = False
    return _inside


def _inside(frame, event, arg):
    if event == "exception":
        error = arg[1]
        if isinstance(error, BaseException) and not any(error is other for other in seen):
            seen.append(error)
            notes.append(
                {
                    "type": type(error).__name__,
                    "text": str(error),
                    "shown": repr(error),
                    "file": frame.f_code.co_filename[len(HERE) :].replace(os.sep, "/"),
                    "line": frame.f_lineno,
                    "function": frame.f_code.co_qualname,
                }
            )
    return _inside


class _Clock:
    now = 1_716_192_000.0

    def format(self, _record, datefmt=None):
        self.now += 0.137
        text = time.strftime(datefmt or "%Y-%m-%d %H:%M:%S", time.gmtime(self.now))
        return f"{text},{int(self.now * 1000) % 1000:03d}"


def main():
    """Run the package as `python -m` would."""
    out, package = sys.argv[1:3]
    clock = _Clock()
    logging.Formatter.formatTime = lambda _self, record, datefmt=None: clock.format(record, datefmt)
    sys.path[0] = HERE.rstrip(os.sep)
    sys.argv = [package]
    code = 0
    threading.settrace(_trace)
    sys.settrace(_trace)
    try:
        runpy.run_module(package, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        sys.settrace(None)
        with open(out, "w", encoding="utf-8") as file:  # noqa: PTH123 - no import that the program could miss
            json.dump({"notes": notes, "code": code}, file)


main()
