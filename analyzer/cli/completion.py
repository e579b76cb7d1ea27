"""`analyzer completion SHELL`: the script that lets a shell complete verbs, options and ids; and its answers.

The script hands the line up to the cursor over in `_ANALYZER_COMPLETE` and reads lines of `value TAB description`. What
can be completed where is typer's business. Its own scripts are not used: the one for bash loses words at the colon of
a fingerprint, the one for zsh passes descriptions, which are log text, to `eval`.
"""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import typer

from analyzer.cli.failing import failing_clearly
from analyzer.cli.manual import manual
from analyzer.errors import ConfigError

VARIABLE = "_ANALYZER_COMPLETE"

BASH = r"""# analyzer completion for bash 4.4 or newer:  eval "$(analyzer completion bash)"
_analyzer_completion() {
    local line="${COMP_LINE:0:COMP_POINT}" taken="" value text word
    local -a values=() told=()
    COMPREPLY=()
    # Bash breaks words at colons, and s2:9f2c has one: what stands before the last colon must not come twice.
    word="${line##*[[:space:]]}"
    [[ $COMP_WORDBREAKS == *:* && $word == *:* ]] && taken="${word%"${word##*:}"}"
    while IFS=$'\t' read -r value text; do
        values+=("${value#"$taken"}")
        told+=("$value${text:+  ($text)}")
    done < <(_ANALYZER_COMPLETE="$line" "$1" 2>/dev/null)
    # 63 is a mere listing after the second TAB: nothing of it reaches the line.
    if [[ ${COMP_TYPE-} == 63 && ${#values[@]} -gt 1 ]]; then
        COMPREPLY=("${told[@]}")
    else
        COMPREPLY=("${values[@]}")
    fi
}
complete -o nosort -o default -F _analyzer_completion analyzer
"""

ZSH = r"""#compdef analyzer
# analyzer completion for zsh:  analyzer completion zsh > "${fpath[1]}/_analyzer"
_analyzer() {
    local line value text
    local -a answers
    line="${(j: :)words[1,CURRENT]}"
    while IFS=$'\t' read -r value text; do
        answers+=("${${value//\\/\\\\}//:/\\:}${text:+:$text}")
    done < <(_ANALYZER_COMPLETE="$line" "$words[1]" 2>/dev/null)
    if (( ${#answers} )); then
        _describe -V analyzer answers
    else
        _files
    fi
}
if [[ $funcstack[1] == _analyzer ]]; then
    _analyzer "$@"
else
    compdef _analyzer analyzer
fi
"""

FISH = r"""# analyzer completion for fish:  analyzer completion fish > ~/.config/fish/completions/analyzer.fish
function __analyzer_complete
    set -l line (commandline -cp | string join ' ')
    set -l answers (_ANALYZER_COMPLETE="$line" analyzer 2>/dev/null)
    if test (count $answers) -gt 0
        printf '%s\n' $answers
    else
        __fish_complete_path (commandline -ct)
    end
end
complete --command analyzer --no-files --keep-order --arguments '(__analyzer_complete)'
"""

SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH}


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(
        "completion",
        help="Lets a shell complete verbs, options and ids.\n\n"
        "Prints a script for the place where the shell looks for such, or to be evaluated in its start file. Ids "
        "of clusters come from the report that the line names, saved cycles and claimed commits from the history.",
        epilog=manual(
            examples=[
                'eval "$(analyzer completion bash)"',
                'analyzer completion zsh > "${fpath[1]}/_analyzer"',
                "analyzer completion fish > ~/.config/fish/completions/analyzer.fish",
            ],
            see=["show", "docs/how-to/shell-completion.md"],
        ),
    )(completion)


@failing_clearly
def completion(
    shell: str = typer.Argument(
        ..., metavar="SHELL", help="bash, zsh or fish.", autocompletion=lambda: list(SCRIPTS), show_default=False
    ),
) -> None:
    """Print the script."""
    if shell not in SCRIPTS:
        raise ConfigError(f"no completion for {shell}", f"name one of {', '.join(SCRIPTS)}")
    sys.stdout.write(SCRIPTS[shell])


def answer(line: str) -> None:
    """What may stand at the end of the line, a line each. Whatever fails is silence: a shell shows all that is said."""
    try:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - until the end of the process
        for value, text in suggestions(line):
            sys.stdout.write(f"{value}\t{text}\n" if text else f"{value}\n")
        sys.stdout.flush()
    except Exception:
        return  # a traceback would land in the middle of the line that is being typed


def suggestions(line: str) -> list[tuple[str, str]]:
    """Value and description of each word that can take the place of the last one."""
    from typer._completion_classes import FishComplete
    from typer.main import get_command

    from analyzer.cli import app

    words = _words(line)
    incomplete = words.pop() if words and not line[-1:].isspace() else ""
    shell = FishComplete(get_command(app), {}, "analyzer", VARIABLE)
    found = shell.get_completions(words[1:], incomplete)
    return [(item.value, " ".join((item.help or "").split())) for item in found]


def _words(line: str) -> list[str]:
    """The line split as a shell would, with what is not finished as its last word."""
    reader = shlex.shlex(line, posix=True, punctuation_chars=False)
    reader.whitespace_split = True
    reader.commenters = ""
    found: list[str] = []
    try:
        found.extend(reader)
    except ValueError:
        found.append(reader.token)
    return found
