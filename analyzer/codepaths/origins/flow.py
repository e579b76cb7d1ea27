"""What a name can hold where it is read: the bindings that reach each place of a function, on every way through it.

The statements are followed as they run: both branches of a condition, a loop once and again, a `try` body that may
stop at each of its statements. What a condition says about a value (`x is not None`, `"key" in x`) goes along.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from analyzer.codepaths.origins.narrowing import told, written

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
Scope = FunctionNode | ast.Module
_MAX_STEPS = 40_000
_NEVER_RETURN = frozenset({"sys.exit", "exit", "quit", "os._exit", "os.abort"})
_SUPPRESSING = frozenset({"suppress", "raises"})
_RISKY = (ast.Call, ast.Attribute, ast.Subscript, ast.BinOp, ast.Await, ast.Compare, ast.Yield, ast.YieldFrom)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True, slots=True, order=True)
class Binding:
    """One way in which a name gets its value."""

    line: int
    column: int
    kind: str
    """assign, unpack, augmented, loop, with, except, import, def, class, param, annotation; outside: not bound here;
    unbound: not yet, or no longer (`del`, the end of an `except … as`)"""
    name: str
    value: ast.expr | None = field(default=None, compare=False)
    """what is assigned, looped over or entered"""
    tested: bool = False
    """a condition on the way says that it is not None, or that it is true, or in what it is looked up in"""


_State = dict[str, frozenset[Binding]]


class Flow:
    """The reads of one function, or of the top level of a file, each with the bindings that reach it."""

    def __init__(self, scope: Scope) -> None:
        self.locals = bound_names(scope)
        self._reads: dict[ast.AST, frozenset[Binding]] = {}
        self.complete = True
        """False where the function is too large to be followed to its end"""
        try:
            self._run(scope)
        except (_TooMuch, RecursionError):
            self.complete = False

    def reaching(self, read: ast.AST) -> list[Binding]:
        """What a name, an attribute or an item can have been bound to where it is read; empty where nothing runs it."""
        return sorted(self._reads.get(read, ()))

    def reads(self) -> Mapping[ast.AST, frozenset[Binding]]:
        """All reads of names, and of the attributes and items of names."""
        return self._reads

    def tested(self, read: ast.AST) -> bool:
        """Whether a condition was passed on every way to this read."""
        found = self._reads.get(read, frozenset())
        return bool(found) and all(b.tested for b in found)

    def _run(self, scope: Scope) -> None:
        state: _State = {name: frozenset({Binding(0, 0, "unbound", name)}) for name in self.locals}
        if not isinstance(scope, ast.Module):
            for argument in arguments_of(scope.args):
                state[argument.arg] = frozenset({Binding(argument.lineno, argument.col_offset, "param", argument.arg)})
        _Follower(self._reads).block(scope.body, state)


def arguments_of(args: ast.arguments) -> list[ast.arg]:
    """All parameters, in the order of the signature."""
    stars = [a for a in (args.vararg, args.kwarg) if a is not None]
    return [*args.posonlyargs, *args.args, *args.kwonlyargs, *stars]


def own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    """What runs when this function runs, in the order of the source: not what the functions in it do."""
    waiting: list[ast.AST] = [scope]
    if isinstance(scope, FunctionNode | ast.Module):
        waiting = [*reversed(scope.body)]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, FunctionNode):
            inner: list[ast.AST] = [*node.decorator_list, *node.args.defaults, *(d for d in node.args.kw_defaults if d)]
        else:
            inner = list(ast.iter_child_nodes(node))
        waiting.extend(reversed(inner))


def bound_names(scope: Scope) -> frozenset[str]:
    """The names that a function, or the top level of a file, binds itself."""
    found: set[str] = set()
    elsewhere: set[str] = set()
    if not isinstance(scope, ast.Module):
        found.update(a.arg for a in arguments_of(scope.args))
    waiting: list[ast.AST] = list(scope.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, FunctionNode | ast.ClassDef):
            found.add(node.name)
            continue
        if isinstance(node, ast.Lambda):
            continue
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found.update(a.asname or a.name.split(".")[0] for a in node.names if a.name != "*")
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            found.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            found.add(node.rest)
        elif isinstance(node, ast.Global | ast.Nonlocal):
            elsewhere.update(node.names)
        elif isinstance(node, _COMPREHENSIONS):  # its targets are its own; what `:=` binds in it is not
            waiting.extend(n for n in ast.walk(node) if isinstance(n, ast.NamedExpr))
            continue
        waiting.extend(ast.iter_child_nodes(node))
    return frozenset(found - elsewhere)


class _TooMuch(Exception):  # noqa: N818 - a way out, no error
    pass


class _Follower:
    def __init__(self, reads: dict[ast.AST, frozenset[Binding]]) -> None:
        self._reads = reads
        self._steps = 0
        self._catching: list[list[_State]] = []
        """for each `try` body that is being followed, the states in which it may stop"""
        self._leaving: list[list[_State]] = []
        """for each `finally`, the states in which it is reached by return, break or continue"""
        self._loops: list[tuple[list[_State], list[_State]]] = []

    def block(self, body: Sequence[ast.stmt], state: _State | None) -> _State | None:
        """The state after these statements; None where their end is never reached."""
        for statement in body:
            if state is None:
                return None
            self._steps += 1
            if self._steps > _MAX_STEPS:
                raise _TooMuch
            state = self._statement(statement, state)
        return state

    def _statement(self, node: ast.stmt, state: _State) -> _State | None:
        match node:
            case ast.If():
                yes, no = self._test(node.test, state)
                return _join(self.block(node.body, yes), self.block(node.orelse, no))
            case ast.While() | ast.For() | ast.AsyncFor():
                return self._loop(node, state)
            case ast.Try() | ast.TryStar():
                return self._try(node, state)
            case ast.With() | ast.AsyncWith():
                return self._with(node, state)
            case ast.Match():
                return self._match(node, state)
            case ast.Return() | ast.Raise():
                for value in ast.iter_child_nodes(node):
                    state = self._expression(value, state)
                (self._may_raise if isinstance(node, ast.Raise) else self._leave)(state)
                return None
            case ast.Break() | ast.Continue():
                self._leave(state)
                if self._loops:
                    self._loops[-1][isinstance(node, ast.Continue)].append(state)
                return None
            case ast.Assert():
                yes, no = self._test(node.test, state)
                self._may_raise(no if node.msg is None or no is None else self._expression(node.msg, no))
                return yes
        return self._simple(node, state)

    def _simple(self, node: ast.stmt, state: _State) -> _State | None:
        match node:
            case ast.Assign():
                state = self._expression(node.value, state)
                for target in node.targets:
                    state = self._bind(target, node.value, "assign", state)
            case ast.AnnAssign():
                if node.value is not None:
                    state = self._expression(node.value, state)
                    state = self._bind(node.target, node.value, "assign", state)
            case ast.AugAssign():
                state = self._expression(node.value, state)
                self._note(node.target, state)
                state = self._bind(node.target, node.value, "augmented", state)
            case ast.Import() | ast.ImportFrom():
                self._may_raise(state)
                for alias in node.names:
                    name = alias.asname or alias.name.split(".")[0]
                    state = _with(state, name, Binding(node.lineno, node.col_offset, "import", name))
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                for part in (*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)):
                    state = self._expression(part, state)
                state = _with(state, node.name, Binding(node.lineno, node.col_offset, "def", node.name))
            case ast.ClassDef():
                for part in (*node.decorator_list, *node.bases, *(k.value for k in node.keywords)):
                    state = self._expression(part, state)
                self.block(node.body, dict(state))
                state = _with(state, node.name, Binding(node.lineno, node.col_offset, "class", node.name))
            case ast.Delete():
                for target in node.targets:
                    self._note(target, state)
                    state = _with(state, written(target), Binding(node.lineno, 0, "unbound", written(target)))
            case ast.Expr():
                state = self._expression(node.value, state)
                if isinstance(node.value, ast.Call) and written(node.value.func) in _NEVER_RETURN:
                    self._may_raise(state)
                    return None
            case _:
                pass
        return state

    def _loop(self, node: ast.While | ast.For | ast.AsyncFor, state: _State) -> _State | None:
        endless = isinstance(node, ast.While) and isinstance(node.test, ast.Constant) and bool(node.test.value)
        if not isinstance(node, ast.While):
            state = self._expression(node.iter, state)
            self._may_raise(state)
        begin: _State | None = state
        after: list[_State] = []
        for _ in range(2):  # the second time with what the first has bound
            if begin is None:
                break
            broken: list[_State] = []
            again: list[_State] = []
            self._loops.append((broken, again))
            if isinstance(node, ast.While):
                yes, no = self._test(node.test, begin)
            else:
                yes, no = self._bind(node.target, node.iter, "loop", begin), begin
            ended = self.block(node.body, yes)
            self._loops.pop()
            begin = _join(begin, ended, *again)
            left = [] if endless else [s for s in (no, None if isinstance(node, ast.While) else begin) if s is not None]
            otherwise = self.block(node.orelse, _join(*left)) if left else None
            after.extend([*broken, *([otherwise] if otherwise is not None else [])])
        return _join(*after)

    def _try(self, node: ast.Try | ast.TryStar, state: _State) -> _State | None:
        left: list[_State] = []
        self._leaving.append(left)
        stopped: list[_State] = []
        self._catching.append(stopped)
        ended = self.block(node.body, state)
        self._catching.pop()
        escaped: list[_State] = []
        self._catching.append(escaped)
        at_stop = _join(*stopped)
        after = [self.block(node.orelse, ended)]
        for handler in node.handlers:
            inside = at_stop
            if inside is not None and handler.name:
                named = Binding(handler.lineno, handler.col_offset, "except", handler.name, handler.type)
                inside = _with(inside, handler.name, named)
            handled = self.block(handler.body, inside)
            if handled is not None and handler.name:
                handled = _with(handled, handler.name, Binding(_end(handler), 0, "unbound", handler.name))
            after.append(handled)
        self._catching.pop()
        self._leaving.pop()
        uncaught = [] if any(_catches_all(h) for h in node.handlers) else stopped
        abrupt = _join(*uncaught, *escaped)
        if node.finalbody:
            for leaving in left:
                self.block(node.finalbody, leaving)
            self._may_raise(self.block(node.finalbody, abrupt))
            return self.block(node.finalbody, _join(*after))
        self._may_raise(abrupt)
        return _join(*after)

    def _with(self, node: ast.With | ast.AsyncWith, state: _State) -> _State | None:
        suppressing = False
        for item in node.items:
            state = self._expression(item.context_expr, state)
            if item.optional_vars is not None:
                state = self._bind(item.optional_vars, item.context_expr, "with", state)
            call = item.context_expr
            suppressing |= isinstance(call, ast.Call) and written(call.func).rpartition(".")[2] in _SUPPRESSING
        self._may_raise(state)
        if not suppressing:
            return self.block(node.body, state)
        stopped: list[_State] = []
        self._catching.append(stopped)
        ended = self.block(node.body, state)
        self._catching.pop()
        return _join(ended, *stopped)

    def _match(self, node: ast.Match, state: _State) -> _State | None:
        state = self._expression(node.subject, state)
        after: list[_State | None] = []
        for case in node.cases:
            inside: _State | None = state
            for part in ast.walk(case.pattern):
                name = part.rest if isinstance(part, ast.MatchMapping) else getattr(part, "name", None)
                if isinstance(name, str) and inside is not None:
                    inside = _with(inside, name, Binding(case.pattern.lineno, 0, "unpack", name))
            if case.guard is not None and inside is not None:
                inside, _ = self._test(case.guard, inside)
            after.append(self.block(case.body, inside))
            if isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None and case.guard is None:
                return _join(*after)
        return _join(*after, state)

    def _test(self, node: ast.expr, state: _State) -> tuple[_State | None, _State | None]:
        """The states in which a condition is true, and in which it is false."""
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            yes, no = self._test(node.operand, state)
            return no, yes
        if isinstance(node, ast.BoolOp):
            ends: list[_State | None] = []
            going: _State | None = state
            for value in node.values:
                if going is None:
                    break
                yes, no = self._test(value, going)
                going, other = (yes, no) if isinstance(node.op, ast.And) else (no, yes)
                ends.append(other)
            return (going, _join(*ends)) if isinstance(node.op, ast.And) else (_join(*ends), going)
        state = self._expression(node, state)
        if isinstance(node, ast.Constant):
            return (state, None) if node.value else (None, state)
        true, false = told(node)
        return self._tested(state, true), self._tested(state, false)

    def _tested(self, state: _State, names: Iterable[str]) -> _State:
        state = dict(state)
        for name in names:
            known = state.get(name) or _outside(name)
            state[name] = frozenset(Binding(b.line, b.column, b.kind, b.name, b.value, True) for b in known)
        return state

    def _expression(self, node: ast.AST, state: _State) -> _State:
        match node:
            case ast.BoolOp():
                yes, no = self._test(node, state)
                return _join(yes, no) or state
            case ast.IfExp():
                yes, no = self._test(node.test, state)
                ends = [self._expression(v, s) for v, s in ((node.body, yes), (node.orelse, no)) if s is not None]
                return _join(*ends) or state
            case ast.NamedExpr():
                state = self._expression(node.value, state)
                return self._bind(node.target, node.value, "assign", state)
            case ast.Lambda():
                return state
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                return self._comprehension(node, state)
        for child in ast.iter_child_nodes(node):
            state = self._expression(child, state)
        if isinstance(node, ast.Name | ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Load):
            self._note(node, state)
        if isinstance(node, _RISKY):
            self._may_raise(state)
        return state

    def _comprehension(self, node: ast.expr, state: _State) -> _State:
        inner = dict(state)
        generators: list[ast.comprehension] = getattr(node, "generators", [])
        for generator in generators:
            inner = self._expression(generator.iter, inner)
            inner = self._bind(generator.target, generator.iter, "loop", inner)
            for condition in generator.ifs:
                yes, _ = self._test(condition, inner)
                inner = yes if yes is not None else inner
        for part in ("key", "value", "elt"):
            if hasattr(node, part):
                inner = self._expression(getattr(node, part), inner)
        return state

    def _bind(self, target: ast.expr, value: ast.expr | None, kind: str, state: _State) -> _State:
        if isinstance(target, ast.Tuple | ast.List):
            values: Sequence[ast.expr | None] = [value] * len(target.elts)
            if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts):
                values = value.elts
                inner_kind = kind
            else:
                inner_kind = "unpack"
            for one, its in zip(target.elts, values, strict=True):
                state = self._bind(one, its, inner_kind, state)
            return state
        if isinstance(target, ast.Starred):
            return self._bind(target.value, None, "unpack", state)
        if isinstance(target, ast.Attribute | ast.Subscript):
            for child in ast.iter_child_nodes(target):
                state = self._expression(child, state)
            self._may_raise(state)
        name = written(target)
        return _with(state, name, Binding(target.lineno, target.col_offset, kind, name, value)) if name else state

    def _note(self, node: ast.expr, state: _State) -> None:
        name = written(node)
        if name:
            found = state.get(name) or _outside(name)
            self._reads[node] = self._reads.get(node, frozenset()) | found

    def _may_raise(self, state: _State | None) -> None:
        if state is not None and self._catching:
            self._catching[-1].append(state)
            if len(self._catching[-1]) > 64:
                joined = _join(*self._catching[-1])
                self._catching[-1][:] = [joined] if joined is not None else []

    def _leave(self, state: _State) -> None:
        if self._leaving:
            self._leaving[-1].append(state)


def _outside(name: str) -> frozenset[Binding]:
    return frozenset({Binding(0, 0, "outside", name)})


def _with(state: _State, name: str, binding: Binding) -> _State:
    """The state after a binding; what was known of its attributes and items is so no more."""
    kept = {k: v for k, v in state.items() if not k.startswith((f"{name}.", f"{name}["))}
    kept[name] = frozenset({binding})
    return kept


def _join(*states: _State | None) -> _State | None:
    living = [s for s in states if s is not None]
    if len(living) <= 1:
        return living[0] if living else None
    names = {n: None for s in living for n in s}
    return {n: frozenset().union(*(s.get(n) or _outside(n) for s in living)) for n in names}


def _catches_all(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or written(handler.type) in ("Exception", "BaseException")


def _end(node: ast.ExceptHandler) -> int:
    return node.end_lineno or node.lineno
