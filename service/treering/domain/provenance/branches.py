"""What hangs on the way from holder to funder: inspections, evidence, exchange, fall."""

from dataclasses import dataclass

from treering.domain.provenance import names
from treering.domain.provenance.clues import Clues, OnChain
from treering.domain.provenance.drawing import Drawing
from treering.domain.provenance.graph import Fact, Relation, Source
from treering.domain.provenance.kinds import thing
from treering.domain.record import TreeId
from treering.domain.stage import Stage
from treering.domain.view import StatementView


@dataclass(frozen=True, slots=True)
class Branches:
    """Everything that is drawn beside the spine."""

    drawn: Drawing
    clues: Clues

    def draw(self) -> None:
        on_chain = self.clues.on_chain
        if on_chain is not None:
            self._draw_statements(on_chain)
            self._draw_fall(on_chain)
            self._draw_exchange(on_chain)
        self._draw_media()

    def _draw_statements(self, on_chain: OnChain) -> None:
        for number, stated in enumerate(on_chain.statements):
            self._draw_statement(number, stated)
        stated_stages = {stated.stage for stated in on_chain.statements}
        for stage in Stage:
            if stage.name not in stated_stages:
                self.drawn.gap(stage.name.lower(), names.lot(self.clues))

    def _draw_statement(self, number: int, stated: StatementView) -> None:
        name = names.statement(self.clues, number)
        self.drawn.add(
            thing(
                Stage[stated.stage].name.capitalize(),
                name,
                Source.CHAIN,
                {"count": stated.count, "transaction": f"0x{stated.transaction.hex()}"},
                en=f"{stated.count:,}",
                at=stated.inspected_at,
            )
        )
        self.drawn.link(Relation.USED, name, names.lot(self.clues))
        inspector = names.account(stated.inspector)
        address = stated.inspector
        self.drawn.agent(
            inspector,
            "Inspector",
            stated.party_en or address,
            stated.party_zh or address,
            Source.CHAIN,
        )
        self.drawn.link(Relation.ASSOCIATED, name, inspector, "inspector")
        self._draw_report(name, stated)

    def _draw_report(self, statement: str, stated: StatementView) -> None:
        report = names.report(stated.report)
        facts = {"hash": f"0x{stated.report.hex()}"}
        self.drawn.add(thing("Report", report, Source.CHAIN, facts))
        self.drawn.link(Relation.GENERATED, report, statement)
        if stated.report not in {medium.hash for medium in self.clues.media}:
            self.drawn.gap("report", report)

    def _draw_media(self) -> None:
        for medium in self.clues.media:
            name = names.medium(medium.hash)
            facts = {"hash": f"0x{medium.hash.hex()}", "kind": medium.kind}
            self.drawn.add(
                thing("Evidence", name, Source.BOOKS, facts, en=medium.kind, at=medium.seen_at)
            )
            self.drawn.link(Relation.DERIVED, name, names.lot(self.clues))
        if not self.clues.media:
            self.drawn.gap("evidence", names.lot(self.clues))

    def _draw_fall(self, on_chain: OnChain) -> None:
        """What took the record back, and what it stands in the place of."""
        record = names.record(self.clues)
        if on_chain.replaces is not None:
            self.drawn.link(Relation.REVISED, record, self._other_record(on_chain.replaces))
        if on_chain.reason is None and on_chain.replaced_by is None:
            return
        fall = f"fall-{record}"
        how = "Revocation" if on_chain.replaced_by is None else "Replacement"
        facts = {} if on_chain.reason is None else {"reason": on_chain.reason}
        self.drawn.add(thing(how, fall, Source.CHAIN, facts, at=on_chain.fallen_at))
        self.drawn.link(Relation.INVALIDATED, record, fall)
        if on_chain.replaced_by is not None:
            self.drawn.link(Relation.REVISED, self._other_record(on_chain.replaced_by), record)

    def _other_record(self, tree: TreeId) -> str:
        name = f"record-{tree:024x}"
        self.drawn.add(thing("Record", name, Source.CHAIN, {"tree": f"0x{tree:024x}"}))
        return name

    def _draw_exchange(self, on_chain: OnChain) -> None:
        """The registry's certificate that the record was used up for."""
        if on_chain.claim is None:
            return
        mirror = self.clues.mirror
        said = mirror.of(on_chain.claim) if mirror else None
        entry = said.entry if said else None
        name = names.fulfilment(on_chain.claim)
        facts: dict[str, Fact] = {"commitment": f"0x{on_chain.claim.hex()}"}
        if entry:
            facts |= {"year": entry.year, "form": entry.form, "event": entry.event.value}
        source = Source.MIRROR if entry else Source.CHAIN
        at = entry.at if entry else None
        self.drawn.add(thing("FulfilmentCertificate", name, source, facts, at=at))
        self.drawn.link(Relation.DERIVED, name, names.record(self.clues))
        self.drawn.agent("party-REGISTRY", "Registry", "Registry", "登记机构", Source.MIRROR)
        self.drawn.link(Relation.ATTRIBUTED, name, "party-REGISTRY", "issuer")
        if entry is None or (mirror and not mirror.may_lean(self.clues.as_of)):
            self.drawn.gap("fulfilment", name)
