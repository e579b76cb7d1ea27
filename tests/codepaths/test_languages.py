from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.codepaths import open_repository
from analyzer.codepaths.checks import check_languages
from analyzer.codepaths.folding import HOLE
from analyzer.codepaths.languages import LANGUAGES, choose, extract_as, is_installed, outline_as
from analyzer.codepaths.statements import Statement
from analyzer.model import Frame, Role

pytestmark = pytest.mark.skipif(
    not all(is_installed(language) for language in LANGUAGES), reason="the extra `languages` is not installed"
)

GO = """\
package shop

import "fmt"

var errEmpty = errors.New("the cart has no lines")

func (c *Cart[T]) Add(n int) error {
\tdefer func() {
\t\tpanic("nobody adds twice")
\t}()
\tif n < 0 {
\t\treturn fmt.Errorf("cannot add %d of %q: %w", n, c.Name, err)
\t}
\treturn nil
}
"""
JAVA = """\
package org.shop;

class Cart {
    static class Line {
        void add(int n) {
            lines.forEach(line -> {
                throw new IllegalStateException("line " + n + " is " + '"' + line + '"');
            });
        }
    }

    Cart(String name) {
        LOG.info("cart {} opened", name);
    }
}
"""
TYPESCRIPT = """\
export class Cart<T> {
  private readonly note: string = "the cart is new";

  async add(n: number): Promise<void> {
    await retry(async () => {
      throw new CartError(`cannot add ${n} of ${this.name}`);
    });
  }
}

exports.close = (cart: Cart) => logger.warn({ cart }, "closed %s early", cart.name);
"""


def statements(language: str, code: str) -> list[Statement]:
    return extract_as(language, code.encode()).statements


def only(language: str, code: str) -> Statement:
    found = statements(language, code)
    assert len(found) == 1, found
    return found[0]


def go(line: str) -> str:
    return f"package a\n\nfunc run() error {{\n{line}\nreturn nil\n}}\n"


def java(line: str) -> str:
    return f"class A {{\nvoid run() {{\n{line}\n}}\n}}\n"


@pytest.mark.parametrize(
    ("line", "level", "template"),
    [
        ("console.error('lost', order, 'after', n)", "ERROR", "lost {} after {}"),
        ("console.log('%s took %d ms', name, ms)", "", "{} took {} ms"),
        ("logger.warn(`lost ${order.id} twice`)", "WARNING", "lost {} twice"),
        ("this.log.info({ order }, 'lost one order')", "INFO", "lost one order"),
        ("log.debug('lost: ' + order.id + '!')", "DEBUG", "lost: {}!"),
        ("winston.error('could not save order', err)", "ERROR", "could not save order {}"),
        ("log.error('orders', 'could not save order')", "ERROR", "could not save order"),
        ("console.warn(chalk.red(`order ${id} is late`))", "WARNING", "order {} is late"),
        ("logWarn('it\\'s \\u0041 \\n late one')", "WARNING", "it's A late one"),
    ],
)
def test_javascript_log_lines(line: str, level: str, template: str) -> None:
    for language in ("javascript", "typescript", "tsx"):
        found = only(language, line)
        assert (found.kind, found.level, found.text) == ("log", level, template.replace("{}", HOLE))


@pytest.mark.parametrize(
    ("line", "level", "template"),
    [
        ('log.Printf("lost %s after %d", name, n)', "", "lost {} after {}"),
        ('log.Println("lost", name)', "", "lost {}"),
        ('slog.Error("could not save", "order", id, "err", err)', "ERROR", "could not save"),
        ('slog.WarnContext(ctx, "could not save", "order", id)', "WARNING", "could not save"),
        ('logger.Info("order saved", zap.String("order", id))', "INFO", "order saved"),
        ('log.Error().Err(err).Str("order", id).Msg("could not save")', "ERROR", "could not save"),
        ('logrus.WithField("order", id).Warnf("late by %v", d)', "WARNING", "late by {}"),
        ('klog.V(2).InfoS("order is late", "order", id)', "INFO", "order is late"),
        ('klog.ErrorS(err, "order is lost", "order", id)', "ERROR", "order is lost"),
        ("log.Fatal(`cannot start: ` + name)", "CRITICAL", "cannot start: {}"),
    ],
)
def test_go_log_lines_hold_no_structured_values(line: str, level: str, template: str) -> None:
    found = only("go", go(line))
    assert (found.kind, found.level, found.text) == ("log", level, template.replace("{}", HOLE))


