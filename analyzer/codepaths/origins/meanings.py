"""Names of modules to files of the tree, and what a name means in a file: a definition, or one that it imports."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from analyzer.codepaths.fact_rows import Class, Function
from analyzer.codepaths.origins.code import Code

_MAX_REEXPORTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a name stands for: a function or a class of the tree, or one of its modules."""

    path: str
    function: Function | None = None
    klass: Class | None = None


class Names:
    """What names mean in the files of one tree."""

    def __init__(self, code: Code) -> None:
        self._code = code
        self._by_last: dict[str, list[str]] = {}
        for path in sorted(code.tree.files):
            stem, suffix = posixpath.splitext(path)
            if suffix == ".py":
                folder, _, last = stem.rpartition("/")
                self._by_last.setdefault(folder.rpartition("/")[2] if last == "__init__" else last, []).append(path)

    def module(self, name: str, *, level: int = 0, of: str = "") -> list[str]:
        """Files that a dotted module can be: itself or its `__init__`, those nearest to the importing file first."""
        if level:
            folder = "/".join(of.split("/")[:-level])
            base = "/".join(p for p in (folder, name.replace(".", "/")) if p)
            return [p for p in (f"{base}.py", f"{base}/__init__.py") if p in self._code.tree.files]
        wanted = name.replace(".", "/")
        found = [
            path
            for path in self._by_last.get(wanted.rpartition("/")[2], ())
            if f"/{path}".endswith((f"/{wanted}.py", f"/{wanted}/__init__.py"))
        ]
        return sorted(found, key=lambda path: (-len(posixpath.commonprefix([path, of])), len(path), path))

    def meaning(self, path: str, name: str, *, function: str = "", depth: int = 0) -> Meaning | None:
        """What a bare name means in a file, seen from one of its functions; None where it cannot be told."""
        facts = self._code.facts.of(path)
        inner = f"{function}.{name}" if function else name
        for row in facts.functions:
            if row.name == inner or row.name == name:
                return Meaning(path=path, function=row)
        for klass in facts.classes:
            if klass.name == name:
                return Meaning(path=path, klass=klass)
        if depth >= _MAX_REEXPORTS:
            return None
        for brought in facts.imports:
            if (brought.alias or brought.name or brought.module) != name:
                continue
            if not brought.name:
                files = self.module(brought.module, of=path)
                return Meaning(path=files[0]) if files else None
            for file in self.module(brought.module, level=brought.level, of=path)[:1]:
                found = self.meaning(file, brought.name, depth=depth + 1)
                if found is not None:
                    return found
            inside = f"{brought.module}.{brought.name}" if brought.module else brought.name
            for file in self.module(inside, level=brought.level, of=path)[:1]:
                return Meaning(path=file)
        return None

    def variable(self, path: str, name: str) -> tuple[str, str]:
        """File and name of the variable of a module that `NAME` or `module.NAME` means; two empty texts for none."""
        holder, _, last = name.rpartition(".")
        if holder:
            found = self.dotted(path, holder)
            inside = found is not None and found.klass is None and found.function is None
            return (found.path, last) if found is not None and inside else ("", "")
        for row in self._code.facts.of(path).imports:
            if row.name and (row.alias or row.name) == name:
                files = self.module(row.module, level=row.level, of=path)
                return (files[0], row.name) if files else ("", "")
        return path, name

    def dotted(self, path: str, name: str, *, function: str = "") -> Meaning | None:
        """The same of `a.b.c`: a module's members are followed, a class's methods are found in its bases too."""
        first, *rest = name.split(".")
        found = self.meaning(path, first, function=function)
        for part in rest:
            if found is None or found.function is not None:
                return None
            if found.klass is not None:
                found = self.method(found, part)
            else:
                found = self.meaning(found.path, part)
        return found

    def method(self, owner: Meaning, name: str, *, depth: int = 0) -> Meaning | None:
        """The method of a class, its own or the first that a base class of the tree has."""
        if owner.klass is None:
            return None
        wanted = f"{owner.klass.name}.{name}"
        for row in self._code.facts.of(owner.path).functions:
            if row.name == wanted:
                return Meaning(path=owner.path, function=row)
        if depth < _MAX_REEXPORTS:
            for base in owner.klass.bases:
                parent = self.dotted(owner.path, base.removesuffix("[]"))
                if parent is not None and parent.klass is not None and parent != owner:
                    found = self.method(parent, name, depth=depth + 1)
                    if found is not None:
                        return found
        return None
