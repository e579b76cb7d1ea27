"""A program put together: a shape, calls down to a defect, what fails alike, what looks alike, and harmless modules."""

from __future__ import annotations

import ast
import random
import re
import textwrap
from dataclasses import dataclass

from benchmarks.incidents.drafting import Draft, Target, bad_fields, defined, merge, needed
from benchmarks.incidents.texts import HERE, Template, choices, choose, read_templates
from benchmarks.incidents.words import Words

_TRACED = 0.2
"""share of programs that print the stack trace"""
_DECOYS = 0.35
"""share of programs in which another module has a handler with the words of the one that caught the error"""
_WIDE = 0.7
"""share of programs laid out as formatters do"""
_DEFINITION = re.compile(r"\n\n(?=(?:@|def |async def |class ))")
_SERVED = 0.3
"""share of programs whose other operations, siblings among them, are reached by the same table as the failing one"""
_SHOWN = ("{0}", "{0}", "{0}", "str({0})", "{0}!s", "{0}!r", "type({0}).__name__}}: {{{0}")
"""how a caught exception is put into an f-string"""
_LATE = 0.12


@dataclass
class Program:
    """Files with marks, as they stand in the repository."""

    package: str
    root: str
    """folder that the package lies in, with `/` at the end; empty for the top"""
    files: dict[str, str]
    absent: frozenset[str]
    """what does not reach the image"""
    traffic: list[dict[str, object]]
    culprit_files: frozenset[str]
    shape: str
    hops: int
    position: str
    is_async: bool
    traced: bool
    decoy: bool


def shape_names() -> list[str]:
    """All shapes."""
    return sorted(p.stem for p in (HERE / "shapes").glob("*.txt"))


def assemble(draw: random.Random, defect: Template | None) -> Program:
    """A program with that defect, or with none."""
    draft = Draft(draw, Words(draw))
    needs_async = defect is not None and defect.options.get("mode") == "async"
    shape = draw.choice([s for s in shape_names() if not needs_async or _is_async_shape(s)])
    traced = draw.random() < _TRACED
    in_async = _is_async_shape(shape)
    target, position = _add_defect(draft, defect, in_async) if defect else (_add_benign(draft), "function")
    hops = draw.choice((0, 0, 1, 1, 2, 2, 3))
    if position == "module":
        hops = max(1, hops)
    for _ in range(hops):
        target = _add_hop(draft, target, in_async)
    culprits = frozenset(p for p, text in draft.files.items() if "# defect" in text)
    _add_shape(draft, shape, target, traced)
    decoy = _add_surroundings(draft)
    root = "" if defect and defect.options.get("kind") == "packaging" else draw.choice(("", "", "src/"))
    package = f"{draft.package}/"
    moved = {root + p if p.startswith(package) else p: text for p, text in draft.files.items()}
    wide = draw.random() < _WIDE
    return Program(
        package=draft.package,
        root=root,
        files={path: _laid_out(text, path, wide) for path, text in sorted(moved.items())},
        absent=frozenset(root + p if p.startswith(package) else p for p in draft.absent),
        traffic=_traffic(draft, defect),
        culprit_files=frozenset(root + p if p.startswith(package) else p for p in culprits),
        shape=shape,
        hops=hops + 1,
        position=position,
        is_async=in_async,
        traced=traced,
        decoy=decoy,
    )


def _laid_out(text: str, path: str, wide: bool) -> str:
    """The text with one line break at its end; of Python, where wanted, with two empty lines between definitions."""
    text = text.strip("\n")
    if wide and path.endswith(".py"):
        text = _DEFINITION.sub("\n\n\n", text)
    return f"{text}\n" if text else ""


def _is_async_shape(name: str) -> bool:
    return any("<<await_op>>" in t.one("text") for t in read_templates(f"shapes/{name}.txt"))


# ---- the defect, and places like it ----


