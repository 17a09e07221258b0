"""Inspections: statements prepared for an inspector's own key, checked, kept, and relayed.

Anybody may bring a statement. What the contract would refuse is refused here, before a
transaction is paid for; what it took is final when the chain says so.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from eth_account.signers.local import LocalAccount
from sqlalchemy import Engine

from treering.chain import roles, sender, statements
from treering.chain.ledger import Ledger, LedgerAt
from treering.chain.statements import Statement
from treering.domain import inspection
from treering.domain.inspection import Sheet
from treering.domain.instant import SHANGHAI
from treering.domain.lot import Lot
from treering.domain.record import LotId
from treering.domain.stage import Stage
from treering.domain.view import Network
from treering.errors import (
    SheetRefused,
    StatementNotFound,
    StatementRefused,
    TransactionRefused,
)
from treering.store.evidence import Evidence
from treering.store.inspections import Inspections
from treering.store.lots import Lots

_VALID_FOR = timedelta(days=30)
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What an inspector means to state; `report` is the hash of his report or sheet."""

    lot: str
    stage: Stage
    count: int
    inspected_on: date
    report: bytes


def finding_of(sheet: Sheet) -> Finding:
    """What a sheet tells; SheetRefused for a day that there is not."""
    return Finding(
        lot=sheet.lot,
        stage=Stage[sheet.stage],
        count=sheet.count,
        inspected_on=inspection.day_of(sheet),
        report=sheet.hash(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """As it came. `message` is that of the typed data, `sheet` what its report hashes."""

    message: Mapping[str, Any]
    inspector: str
    signature: bytes
    sheet: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Inspectorate:
    """`relayer` is the key that pays for transactions, asked for when one is sent."""

    engine: Engine
    ledger: Ledger
    network: Callable[[], Network]
    relayer: Callable[[], LocalAccount]
    clock: Callable[[], datetime]

    def prepare(self, found: Finding, inspector: str) -> dict[str, Any]:
        """Typed data for eth_signTypedData_v4; LotNotFound, StatementRefused."""
        if not _ADDRESS.fullmatch(inspector):
            raise StatementRefused("an inspector signs by the key of an address, 0x and 40 digits")
        if not 0 <= found.count < 2**32:
            raise StatementRefused("a count is a whole number below 2³²")
        lot, now = self._lot(found.lot), self.ledger.at("latest")
        begun = datetime.combine(found.inspected_on, datetime.min.time(), SHANGHAI)
        if begun.timestamp() < 0:
            raise StatementRefused(f"{found.inspected_on} is before a chain's time begins")
        statement = Statement(
            lot=lot.id,
            stage=found.stage,
            count=found.count,
            inspectedAt=int(begun.timestamp()),
            report=found.report,
            supersedes=now.statement(lot.id, found.stage),
            nonce=now.nonce(inspector),
            deadline=int((now.as_of + _VALID_FOR).timestamp()),  # by the chain's own clock
        )
        self._check_roles(lot, inspector, now)
        return statements.typed_data(statement, **self._place)

    def sign(self, found: Finding, inspector: LocalAccount) -> Signed:
        """The same, signed by a key that lies here."""
        message = self.prepare(found, inspector.address)["message"]
        statement = statements.from_message(message)
        signature = statements.sign(statement, inspector, **self._place)
        return Signed(message=message, inspector=inspector.address, signature=signature)

    def submit(self, signed: Signed) -> bytes:
        """The statement's id, once it is kept to be relayed; again, the same.

        StatementRefused, SheetRefused, LotNotFound.
        """
        statement = statements.from_message(signed.message)
        if not _ADDRESS.fullmatch(signed.inspector):
            raise StatementRefused("it names no inspector")
        key = statements.signed_by(statement, signed.signature, **self._place)
        if key != signed.inspector.lower():
            raise StatementRefused(f"it was signed by {key}, not by {signed.inspector}")
        id_ = statements.digest(statement, **self._place)
        with self.engine.connect() as connection:
            if Inspections(connection).find(id_):
                return id_
            lot = Lots(connection).get(_lot_id(statement))
        sheet = self._checked(lot, statement, signed.sheet)
        now = self.ledger.at("latest")
        self._check_roles(lot, key, now)
        self._try(statement, signed)
        values = self._values(id_, statement, signed)
        with self.engine.begin() as connection:
            Inspections(connection).add(values, sheet)
        return id_

    def state_of(self, id_: bytes) -> tuple[str, str | None]:
        """received, stated or refused, and why; StatementNotFound."""
        with self.engine.connect() as connection:
            row = Inspections(connection).find(id_)
        if row is None:
            raise StatementNotFound(id_.hex())
        return row.state, row.why

    def relay(self) -> bool:
        """Bring what waits to the contract; whether anything waited.

        Repeated after a crash it finds what is there: the contract takes a statement once.
        """
        with self.engine.connect() as connection:
            waiting = Inspections(connection).waiting()
        for row in waiting:
            state, why = self._relayed(row)
            with self.engine.begin() as connection:
                Inspections(connection).settle(row.id, state, why)
        return bool(waiting)

    @property
    def _place(self) -> dict[str, Any]:
        network = self.network()
        return {"chain_id": network.chain_id, "contract": network.contract}

    def _lot(self, slug: str) -> Lot:
        with self.engine.connect() as connection:
            return Lots(connection).named(slug)

    def _checked(
        self, lot: Lot, statement: Statement, told: Mapping[str, Any] | None
    ) -> dict[str, Any] | None:
        """The sheet, which the statement's report is the hash of."""
        if told is None:
            return None
        sheet: Sheet = inspection.read(dict(told))
        if sheet.hash() != statement.report:
            raise StatementRefused("its report is the hash of another sheet")
        if int(
            datetime.combine(inspection.day_of(sheet), datetime.min.time(), SHANGHAI).timestamp()
        ) != (statement.inspectedAt):
            raise StatementRefused(f"the sheet is of {sheet.inspected_on}, the statement is not")
        stage = Stage(statement.stage)
        facts = self.ledger.at("latest").lot(lot.id)
        if facts is None:
            raise StatementRefused(f"{lot.slug} is not on chain")
        whole = facts.endorsed if stage is Stage.ACCEPTANCE else facts.accepted or 0
        self._check_media(lot, sheet)
        inspection.check(sheet, lot=lot.slug, stage=stage, count=statement.count, whole=whole)
        with self.engine.connect() as connection:
            inspection.check_area(sheet, Inspections(connection).land_under(lot))
        return sheet.document()

    def _check_media(self, lot: Lot, sheet: Sheet) -> None:
        """Every file that the sheet lists is evidence of this lot and of no other."""
        with self.engine.connect() as connection:
            for name in sheet.media:
                found = Evidence(connection).find(bytes.fromhex(name))
                if found is None or found.lot != lot.slug:
                    where = f"evidence of {found.lot}" if found else "no evidence that we know"
                    raise SheetRefused(f"{name} is {where}")

    def _check_roles(self, lot: Lot, inspector: str, now: LedgerAt) -> None:
        """An inspector of the chain's, whom our tables name, and who neither plants nor funds."""
        if not now.has_role(roles.INSPECTOR, inspector):
            raise StatementRefused(f"{inspector} is no inspector on the chain")
        with self.engine.connect() as connection:
            own = Inspections(connection).own_roles(lot.id, inspector.lower())
        if not own:
            raise StatementRefused(f"{inspector} is the key of no party that we know")
        if conflicts := own & {"IMPLEMENTER", "FUNDER"}:
            raise StatementRefused(
                f"the inspector is {', '.join(sorted(conflicts))} of {lot.slug}"
            )

    def _try(self, statement: Statement, signed: Signed) -> None:
        """What the contract would say; nothing is sent."""
        call = statements.call(
            statement, signed.inspector, signed.signature, self.network().contract
        )
        try:
            sender.estimate(self.ledger.node, self.relayer().address, call)
        except TransactionRefused as error:
            raise StatementRefused(str(error)) from error

    def _relayed(self, row: Any) -> tuple[str, str | None]:
        statement = statements.from_message(row.message)
        if self._stands(row.id, statement):
            return "stated", None
        inspector = "0x" + row.inspector.hex()
        call = statements.call(statement, inspector, row.signature, self.network().contract)
        try:
            sender.act(self.ledger.node, self.relayer(), call)
        except TransactionRefused as error:
            # Another worker, or anybody, may have brought it since we looked.
            return ("stated", None) if self._stands(row.id, statement) else ("refused", str(error))
        return "stated", None

    def _stands(self, id_: bytes, statement: Statement) -> bool:
        now = self.ledger.at("latest")
        return now.statement(_lot_id(statement), statement.stage) == id_

    def _values(self, id_: bytes, statement: Statement, signed: Signed) -> dict[str, object]:
        message = statements.typed_data(statement, **self._place)["message"]
        return {
            "id": id_,
            "lot": statement.lot,
            "stage": statement.stage,
            "inspector": bytes.fromhex(signed.inspector[2:]),
            "report": statement.report,
            "message": message,
            "signature": signed.signature,
            "state": "received",
            "received_at": self.clock(),
        }


def _lot_id(statement: Statement) -> LotId:
    return LotId(statement.lot)
