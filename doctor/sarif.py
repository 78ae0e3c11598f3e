"""Findings as SARIF 2.1.0, which code scanning reads (OASIS "Static Analysis Results Interchange Format")."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from doctor.findings import Finding, Kind

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(findings: Iterable[Finding]) -> dict[str, Any]:
    """Return the log of one run."""
    kinds = list(Kind)
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {"name": "mlops doctor pipelines", "rules": [_rule(kind) for kind in kinds]}
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(finding, kinds.index(finding.kind)) for finding in findings],
            }
        ],
    }


def _rule(kind: Kind) -> dict[str, Any]:
    return {
        "id": kind.id,
        "shortDescription": {"text": kind.meaning},
        "defaultConfiguration": {"level": _level(kind)},
    }


def _result(finding: Finding, index: int) -> dict[str, Any]:
    return {
        "ruleId": finding.kind.id,
        "ruleIndex": index,
        "level": _level(finding.kind),
        "message": {"text": f"Found: {finding.found}. Allowed: {finding.allowed}. Fix: {finding.fix}."},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(finding.at.file.as_posix())},
                    "region": {"startLine": finding.at.line},
                }
            }
        ],
    }


def _level(kind: Kind) -> str:
    return "note" if kind.note else "error"
