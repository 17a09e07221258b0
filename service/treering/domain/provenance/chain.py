"""From a holder's commitment to the funder: the graph, drawn from what was found.

    holder → redemption → record → batch → transaction → lot → site → project → funder

Inspections, evidence, the registry's certificate and what revoked or replaced the record hang
on it. Each part of the way is one function here and in `branches`.
"""

from treering.domain.lot import Unit
from treering.domain.provenance import names
from treering.domain.provenance.branches import Branches
from treering.domain.provenance.clues import Clues
from treering.domain.provenance.drawing import Drawing
from treering.domain.provenance.graph import Relation, Source, Trace
from treering.domain.provenance.hashes import checks
from treering.domain.provenance.kinds import thing


def traced(clues: Clues) -> Trace:
    """The trace of one certificate; what nobody could tell is among its gaps."""
    drawn = Drawing()
    _draw_holder(drawn, clues)
    _draw_redemption(drawn, clues)
    _draw_record(drawn, clues)
    _draw_batch(drawn, clues)
    _draw_lot(drawn, clues)
    _draw_site(drawn, clues)
    _draw_project(drawn, clues)
    Branches(drawn, clues).draw()
    on_chain = clues.on_chain
    return Trace(
        number=clues.number,
        spine=tuple(drawn.spine),
        things=drawn.things,
        links=tuple(drawn.links),
        checks=checks(clues),
        gaps=tuple(drawn.gaps),
        as_of=clues.as_of,
        block=on_chain.block if on_chain else None,
        block_hash=on_chain.block_hash if on_chain else None,
    )


def _draw_holder(drawn: Drawing, clues: Clues) -> None:
    record = clues.record
    drawn.step(
        thing(
            "HolderCommitment",
            names.holder(clues),
            _source(record),
            {"commitment": f"0x{record.holder.hex()}"} if record else {},
        )
    )


def _source(on_chain: object) -> Source:
    """The chain where it holds this, the books where it does not yet, or nobody could ask."""
    return Source.BOOKS if on_chain is None else Source.CHAIN


def _draw_redemption(drawn: Drawing, clues: Clues) -> None:
    redemption, programme = clues.redemption, clues.programme
    campaign = {"campaign": redemption.campaign} if redemption.campaign else {}
    drawn.step(
        thing(
            "Redemption",
            names.redemption(clues),
            Source.BOOKS,
            {"energyGrams": redemption.price_grams, "units": redemption.count, **campaign},
            at=redemption.redeemed_at,
        ),
        Relation.USED,
    )
    drawn.agent(names.programme(clues), "Programme", programme.name, programme.name)
    drawn.link(Relation.ASSOCIATED, names.redemption(clues), names.programme(clues), "programme")


def _draw_record(drawn: Drawing, clues: Clues) -> None:
    """The record, and the certificate that speaks of it."""
    record = clues.record
    word = {"word": f"0x{record.word.hex()}"} if record else {}
    facts = {"tree": f"0x{clues.tree:024x}", **word}
    drawn.step(
        thing("Record", names.record(clues), _source(record), facts),
        Relation.GENERATED,
    )
    number = clues.number
    drawn.add(
        thing("Certificate", names.certificate(clues), Source.BOOKS, {"number": number}, en=number)
    )
    drawn.link(Relation.DERIVED, names.certificate(clues), names.record(clues))
    drawn.link(Relation.ATTRIBUTED, names.certificate(clues), names.programme(clues), "issuer")


def _draw_batch(drawn: Drawing, clues: Clues) -> None:
    batch = clues.batch
    if batch is None:
        drawn.gap("batch", names.record(clues))
        return
    drawn.step(
        thing(
            "Batch",
            names.batch(clues),
            _source(batch.inclusion),
            {
                "firstSerial": batch.first_serial,
                "count": batch.count,
                "root": f"0x{batch.root.hex()}",
            },
            en=batch.count,
        ),
        Relation.MEMBER,
    )
    if batch.inclusion is None:
        drawn.gap("transaction", names.batch(clues))
        return
    _draw_transaction(drawn, clues)


