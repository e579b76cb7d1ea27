"""Names that code asks for → functions and classes of the repository that they can mean."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from analyzer.codepaths.fact_rows import MODULE, Class, Function
from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.suspects.failing import Asked

MAX_RIVALS = 3
"""definitions that share a name; beyond that a call is not followed"""
_MAX_MENTIONED = 150
"""files that mention a name; one that more files use is not looked up, for its definitions would be too many to tell"""
_MAX_BASES = 12
_CONSTRUCTORS = ("__init__", "__new__")

Place = tuple[str, str]
"""(path, qualified name)"""


class Definitions:
    """Of one tree. Test code is never an answer."""

    def __init__(self, code: Code) -> None:
        self._code = code
        self._functions: dict[str, list[tuple[str, Function]]] = {}
        self._classes: dict[str, list[tuple[str, Class]]] = {}

    def of(self, asked: Asked, path: str, function: str) -> list[Place]:
        """What a call or a read of an attribute can run, where few definitions fit; the nearest alone where one is."""
        if asked.receiver in ("self", "cls", "super()"):
            owner = self.owner(path, function)
            if owner:
                found = self.method(path, owner, asked.name, skip_own=asked.receiver == "super()")
                if found is not None:
                    return [found] if asked.called or self._is_property(found) else []
        if asked.called and not asked.receiver:
            return self._plain(asked.name, path, function)
        named = self.named(asked.name)
        if not asked.called:
            named = [n for n in named if self._is_property(n)]
        here = [n for n in named if _module(n[0]) == asked.receiver.rpartition(".")[2]]
        owned = [n for n in named if n[1] == f"{asked.receiver.rpartition('.')[2]}.{asked.name}"]
        named = owned or here or named
        return named if len(named) <= MAX_RIVALS else []

    def named(self, name: str) -> list[Place]:
        """Functions of this name, sorted by path; none where a great many files speak of it."""
        return [(path, f.name) for path, f in self._functions_of(name)]

    def meant(self, name: str, near: Collection[str]) -> list[tuple[Place, float]]:
        """What a message means by a function's name, each with its share: in the files `near` if it is there."""
        last = name.rpartition(".")[2]
        named = self.named(last)
        qualified = [p for p in named if p[1] == name or p[1].endswith(f".{name}")]
        named = qualified or ([] if "." in name else named)
        named = [p for p in named if p[0] in near] or named
        found = named or [c for p, k in self.classes(last) for c in self.constructors(p, k.name)]
        return [(p, 1 / len(found)) for p in found] if self.are_few(found) else []

    @staticmethod
    def are_few(found: Sequence[object]) -> bool:
        """Whether so few definitions share a name that each may be meant."""
        return 0 < len(found) <= MAX_RIVALS

    def classes(self, name: str) -> list[tuple[str, Class]]:
        """Classes of this name."""
        if name not in self._classes:
            facts = self._code.facts
            found = facts.classes(name) if name and facts.mentioned(name) <= _MAX_MENTIONED else []
            self._classes[name] = [(f.path, f.row) for f in found if not self._code.is_test(f.path)]
        return self._classes[name]

    def owner(self, path: str, function: str) -> str:
        """Qualified name of the class that a function is defined in, also from inside another function of it."""
        owners = {f.name: f.owner for f in self._code.facts.of(path).functions}
        while function:
            if owners.get(function):
                return owners[function]
            function = function.rpartition(".")[0]
        return ""

    def method(self, path: str, owner: str, name: str, *, skip_own: bool = False) -> Place | None:
        """The method that a class has or inherits, the nearest base first; None where no class of the tree has it."""
        waiting = [(path, owner)]
        seen: set[Place] = set()
        while waiting and len(seen) < _MAX_BASES:
            at = waiting.pop(0)
            if at in seen:
                continue
            seen.add(at)
            facts = self._code.facts.of(at[0])
            wanted = f"{at[1]}.{name}"
            if not (skip_own and at == (path, owner)) and any(f.name == wanted for f in facts.functions):
                return at[0], wanted
            bases = next((c.bases for c in facts.classes if c.name == at[1]), ())
            for base in bases:
                last = base.rpartition(".")[2]
                same_file = [(at[0], c.name) for c in facts.classes if c.name == last]
                others = [(p, c.name) for p, c in self.classes(last)] if not same_file else []
                waiting.extend(same_file or (others if len(others) <= MAX_RIVALS else []))
        return None

    def constructors(self, path: str, owner: str) -> list[Place]:
        """What runs when a class is called."""
        found = (self.method(path, owner, name) for name in _CONSTRUCTORS)
        return [f for f in found if f is not None][:1]

    def _plain(self, name: str, path: str, function: str) -> list[Place]:
        facts = self._code.facts.of(path)
        names = {f.name for f in facts.functions if f.name != MODULE}
        outer = function
        while outer:
            if f"{outer}.{name}" in names:
                return [(path, f"{outer}.{name}")]
            outer = outer.rpartition(".")[0]
        if name in names:
            return [(path, name)]
        if any(c.name == name for c in facts.classes):
            return self.constructors(path, name)
        alias = next((i.name for i in facts.imports if name in (i.alias, i.name) and i.name), name)
        found = [n for n in self.named(alias) if n[1] == alias]
        if not found:
            found = [c for p, k in self.classes(alias) for c in self.constructors(p, k.name)]
        found = list(dict.fromkeys(found))
        return found if len(found) <= MAX_RIVALS else []

    def _functions_of(self, name: str) -> Iterable[tuple[str, Function]]:
        if name not in self._functions:
            facts = self._code.facts
            found = facts.functions(name) if name and facts.mentioned(name) <= _MAX_MENTIONED else []
            self._functions[name] = [(f.path, f.row) for f in found if not self._code.is_test(f.path)]
        return self._functions[name]

    def _is_property(self, place: Place) -> bool:
        row = next((f for f in self._code.facts.of(place[0]).functions if f.name == place[1]), None)
        return row is not None and any(
            "property" in d or d.endswith((".setter", "lazy", "reify")) for d in row.decorators
        )


def _module(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".py")
