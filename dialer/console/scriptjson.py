"""`check --json` and `rehearse --json`: for programs. Fields are added, never renamed or removed; docs/editing-scripts.md lists them."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from voice.script.coverage import Coverage
from voice.script.gate import Examined
from voice.script.rehearse import RehearsalResult
from voice.script.source import Finding

FORMAT = 1


def check(examined: Sequence[Examined]) -> str:
    findings = dict.fromkeys(finding for each in examined for finding in each.findings)
    return _told(examined, {"scripts": [_script(each) for each in examined]}, findings)


def rehearse(examined: Sequence[Examined], findings: Sequence[Finding]) -> str:
    scripts = [
        {
            **_script(each),
            "rehearsals": [_rehearsal(result) for result in each.results],
            "coverage": _coverage(each.coverage),
        }
        for each in examined
    ]
    every = dict.fromkeys([*(finding for each in examined for finding in each.findings), *findings])
    return _told(examined, {"scripts": scripts}, every)


def all_good(examined: Sequence[Examined], findings: Iterable[Finding]) -> bool:
    """Is there something, and may all of it be published?"""
    return bool(examined) and not any(f.blocks for f in findings) and all(each.passed for each in examined)


def _told(examined: Sequence[Examined], body: dict[str, Any], findings: dict[Finding, None]) -> str:
    good = all_good(examined, findings)
    told = {"v": FORMAT, "ok": good, **body, "findings": [finding.as_dict() for finding in findings]}
    return json.dumps(told, ensure_ascii=False, indent=2)


def _script(each: Examined) -> dict[str, Any]:
    digest = each.script.hash if each.script else ""
    return {"code": each.code, "file": each.path.as_posix(), "hash": digest, "ok": each.passed}


def _rehearsal(result: RehearsalResult) -> dict[str, Any]:
    rehearsal = result.rehearsal
    return {
        "it": rehearsal.it,
        "persona": rehearsal.persona,
        "file": rehearsal.place.file,
        "line": rehearsal.place.line,
        "ok": result.passed,
        "faults": list(result.faults),
        "conclusion": result.conclusion.value,
        "steps": list(result.steps),
        "talk": [
            {"ours": line.ours, "step": line.step, "text": line.text, "intents": list(line.intents)}
            for line in result.talk
        ],
    }


def _coverage(coverage: Coverage) -> dict[str, Any]:
    return {
        "steps": dict(coverage.steps),
        "replies": [{"step": step, "reply": reply, "taken": n} for (step, reply), n in coverage.replies.items()],
    }
