"""A signed audit report as a PDF in both languages, with the signed JSON inside.

The JSON is the report; the pages show it. The same report gives the same bytes.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from treering.domain.attested import MEMBER
from treering.render.pdf.press import Press

LOTS, DIFFERENCES = 500, 200  # shown; the JSON inside holds more
_COUNTS = ("endorsed", "accepted", "minted", "revoked", "live", "deficit")
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Paper:
    """`fonts` as for the certificates'."""

    fonts: Path | None

    def printed(self, signed: Document) -> bytes:
        """FontsMissing without the Chinese font."""
        time = datetime.fromisoformat(signed["block"]["time"])
        report = json.dumps(signed, indent=2) + "\n"
        inputs = {"paper": json.dumps(_paper(signed), ensure_ascii=False), "report": report}
        return Press(self.fonts).reported(inputs, int(time.timestamp()))


def _paper(signed: Document) -> Document:
    programmes = [line for line in signed["sums"] if line["by"] == "programme"]
    return {
        "key": signed[MEMBER]["key"],
        "agrees": signed["agrees"],
        "facts": _facts(signed),
        "counts": _counts(signed),
        "inputs": [[i["kind"], i["sha256"], f"{i['compared']:,}"] for i in signed["inputs"]],
        "sums": [[line["key"], line["unit"], *_numbers(line)] for line in programmes],
        "lots": [[line["lot"], line["unit"], *_numbers(line)] for line in signed["lots"][:LOTS]],
        "more_lots": max(0, len(signed["lots"]) - LOTS),
        "differences": [_difference(one) for one in signed["differences"][:DIFFERENCES]],
        "more_differences": max(0, signed["counts"]["differences"] - DIFFERENCES),
    }


def _facts(signed: Document) -> list[list[str]]:
    block, release = signed["block"], signed["is_release"]
    code = signed["code_hash"] + (" = " if release else " ≠ ") + signed["tool"]
    return [
        ["合约", "contract", signed["contract"]],
        ["链", "chain", str(signed["chain_id"])],
        ["区块", "block", f"{block['number']:,}"],
        ["区块哈希", "block's hash", block["hash"]],
        ["区块时间", "block's time", block["time"]],
        ["合约代码哈希", "hash of its code", code],
        ["日志哈希", "hash of all logs", signed["logs_hash"]],
        ["一致的节点", "nodes that agree", _nodes(signed)],
        ["工具", "tool", signed["tool"]],
    ]


def _nodes(signed: Document) -> str:
    """How many; and where it is one alone, what it might have hidden (docs/trust.md)."""
    if signed["nodes"] > 1:
        return str(signed["nodes"])
    return "1: roles or newest claims that it hides are not seen 单一节点隐瞒的角色与核销无从得知"


def _counts(signed: Document) -> list[list[str]]:
    counts, acts = signed["counts"], signed["transactions"]
    read = "–" if acts is None else f"{acts['direct']:,} + {acts['indirect']:,}"
    return [
        ["事件", "events", f"{counts['events']:,}"],
        ["重建的批次根", "roots rebuilt", f"{counts['batches']:,}"],
        ["记录", "records", f"{counts['records']:,}"],
        ["核对的合约数值", "values of the contract compared", f"{counts['answers']:,}"],
        ["交易（直接 + 经由其他合约）", "transactions (direct + through contracts)", read],
        ["差异", "differences", f"{counts['differences']:,}"],
    ]


def _numbers(line: Document) -> list[str]:
    return ["–" if line[name] is None else f"{line[name]:,}" for name in _COUNTS]


def _difference(one: Document) -> dict[str, str]:
    return {name: str(one[name]) for name in ("code", "subject", "expected", "found", "rule")}