@pytest.mark.parametrize(
    ("line", "kind", "level", "template"),
    [
        ('LOG.warn("lost {} after {}", name, n, ex);', "log", "WARNING", "lost {} after {}"),
        ('logger.log(Level.SEVERE, "order {0} is lost", id);', "log", "", "order {} is lost"),
        ('logger.atError().log("order {} is lost", id);', "log", "ERROR", "order {} is lost"),
        ('log.error(String.format("order %s is %1$s%n", id));', "log", "ERROR", "order {} is {}"),
        ('System.err.println("order " + id + " is lost");', "print", "", "order {} is lost"),
        ('throw new Lost(MessageFormat.format("order {0,number,#} is lost", id));', "raise", "", "order {} is lost"),
        ('Objects.requireNonNull(id, "order must have an id");', "raise", "", "order must have an id"),
        ('String s = """\n    order is \\\n    lost\n    """;', "assign", "", "order is lost"),
    ],
)
def test_java_lines(line: str, kind: str, level: str, template: str) -> None:
    found = only("java", java(line))
    assert (found.kind, found.level, found.text) == (kind, level, template.replace("{}", HOLE))


@pytest.mark.parametrize(
    ("language", "code", "rows"),
    [
        (
            "go",
            GO,
            [
                (5, "<module>", "exception", "the cart has no lines"),
                (9, "Cart.Add", "raise", "nobody adds twice"),
                (12, "Cart.Add", "raise", "cannot add {} of {}: {}"),
            ],
        ),
        (
            "java",
            JAVA,
            [(7, "Cart.Line.add", "raise", 'line {} is "{}"'), (13, "Cart.<init>", "log", "cart {} opened")],
        ),
        (
            "typescript",
            TYPESCRIPT,
            [
                (2, "Cart", "assign", "the cart is new"),
                (6, "Cart.add", "raise", "cannot add {} of {}"),
                (11, "close", "log", "closed {} early"),
            ],
        ),
    ],
)
def test_functions_are_named_as_stack_traces_would(
    language: str, code: str, rows: list[tuple[int, str, str, str]]
) -> None:
    found = [(s.line, s.function, s.kind, s.text.replace(HOLE, "{}")) for s in statements(language, code)]
    assert found == rows


@pytest.mark.parametrize(
    ("code", "function"),
    [
        ("Cart.prototype.add = function () { throw new Error('no such cart') }", "Cart.add"),
        ("module.exports = { add() { throw new Error('no such cart') } }", "add"),
        ("module.exports = function (app) { app.add = () => { throw new Error('no such cart') } }", "app.add"),
        ("const add = wrapped(async () => { throw new Error('no such cart') })", "add"),
        ("function add() { const x = list.map(() => { throw new Error('no such cart') }) }", "add"),
        ("class Cart { #add = () => { throw new Error('no such cart') } }", "Cart.add"),
        ("app.get('/carts', () => { throw new Error('no such cart') })", "<module>"),
    ],
)
def test_a_javascript_function_has_the_name_it_is_given(code: str, function: str) -> None:
    found = only("javascript", code)
    assert (found.function, found.kind, found.name) == (function, "raise", "Error")


def test_annotated_javascript_is_read_as_its_dialect() -> None:
    found = only("javascript", "class A {\n  add(n: number): void {\n    throw new Error('no such cart')\n  }\n}\n")
    assert (found.function, found.line) == ("A.add", 3)


def test_imports_types_tags_and_comparisons_are_no_messages() -> None:
    assert statements("go", 'package a\nimport "some path here"\ntype T struct { A string `json:"a b c"` }\n') == []
    assert statements("typescript", "import x from 'some path';\ntype T = 'one of many';\n") == []
    assert statements("javascript", "if (x === 'one of many') {}\n") == []
    assert statements("java", 'import a.b;\n@Path("some path here")\nclass A {}\n') == []


def test_frames_of_these_languages_are_checked_against_their_functions(repository, cache: Path) -> None:
    repository.commit(
        {
            "shop/cart.go": GO,
            "core/src/main/java/org/shop/Cart.java": JAVA,
            "other/src/main/java/org/else/Cart.java": "package org.else;\n" * 20,
            "web/cart.ts": TYPESCRIPT,
        }
    )
    with_frames = open_repository(repository.root, cache_dir=cache, redact=str, jobs=1)

    def place(file: str, line: int, function: str | None) -> tuple[str, int, str | None, Role, bool]:
        (found,) = with_frames.frames([Frame(file=file, line=line, function=function)])
        return found.file, found.line, found.function, found.role, found.unique

    java_file = "core/src/main/java/org/shop/Cart.java"
    assert place("/src/shop/cart.go", 12, "example.org/shop.(*Cart[...]).Add") == (
        "shop/cart.go",
        12,
        "Cart.Add",
        Role.RAISE,
        True,
    )
    assert place("/src/shop/cart.go", 9, "example.org/shop.(*Cart[...]).Add.func1")[2:4] == ("Cart.Add", Role.RAISE)
    assert place("Cart.java", 7, "org.shop.Cart$Line.lambda$add$0") == (java_file, 7, "Cart.Line.add", Role.RAISE, True)
    assert place("Cart.java", 13, "org.shop.Cart.<init>") == (java_file, 13, "Cart.<init>", Role.FRAME, True)
    assert place("/app/web/cart.ts", 6, "async SpecialCart.add")[2:] == ("Cart.add", Role.RAISE, True)
    moved = with_frames.frames([Frame(file="/src/shop/cart.go", line=90, function="example.org/shop.(*Cart).Add")])[0]
    assert (moved.line, moved.unique) == (7, False)
    assert moved.confidence < 0.8