def _draw_transaction(drawn: Drawing, clues: Clues) -> None:
    assert clues.batch, "its transaction is drawn"
    assert clues.batch.inclusion, "its transaction is drawn"
    inclusion = clues.batch.inclusion
    passage = clues.on_chain.passage if clues.on_chain else None
    drawn.step(
        thing(
            "Minting",
            names.transaction(clues),
            _source(passage),
            {
                "transaction": f"0x{inclusion.transaction.hex()}",
                "block": inclusion.block_number,
                "blockHash": f"0x{inclusion.block_hash.hex()}",
                "chain": clues.network.chain_id,
                "contract": clues.network.contract,
            },
            at=inclusion.block_time,
        ),
        Relation.GENERATED,
    )
    if passage is None:
        drawn.gap("log", names.transaction(clues))
        return
    minter = names.account(passage.minter)
    drawn.agent(minter, "Account", passage.minter, passage.minter, Source.CHAIN)
    drawn.link(Relation.ASSOCIATED, names.transaction(clues), minter, "minter")


def _draw_lot(drawn: Drawing, clues: Clues) -> None:
    """The lot with what the chain holds of it."""
    lot = clues.lot
    facts = clues.on_chain.facts if clues.on_chain else None
    if facts is None:
        drawn.gap("chain" if clues.on_chain is None else "lot", drawn.spine[-1])
    drawn.branch_off(names.record(clues))
    drawn.step(
        thing(
            "Lot",
            names.lot(clues),
            Source.CHAIN if facts else Source.PUBLISHED,
            {
                "species": lot.species.code,
                "plantingYear": lot.year,
                "unit": lot.unit.name,
                "standing": lot.standing.value,
                **({"dossier": f"0x{facts.dossier.hex()}"} if facts else {}),
                **(_counts(clues) if facts else {}),
            },
            en=f"{lot.slug}: {lot.species.en}",
            zh=f"{lot.slug}：{lot.species.zh}",
        ),
        Relation.DERIVED,
    )


def _draw_site(drawn: Drawing, clues: Clues) -> None:
    lot = clues.lot
    outline = {"outline": f"0x{clues.polygon.hex()}"} if clues.polygon else {}
    area = {"areaM2": lot.area_m2} if lot.area_m2 is not None else {}
    drawn.step(
        thing(
            "Site",
            names.site(clues),
            Source.PUBLISHED,
            {"site": lot.site, "province": lot.adcode, **area, **outline},
            en=f"{lot.site_en}, {lot.province_en}",
            zh=f"{lot.province_zh}{lot.site_zh}",
        ),
        Relation.DERIVED,
    )
    if not outline:
        drawn.gap("outline", names.site(clues))


def _counts(clues: Clues) -> dict[str, int]:
    """Endorsed, accepted, surveyed, minted, revoked: each only where somebody stated it."""
    facts = clues.on_chain.facts if clues.on_chain else None
    counts = "endorsed accepted surveyed minted revoked deficit".split()
    found = {name: getattr(facts, name) for name in counts}
    return {name: count for name, count in found.items() if count is not None}


def _draw_project(drawn: Drawing, clues: Clues) -> None:
    """What was done on the site, by whom, and whose money it was."""
    before = names.site(clues)
    if clues.project is None:
        drawn.gap("project", before)
    else:
        project = clues.project
        drawn.step(
            thing(
                "Protection" if clues.lot.unit is Unit.M2 else "Planting",
                names.project(clues),
                Source.PUBLISHED,
                {"standing": project.standing.value},
                en=project.en,
                zh=project.zh,
            ),
            Relation.USED,
        )
        drawn.link(Relation.GENERATED, names.lot(clues), names.project(clues))
        before = names.project(clues)
    funders = [party for party in clues.partners if party.role == "funder"]
    if not funders:
        drawn.gap("funder", before)
    for party in clues.partners:
        drawn.partner(party, before, is_step=party in funders[:1])
