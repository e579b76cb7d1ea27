"""What a report cites: entry ids, clusters, rules, places in the code; and evidence that cites nothing."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from analyzer.model import Role
from analyzer.reports.verifying.checking import Checking
from analyzer.reports.verifying.knowing import Rulebook
from analyzer.reports.verifying.parts import Report, entry_ids_of, evidence_of, fingerprints_of, names_of, paths_of

_FINGERPRINT = re.compile(r"s\d{1,4}:[0-9a-f]{16}", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{7,64}", re.ASCII)


def check_citations(report: Report, rulebook: Rulebook, checking: Checking) -> None:
    """Every cited id is one, and of something that the report has; every sentence of evidence cites something."""
    with checking.part("clusters"):
        _identities(report, rulebook, checking)
    with checking.part("clusters"):
        _exemplars(report, checking)
    named: Mapping[str, Any] = {}
    with checking.part("clusters"):
        named = names_of(report)
    with checking.part("causes"):
        for where, fingerprint in fingerprints_of(report):
            checking.holds(fingerprint in named, where, fingerprint, "the report has no such cluster", "citation")
    with checking.part("tests/transitions"):
        _transitions(report, named, checking)
    with checking.part("commit_links"):
        _commit_links(report, checking)
    with checking.part("fixes"):
        _claims(report, named, rulebook, checking)
    with checking.part("causes"):
        for where, entry_id in entry_ids_of(report):
            fits = isinstance(entry_id, str) and bool(entry_id.strip())
            checking.holds(fits, where, entry_id, "it is no id of an entry", "citation")
    with checking.part("causes"):
        places = {(path["file"], path["line"]) for _, path in paths_of(report)}
        for where, evidence in evidence_of(report):
            with checking.part(where):
                _evidence(evidence, where, rulebook, places, checking)
    with checking.part("causes"):
        for where, path in paths_of(report):
            with checking.part(where):
                _code_path(path, where, checking)


def _identities(report: Report, rulebook: Rulebook, checking: Checking) -> None:
    prints = [cluster["fingerprint"] for cluster in report["clusters"]]
    for number, cluster in enumerate(report["clusters"]):
        where = f"clusters/{number}"
        mine, aliases = cluster["fingerprint"], cluster["aliases"]
        for place, one in (
            (f"{where}/fingerprint", mine),
            *((f"{where}/aliases/{n}", a) for n, a in enumerate(aliases)),
        ):
            checking.holds(_FINGERPRINT.fullmatch(one) is not None, place, one, "it is no fingerprint", "citation")
        checking.holds(prints.count(mine) == 1, f"{where}/fingerprint", mine, "another cluster has it too", "citation")
        fits = len(aliases) == len(set(aliases)) and mine not in aliases
        checking.holds(fits, f"{where}/aliases", aliases, "a fingerprint stands twice", "citation")
        if cluster["noise"] is not None:
            fits = rulebook.knows(cluster["noise"])
            checking.holds(fits, f"{where}/noise", cluster["noise"], "there is no such rule", "citation")


def _exemplars(report: Report, checking: Checking) -> None:
    """Entries of one cluster are of no other, and are among its members where these are listed."""
    owner: dict[str, str] = {}
    for number, cluster in enumerate(report["clusters"]):
        if not cluster["count"]:
            continue
        where, members = f"clusters/{number}", cluster.get("members")
        exemplars = cluster["exemplars"]
        fits = 1 <= len(exemplars) <= cluster["count"]
        checking.holds(fits, f"{where}/exemplars", len(exemplars), f"of {cluster['count']} occurrences", "citation")
        for place, exemplar in enumerate(exemplars):
            ids = exemplar["entry_ids"]
            here = f"{where}/exemplars/{place}"
            strange = sorted(set(exemplar.get("roles") or {}) - set(ids))
            checking.holds(not strange, f"{here}/roles", strange, "they are no entries of the exemplar", "citation")
            checking.holds(bool(ids), f"{here}/entry_ids", ids, "an exemplar has entries", "citation")
        rows = cluster.get("seen_on") or ()
        cited = [i for x in exemplars for i in x["entry_ids"]] + [i for row in rows for i in row["entry_ids"]]
        for entry_id in dict.fromkeys([*cited, *(members or ())]):
            other = owner.setdefault(entry_id, cluster["fingerprint"])
            fits = other == cluster["fingerprint"]
            checking.holds(fits, f"{where}/exemplars", entry_id, f"it is an entry of {other}", "citation")
        if members is not None:
            strange = sorted(set(cited) - set(members))
            checking.holds(not strange, f"{where}/members", strange, "they are not among the members", "citation")


def _transitions(report: Report, named: Mapping[str, Any], checking: Checking) -> None:
    tests = report["tests"] or {}
    clusters = {result["test"]: result["clusters"] for result in tests.get("results") or ()}
    for number, move in enumerate(tests.get("transitions") or ()):
        where = f"tests/transitions/{number}/clusters"
        if clusters.get(move["test"]):
            checking.equals(move["clusters"], clusters[move["test"]], where, "citation")
            continue
        for fingerprint in move["clusters"]:
            fits = _FINGERPRINT.fullmatch(fingerprint) is not None
            checking.holds(fits, where, fingerprint, "it is no fingerprint", "citation")
        if not set(move["clusters"]) <= named.keys():
            checking.skip("transitions that name clusters of the baseline: its report was not read")


def _claims(report: Report, named: Mapping[str, Any], rulebook: Rulebook, checking: Checking) -> None:
    for number, fix in enumerate(report["fixes"]):
        where = f"fixes/{number}"
        fits = _COMMIT.fullmatch(fix["commit"]) is not None
        checking.holds(fits, f"{where}/commit", fix["commit"], "it is no id of a commit", "citation")
        for place, claim in enumerate(fix["claims"]):
            cluster = named.get(claim)
            if cluster is None:
                fits = _FINGERPRINT.fullmatch(claim) is not None
                checking.holds(fits, f"{where}/claims/{place}", claim, "it is no fingerprint", "citation")
                checking.skip("claims of clusters that only earlier cycles have: their reports were not read")
                continue
            fits = rulebook.is_about(fix["claim_text"], cluster)
            said = f"its texts do not hold “{fix['claim_text']}”"
            if not fits and cluster["alias_reason"]:
                checking.skip("claims that were made of an earlier wording of a cluster: its report was not read")
            else:
                checking.holds(fits, f"{where}/claims/{place}", claim, said, "citation")
        missed = [
            cluster["fingerprint"]
            for cluster in report["clusters"]
            if rulebook.is_about(fix["claim_text"], cluster)
            and not {cluster["fingerprint"], *cluster["aliases"]} & set(fix["claims"])
        ]
        checking.holds(not missed, f"{where}/claims", fix["claims"], f"the text names {missed} too", "citation")


def _evidence(
    evidence: Mapping[str, Any], where: str, rulebook: Rulebook, places: Collection[tuple[str, int]], checking: Checking
) -> None:
    text, file, line, rule = evidence["text"], evidence.get("file"), evidence.get("line"), evidence.get("rule")
    cites = bool(evidence["entry_ids"]) or (file is not None and line is not None) or rule is not None
    checking.holds(cites, where, text, "it cites no entry, no line of code and no rule", "citation")
    checking.holds(bool(text), f"{where}/text", text, "it says nothing", "citation")
    if rule is not None:
        checking.holds(rulebook.knows(rule), f"{where}/rule", rule, "there is no such rule", "citation")
    if file is not None:
        checking.holds(_is_inside(file), f"{where}/file", file, "it is no path below a repository", "citation")
    if line is not None:
        fits = file is not None and _is_line(line)
        checking.holds(fits, f"{where}/line", line, "it is no line of a file", "citation")
        if fits and file is not None and text.partition(f"{file}:")[2][:1].isdigit():
            # a sentence on a place of the code may name another line of the same file
            fits = _speaks_of(text, file, line) or (file, line) in places
            checking.holds(fits, f"{where}/line", line, f"the text is “{text}”", "citation")


def _commit_links(report: Report, checking: Checking) -> None:
    """Each is the https page of just that commit."""
    for commit, page in (report.get("commit_links") or {}).items():
        fits = page.startswith("https://") and page.endswith(f"/{commit}") and _COMMIT.fullmatch(commit) is not None
        checking.holds(fits, f"commit_links/{commit}", page, "it is no page of that commit", "citation")


def _code_path(path: Mapping[str, Any], where: str, checking: Checking) -> None:
    line, end, commit = path["line"], path["end_line"], path["commit"]
    checking.holds(
        _is_inside(path["file"]), f"{where}/file", path["file"], "it is no path below a repository", "citation"
    )
    fits = _is_line(line) and _is_line(end) and line <= end
    checking.holds(fits, f"{where}/line", [line, end], "lines count from 1 and ascend", "citation")
    fits = 0 <= path["confidence"] <= 1
    checking.holds(fits, f"{where}/confidence", path["confidence"], "it lies in 0 to 1", "order")
    if commit is not None:
        checking.holds(_COMMIT.fullmatch(commit) is not None, f"{where}/commit", commit, "it is no commit", "citation")
    excerpt = path["excerpt"]
    if excerpt:
        numbers = [row["line"] for row in excerpt]
        fits = numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        checking.holds(fits, f"{where}/excerpt", numbers, "its lines follow each other", "citation")
        marked = [row["line"] for row in excerpt if row["marked"]]
        checking.holds(marked == [line], f"{where}/excerpt", marked, f"line {line} is the one to mark", "citation")
    fits = path["role"] in tuple(Role)
    checking.holds(fits, f"{where}/role", path["role"], f"one of {[role.value for role in Role]}", "citation")
    if (link := path.get("link")) is not None:
        fits = str(commit) in link and f"{line}" in link.rpartition("#")[2] and link.startswith("https://")
        checking.holds(fits, f"{where}/link", link, f"line {line} at {commit} is meant", "citation")


def _speaks_of(text: str, file: str, line: int) -> bool:
    """Whether `file:line` stands in a text, and not as the beginning of a longer number."""
    return any(not rest[:1].isdigit() for rest in text.split(f"{file}:{line}")[1:])


def _is_inside(file: object) -> bool:
    if not isinstance(file, str) or not file or file.startswith("/") or "\\" in file or "\0" in file:
        return False
    return ".." not in file.split("/")


def _is_line(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1
