"""Which names are bound where in a file: what a function can see of what is around it."""

from __future__ import annotations

import ast
import builtins
import symtable
import warnings

from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.flow import FunctionNode, bound_names

_ALWAYS = frozenset(dir(builtins)) | frozenset(
    [
        "__file__",
        "__name__",
        "__doc__",
        "__package__",
        "__spec__",
        "__loader__",
        "__path__",
        "__builtins__",
        "__class__",
        "__annotations__",
        "__debug__",
        "__module__",
        "__qualname__",
        "__dict__",
        "WindowsError",
        "unicode",
        "reveal_type",
    ]
)


class FileScopes:
    """The names of one file."""

    def __init__(self, code: Code, path: str) -> None:
        self._code, self._path = code, path
        self._bound: dict[str, frozenset[str]] = {}
        module = code.module(path)
        self.readable = module is not None
        self.open = False
        """names may come from elsewhere: a star import, `globals()[…]`, `exec`, a file that does not parse as it is"""
        self.globals: frozenset[str] = frozenset()
        self.declared: dict[str, int] = {}
        """names that a `global` statement in a function binds → its line"""
        self.checked_only: dict[str, int] = {}
        """names that are only bound under `if TYPE_CHECKING:` → line"""
        if module is not None:
            self._read(module)

    def _read(self, module: ast.Module) -> None:
        self.globals = bound_names(module)
        for node in ast.walk(module):
            if (
                (isinstance(node, ast.ImportFrom) and any(a.name == "*" for a in node.names))
                or (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Name)
                    and node.func.id in ("exec", "globals")
                )
                or (isinstance(node, ast.Attribute) and node.attr == "__builtins__")
            ):
                self.open = True
            elif isinstance(node, ast.Global):
                self.declared.update(dict.fromkeys(node.names, node.lineno))
        typing_only: dict[str, int] = {}
        rest: list[ast.stmt] = []
        for statement in module.body:
            if isinstance(statement, ast.If) and _is_type_checking(statement.test):
                inner = ast.Module(body=statement.body, type_ignores=[])
                typing_only.update(dict.fromkeys(bound_names(inner), statement.lineno))
                rest.extend(statement.orelse)
            else:
                rest.append(statement)
        really = bound_names(ast.Module(body=rest, type_ignores=[]))
        self.checked_only = {n: line for n, line in typing_only.items() if n not in really}
        self.globals = really

    def binds(self, function: str, name: str) -> str | None:
        """What binds a name as this function sees it, in words; None where nothing does.

        Never None where names may come from elsewhere.
        """
        if name in _ALWAYS:
            return "it is a builtin"
        if name in self.globals:
            return "its file binds it"
        inner, outer = function, ""
        while inner:
            if name in self._bound_by(inner):
                return "the function binds it" if not outer else f"the function around it, {inner}, binds it"
            outer, inner = inner, inner.rpartition(".")[0]
        if name in self.declared:
            return f"a `global` statement at line {self.declared[name]} binds it"
        return "its file takes names from elsewhere" if self.open else None

    def bound_in(self, name: str) -> list[str]:
        """Functions of the file that bind the name for themselves only, sorted."""
        return sorted(f for f in self._code.functions(self._path) if name in self._bound_by(f))

    def _bound_by(self, function: str) -> frozenset[str]:
        if function not in self._bound:
            node = self._code.function(self._path, function)
            self._bound[function] = bound_names(node) if node is not None else frozenset()
        return self._bound[function]


def reads_of(scope: FunctionNode | ast.Module, nodes: list[ast.AST], name: str) -> list[ast.Name]:
    """Where a function reads a plain name, apart from the targets of its comprehensions, annotations and lambdas."""
    hidden: set[ast.AST] = set()
    for node in nodes:
        if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            targets = {t.id for g in node.generators for t in ast.walk(g.target) if isinstance(t, ast.Name)}
            hidden.update(ast.walk(node) if name in targets else ())
        elif isinstance(node, ast.Lambda):
            named = {a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)}
            named.update(a.arg for a in (node.args.vararg, node.args.kwarg) if a is not None)
            hidden.update(ast.walk(node.body) if name in named else ())
        elif isinstance(node, ast.AnnAssign) and not isinstance(scope, ast.Module):
            hidden.update(ast.walk(node.annotation))  # never evaluated in a function
        elif isinstance(node, ast.ClassDef):
            own = bound_names(ast.Module(body=node.body, type_ignores=[]))
            hidden.update(n for s in node.body for n in ast.walk(s) if name in own)
    reads = [n for n in nodes if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load)]
    return [n for n in reads if n not in hidden]


def may_lack(source: bytes, name: str) -> bool:
    """Whether some scope of a file reads a name from the file's own, which does not bind it. Fast: no tree is made."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            top = symtable.symtable(source.decode("utf-8", "replace"), "<source>", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    waiting: list[symtable.SymbolTable] = [top]
    while waiting:
        table = waiting.pop()
        waiting.extend(table.get_children())
        if name not in table.get_identifiers():
            continue
        symbol = table.lookup(name)
        if table is top and (symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()):
            return _only_for_checkers(source)
        if symbol.is_referenced() and (table is top or symbol.is_global()):
            return True
    return False


def _only_for_checkers(source: bytes) -> bool:
    """What is bound under `if TYPE_CHECKING:` counts as bound until it is looked at."""
    return b"TYPE_CHECKING" in source


def _is_type_checking(test: ast.expr) -> bool:
    return ast.unparse(test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING", "t.TYPE_CHECKING")
