"""The kinds of things in a trace: what PROV calls each, and its title in both languages."""

from collections.abc import Mapping
from datetime import datetime

from treering.domain.provenance.graph import Fact, Kind, Source, Thing

# {} stands for what this one of its kind is called, in its language.
_KINDS = {
    "HolderCommitment": (Kind.ENTITY, "Holder, as a commitment", "持有人（承诺值）"),
    "Redemption": (Kind.ACTIVITY, "Redemption", "兑换"),
    "Record": (Kind.ENTITY, "Record", "记录"),
    "Certificate": (Kind.ENTITY, "Certificate {}", "证书 {}"),
    "Batch": (Kind.ENTITY, "Batch of {}", "批次（{} 条）"),
    "Minting": (Kind.ACTIVITY, "Transaction", "上链交易"),
    "Lot": (Kind.ENTITY, "{}", "{}"),
    "Site": (Kind.ENTITY, "{}", "{}"),
    "Planting": (Kind.ACTIVITY, "{}", "{}"),
    "Protection": (Kind.ACTIVITY, "{}", "{}"),
    "Endorsement": (Kind.ACTIVITY, "Endorsement: {}", "核准：{}"),
    "Acceptance": (Kind.ACTIVITY, "Acceptance: {}", "验收：{}"),
    "Survey": (Kind.ACTIVITY, "Survey: {}", "成活调查：{}"),
    "Report": (Kind.ENTITY, "Inspection report", "检查报告"),
    "Evidence": (Kind.ENTITY, "Evidence: {}", "证据：{}"),
    "Replacement": (Kind.ACTIVITY, "Replacement", "替换"),
    "Revocation": (Kind.ACTIVITY, "Revocation", "撤销"),
    "FulfilmentCertificate": (
        Kind.ENTITY,
        "Fulfilment certificate of the registry",
        "尽责证书",
    ),
}


def thing(
    type_: str,
    name: str,
    source: Source,
    facts: Mapping[str, Fact],
    *,
    en: object = "",
    zh: object = None,
    at: datetime | None = None,
) -> Thing:
    """One of a kind; `en` and `zh` are what it is called, `zh` only where it is another."""
    kind, en_title, zh_title = _KINDS[type_]
    return Thing(
        id=name,
        kind=kind,
        type=type_,
        en=en_title.format(en),
        zh=zh_title.format(en if zh is None else zh),
        source=source,
        at=at,
        facts=facts,
    )