def test_files_are_indexed_once_their_grammar_is_there(repository, cache: Path) -> None:
    repository.commit({"shop/cart.go": GO, "shop/cart.py": "raise ValueError('the cart is closed')\n"})
    without = (
        "import json, sys; sys.modules['tree_sitter'] = None\n"
        "from pathlib import Path; from analyzer.codepaths import open_repository\n"
        "index = open_repository(Path(sys.argv[1]), cache_dir=Path(sys.argv[2]), redact=str, jobs=1)\n"
        "found = [p.file for p in index.statements('nobody adds twice') + index.statements('the cart is closed')]\n"
        "print(json.dumps([found, [str(u) for u in index.unread], index.unparsed]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", without, str(repository.root), str(cache)], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == [
        ["shop/cart.py"],
        ["1 file of Go not read: pip install 'incident-analyzer[languages]'"],
        [],
    ]
    index = open_repository(repository.root, cache_dir=cache, redact=str, jobs=1)
    (found,) = index.statements("nobody adds twice", limit=1)
    assert (found.file, found.function, found.role, index.unread) == ("shop/cart.go", "Cart.Add", Role.RAISE, ())


def test_copies_and_built_files_are_left_out_and_said() -> None:
    files = ["a.go", "vendor/x/a.go", "node_modules/x/i.js", "dist/a.js", "web/a.min.js", "web/b.js", "README.md"]
    chosen = choose({path: f"blob-{path}" for path in files})
    assert sorted(p for paths in chosen.paths_by_key.values() for p in paths) == ["a.go", "web/b.js"]
    assert [str(u) for u in chosen.unread] == [
        "1 file of Go not read: a copy of somebody else's code",
        "1 file of JavaScript not read: a copy of somebody else's code",
        "2 files of JavaScript not read: built from other files",
    ]


def test_one_content_under_two_suffixes_is_read_in_each_language() -> None:
    chosen = choose({"a.ts": "1", "b.js": "1", "c.js": "1", "d.py": "1"})
    assert sorted(chosen.paths_by_key.values()) == [["a.ts"], ["b.js", "c.js"], ["d.py"]]


def test_a_test_file_stands_behind_the_code_it_tests(repository, cache: Path) -> None:
    repository.commit(
        {
            "a/cart_test.go": 'package a\nfunc TestX() { want := "cart 7 was closed"\n t.Fatal("no cart in it")\n}\n',
            "b/cart.go": 'package b\nfunc Close() { log.Printf("cart %d was closed", id)\n}\n',
        }
    )
    index = open_repository(repository.root, cache_dir=cache, redact=str, jobs=1)
    assert [p.file for p in index.statements("cart 7 was closed")] == ["b/cart.go"]
    assert [p.file for p in index.statements("no cart in it")] == ["a/cart_test.go"]


@pytest.mark.parametrize(
    ("language", "code", "problem"),
    [
        ("javascript", "x='some text';" * 1_000, "minified"),
        ("java", "a<" * 2_000, "open brackets"),
        ("go", "// \n" * 300_000, "larger than"),
        ("typescript", "(() => {\n" * 2_000 + "throw new Error('deep')" + "\n})()" * 2_000, "nested too deeply"),
    ],
)
def test_what_cannot_be_read_is_a_problem_of_the_file(language: str, code: str, problem: str) -> None:
    assert problem in extract_as(language, code.encode()).problem
    assert not outline_as(language, code.encode()).parsed


@given(language=st.sampled_from(sorted(LANGUAGES)), code=st.binary(max_size=200))
def test_any_bytes_are_read_without_an_error(language: str, code: bytes) -> None:
    found = extract_as(language, code)
    assert len(found.statements) == len(found.words)
    outline_as(language, code)


@given(language=st.sampled_from(sorted(LANGUAGES)), code=st.text("`'\"{}()<>+%$.:=;\n a0/", max_size=80))
def test_any_punctuation_is_read_without_an_error(language: str, code: str) -> None:
    extract_as(language, code.encode())


def test_the_doctor_says_which_languages_are_read() -> None:
    (check,) = check_languages()
    assert check.finding == "Python, Go, Java, JavaScript, TypeScript"
