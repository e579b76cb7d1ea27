"""What a runtime prints of a frame, as rows and paths of a repository say it."""

from __future__ import annotations

import posixpath
import re

from analyzer.codepaths.functions import Outline

_JS_ALIAS = re.compile(r" \[as [^\]]{0,200}\]$")
_JS_LEADING = re.compile(
    r"^(?:async |static |get |set )*"
    r"(?:(?:Object|Function|Module|module|exports|global|globalThis|window|process|Proxy)\.)*"
)
_GO_CLOSURE = re.compile(r"(?:\.(?:func|gowrap|deferwrap)?\d{1,6}){1,40}$|-(?:fm|range\d{1,6})$")
_JAVA_LAMBDA = re.compile(r"^lambda\$(\w+?)\$\d+$|^(\w+?)\$lambda\$\d+$")
_MAX_NAME = 400


_INITIAL = ("constructor", "<init>", "<clinit>")


def called_in(path: str, outline: Outline, function: str | None) -> str | None:
    """What an outline calls the function that a frame names; empty where it knows none of that name.

    The class in a name is the object's, which may inherit the method: where the whole name is unknown its last part
    counts. Fields are initialised on the lines of the class, in a function that the source need not have.
    """
    if path.endswith(".py") or not outline.parsed:
        return function
    name = frame_function(path, function)
    outer, _, last = name.rpartition(".")
    if last in _INITIAL:
        last = outer
    elif outline.named(name):
        return name
    return last if outline.named(last) else ""


def frame_function(path: str, function: str | None) -> str:
    """The function a frame names, as rows of this file would say it; empty where it names none.

    `new Cart` is `Cart.constructor`, `shop/orders.(*Cart).Add.func1` is `Cart.Add`, `org.shop.Cart$Line.lambda$add$0`
    is `Cart.Line.add`.
    """
    name = (function or "")[:_MAX_NAME]
    suffix = posixpath.splitext(path)[1]
    if suffix == ".go":
        return _go(name)
    if suffix == ".java":
        return _java(name)
    return _javascript(name)


def frame_file(file: str, function: str | None) -> str:
    """The path a frame means: Java prints the file's name alone, its package stands in the class."""
    if not file.endswith(".java") or "/" in file or "\\" in file or not function:
        return file
    package = function[:_MAX_NAME].split("$", 1)[0].split(".")[:-1]
    outer = file.removesuffix(".java")
    if outer in package:
        package = package[: package.index(outer)]
    elif "$" not in function:
        package = package[:-1]
    return "/".join([*package, file])


def _javascript(name: str) -> str:
    name = _JS_LEADING.sub("", _JS_ALIAS.sub("", name))
    if name.startswith("new "):
        return name.removeprefix("new ").rsplit(".", 1)[-1] + ".constructor"
    return "" if "<" in name else name.replace("prototype.", "").removeprefix("#").replace(".#", ".")


def _go(name: str) -> str:
    name = _GO_CLOSURE.sub("", name.rsplit("/", 1)[-1].replace("[...]", ""))
    name = name.partition(".")[2].replace("(*", "").replace(")", "")
    return "" if "glob." in name or name.startswith(".") else name


def _java(name: str) -> str:
    outer, _, method = name.rpartition(".")
    found = _JAVA_LAMBDA.match(method)
    if found:
        method = {"new": "<init>", "static": "<clinit>"}.get(found[1] or found[2], found[1] or found[2])
    if method.startswith("access$"):
        return ""
    parts = [p for p in outer.rsplit(".", 1)[-1].split("$") if not p.isdigit()]
    return ".".join([*parts, method]) if method else ""