def _add_defect(draft: Draft, defect: Template, async_shape: bool) -> tuple[Target, str]:
    draw, words = draft.draw, draft.words
    home, unit = words.values["home"], words.values["unit"]
    act = words.function()
    is_async = defect.options.get("mode") == "async" or (async_shape and draw.random() < 0.5)
    for kind in ("models", "other"):
        if text := defect.one(kind):
            draft.add(words.values[kind], draft.fill(text))
    for name, text in defect.all("file"):
        draft.files[draft.fill(name)] = draft.fill(text)
    for name, text in defect.all("absent"):
        draft.files[draft.fill(name)] = draft.fill(text)
        draft.absent.add(draft.fill(name))
    if module := defect.one("module"):
        draft.add(home, draft.fill(module, act=act))
        _add_alike(draft, defect, at_home=False)
        return Target(home, act, act, False, late=True), "module"
    top, expression = draft.fill(defect.one("top")), defect.one("expr")
    positions = ["function", "function", "method", "static", "nested", "method"]
    positions += ["lambda"] * 3 if expression and not is_async else []
    position = draw.choice(positions)
    body = textwrap.indent(draft.fill(defect.one("body")), "    ")
    prefix = "async " if is_async else ""
    name, call = act, act
    if position == "lambda":
        made = draft.fill(expression)
        if draw.random() < 0.5:
            code = f"{act} = lambda {unit}: {made}  # defect"
        else:
            name, call = "ACTIONS", f'ACTIONS["{act}"]'
            code = (
                f'ACTIONS = {{\n    "id": lambda {unit}: {unit}["id"],\n'
                f'    "{act}": lambda {unit}: {made},  # defect\n}}'
            )
    elif position == "nested":
        inner = words.verb()
        code = f"{prefix}def {act}({unit}):\n    {prefix}def {inner}():\n{textwrap.indent(body, '    ')}\n\n"
        code += f"    return {'await ' if is_async else ''}{inner}()"
    elif position in ("method", "static"):
        name = f"{words.thing().capitalize()}{words.role()}"
        first = "" if position == "static" else "self, "
        head = "    @staticmethod\n" if position == "static" else "    def __init__(self, quiet=False):\n"
        head += "" if position == "static" else "        self.quiet = quiet\n\n"
        code = f"class {name}:\n{head}    {prefix}def {act}({first}{unit}):\n{textwrap.indent(body, '    ')}"
        call = f"{name}.{act}" if position == "static" else f"{name}().{act}"
    else:
        code = f"{prefix}def {act}({unit}):\n{body}"
    before = draw.random() < 0.5
    draft.add(home, top + "\n" if top else "")
    if before:
        _add_alike(draft, defect, at_home=True)
    draft.add(home, code)
    if not before:
        _add_alike(draft, defect, at_home=True)
    return Target(home, name, call, is_async), position


def _add_alike(draft: Draft, defect: Template, at_home: bool) -> None:
    """Up to three siblings and up to three harmless places, beside the defect or in another module."""
    draw, words = draft.draw, draft.words
    places = [("sibling", t) for _, t in defect.all("sibling")] * 3
    chosen = draw.sample(places, draw.randrange(0, 4)) if places else []
    chosen += [("harmless", t) for _, t in defect.all("harmless") if draw.random() < 0.75]
    draw.shuffle(chosen)
    elsewhere = words.middle()
    for _, text in chosen:
        name = words.function()
        code = draft.fill(text, fn=name)
        if at_home and draw.random() < 0.5:
            draft.add(words.values["home"], code)
            continue
        needs = needed(draft.fill(defect.one("top")), code, f"{draft.package}.{words.values['home']}")
        draft.add(elsewhere, merge("\n".join(needs), code))


# ---- what calls it ----


def _add_benign(draft: Draft) -> Target:
    """A module with up to three functions that do no harm; the first of them."""
    module, names = draft.words.middle(), list[str]()
    for template in draft.draw.sample(read_templates("parts/benign.txt"), draft.draw.choice((1, 1, 2, 3))):
        names.append(draft.words.function())
        draft.add(module, _benign(draft, template, names[-1]))
    return Target(module, names[0], names[0], False)


def _benign(draft: Draft, template: Template, name: str) -> str:
    thing = draft.words.thing()
    more = {"fn": name, "var": draft.variable(), "verb": draft.words.verb(), "noun": thing, "Noun": thing.capitalize()}
    return draft.fill(template.one("text"), **more)


def _add_hop(draft: Draft, target: Target, async_shape: bool) -> Target:
    draw, words = draft.draw, draft.words
    is_async = target.is_async or (async_shape and draw.random() < 0.5)
    hops = read_templates("parts/hops.txt")
    template = draw.choice(
        [h for h in hops if not (is_async and (h.name == "partial" or (h.name == "callback" and not target.is_async)))]
    )
    thing, role, name = words.thing(), words.role(), words.function()
    beside = not target.late and draw.random() < 0.3
    statement, call = ("", target.call) if beside else draft.imported(target)
    late = target.late or (not beside and draw.random() < _LATE)
    values = {
        "fn": name, "var": draft.variable(), "verb": words.verb(), "wrap": words.wrapper(),
        "noun": thing, "Noun": thing.capitalize(), "role": role.lower(), "Role": role,
        "import": "" if late else statement, "late": statement if late else "", "target": call,
        "async": "async " if is_async else "", "await": "await " if target.is_async else "",
        "await_target": "await " if is_async else "",
    }  # fmt: skip
    code = template.one("code")
    if is_async and not target.is_async:  # what a hop awaits of its own stays awaited
        code = code.replace("<<await>><<target>>", "<<target>>")
        values["await"] = "await "
    module = target.module if beside else words.middle()
    code = draft.fill(code, **values)
    if beside and defined(code) & defined(draft.files[f"{draft.package}/{module}.py"]):
        return _add_hop(draft, target, async_shape)
    draft.add(module, code)
    if draw.random() < 0.4 and not beside:
        draft.add(module, _benign(draft, draw.choice(read_templates("parts/benign.txt")), words.function()))
    calls = draft.fill(template.one("target"), **values) or name
    return Target(module, draft.fill(template.label("name"), **values) or name, calls, is_async)


def _add_shape(draft: Draft, shape: str, target: Target, traced: bool) -> None:
    v, draw = draft.words.values, draft.draw
    statement, call = draft.imported(target)
    shown = draw.choice(_SHOWN)
    b1, b2 = draft.imported(_add_benign(draft)), draft.imported(_add_benign(draft))
    values = {
        "import_op": statement, "op_target": call, "await_op": "await " if target.is_async else "",
        "import_b1": b1[0], "b1_target": b1[1], "import_b2": b2[0], "b2_target": b2[1],
        "exc_info": ", exc_info=True" if traced else "",
        **{f"exc_info_{n}": f", exc_info={n}" if traced else "" for n in ("last", "problem", "outcome", "e")},
        **{f"show_{n}": shown.format(n) for n in ("e", "exc")},
    }  # fmt: skip
    for template in read_templates(f"shapes/{shape}.txt"):
        text = template.one("text")
        letters = choices(text)
        text = choose(text, draw.choice(letters)) if letters else text
        draft.files[draft.fill(template.name)] = draft.fill(text, **values)
    style = draw.choice(read_templates("parts/logging.txt"))
    draft.files[f"{draft.package}/{v['logmod']}.py"] = draft.fill(style.one("text"))


def _add_surroundings(draft: Draft) -> bool:
    """Harmless modules and a table of further operations; True where one puts the same words around other errors."""
    v, draw, words = draft.words.values, draft.draw, draft.words
    tools = []
    fillers = read_templates("parts/fillers.txt")
    decoys = [t for t in fillers if "<<w1>>" in t.one("text")]
    chosen = draw.sample([t for t in fillers if t not in decoys], draw.randrange(1, 5))
    chosen += draw.sample(decoys, draw.choice((1, 2))) if draw.random() < _DECOYS else []
    for template in chosen:
        name = template.name if draw.random() < 0.5 else f"{words.thing()}_{template.name}"
        code = draft.fill(template.one("text"))
        if f"{draft.package}/{name}.py" not in draft.files:
            draft.add(name, code)
            tools.append(name)
    lines = [f"from {draft.package} import {', '.join(sorted(tools))}"] if tools else []
    operations = []
    for path, text in sorted(draft.files.items()):
        module = path.removesuffix(".py").rpartition("/")[2]
        if ("# sibling" not in text and "# harmless" not in text) or module in (v["home"], v["models"], v["other"]):
            continue
        names = [s.name for s in ast.parse(text).body if isinstance(s, ast.FunctionDef | ast.AsyncFunctionDef)]
        lines.append(f"from {draft.package} import {module}")
        operations += [f'    "{n}": {module}.{n},' for n in names if not n.startswith("_")]
    served = operations if draw.random() < _SERVED else []
    by_hand = [] if served else operations
    lines += ["", f"TOOLS = ({', '.join(sorted(tools))},)" if tools else "TOOLS = ()", ""]
    lines += ["OPERATIONS = {", *served, "}"] if served else ["OPERATIONS = {}"]
    if by_hand:
        lines += ["BY_HAND = {", *by_hand, "}", "", "def by_hand(name, *values):", "    return BY_HAND[name](*values)"]
    draft.files[f"{draft.package}/{v['extras']}.py"] = "\n".join(lines)
    draft.files.setdefault("README.md", draft.fill("# <<pkg>>\n\nTakes one JSON object a line, does what `op` says."))
    if draw.random() < 0.5:
        draft.files.setdefault("Dockerfile", draft.fill("FROM python:3.12-slim\nCOPY . /app\nWORKDIR /app"))
    if draw.random() < 0.5:
        draft.files[f"tests/test_{v['unit']}.py"] = draft.fill(
            "import json\n\ndef test_texts_are_told():\n"
            "    text = f\"<<w1>>: {ValueError('none')}\"\n"
            '    assert json.dumps({"error": text}).startswith("{")\n'
        )
    return any(t in decoys for t in chosen)


def _traffic(draft: Draft, defect: Template | None) -> list[dict[str, object]]:
    v, draw = draft.words.values, draft.draw
    bad = bad_fields(defect, v) if defect else {}
    orders = [v["op"]] * draw.randrange(2, 6) + [v[draw.choice(("op1", "op2"))] for _ in range(draw.randrange(3, 9))]
    draw.shuffle(orders)
    return [
        {"op": op, "unit": {**draft.words.unit(n), **(bad if op == v["op"] else {})}} for n, op in enumerate(orders, 1)
    ]
