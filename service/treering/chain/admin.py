"""Setting a ledger up: programmes, roles, lots, statements, keys; each only if it is missing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from eth_account.signers.local import LocalAccount

from treering.chain import abi, roles, sender
from treering.chain.keys import KeyFolder
from treering.chain.ledger import Ledger
from treering.chain.sender import Call
from treering.chain.statements import Statement, submission
from treering.domain.dossier import dossier_hash
from treering.domain.issuer_key import IssuerKey
from treering.domain.lot import Lot
from treering.domain.stage import Stage

_NO_DEADLINE = 2**63


@dataclass(frozen=True, slots=True)
class Inspection:
    """An inspector's finding, to be stated under the key of this name."""

    lot: Lot
    stage: Stage
    count: int
    inspected_at: datetime
    inspector: str


@dataclass(frozen=True, slots=True)
class Admin:
    """Whoever holds the keys of a ledger's admin and registrar. Every method may be repeated."""

    ledger: Ledger
    keys: KeyFolder

    def open_programmes(self, programmes: Mapping[int, str]) -> None:
        now = self.ledger.at("latest")
        self._act(
            "admin",
            (
                self._call("openProgramme", number, code.encode().ljust(32, b"\0"))
                for number, code in programmes.items()
                if not now.programme_exists(number)
            ),
        )

    def grant(self, grants: Mapping[bytes, list[str]]) -> None:
        """Give each role to the accounts of these names."""
        now = self.ledger.at("latest")
        self._act(
            "admin",
            (
                roles.grant(self.ledger.contract, role, account.address)
                for role, names in grants.items()
                for account in map(self.keys.account, names)
                if not now.has_role(role, account.address)
            ),
        )

    def open_lots(self, lots: list[Lot]) -> None:
        now = self.ledger.at("latest")
        self._act(
            "registrar",
            (self._call("openLot", lot.id, _terms(lot)) for lot in lots if not now.lot(lot.id)),
        )

    def list_keys(self, keys: Mapping[int, IssuerKey]) -> None:
        """List each programme's key for credentials, from now on."""
        now = self.ledger.at("latest")
        self._act(
            "registrar",
            (
                self._call("setIssuerKey", number, key.id, key.public, now.block.timestamp)
                for number, key in keys.items()
                if not now.issuer_key(number, key.id)
            ),
        )

    def state(self, inspections: list[Inspection]) -> None:
        """Submit what was found, where the lot has no statement of that stage yet."""
        self._act("relayer", self._submissions(inspections))

    def _submissions(self, inspections: list[Inspection]) -> Iterator[Call]:
        now = self.ledger.at("latest")
        chain_id = self.ledger.identity().chain_id
        nonces: dict[str, int] = {}
        for found in inspections:
            inspector = self.keys.account(found.inspector)
            if any(now.statement(found.lot.id, found.stage)):
                continue
            nonce = nonces.get(found.inspector, now.nonce(inspector.address))
            nonces[found.inspector] = nonce + 1
            yield submission(
                _statement(found, nonce),
                inspector,
                chain_id=chain_id,
                contract=self.ledger.contract,
            )

    def _call(self, function: str, *arguments: object) -> Call:
        return Call(self.ledger.contract, abi.call_data(function, *arguments))

    def _act(self, name: str, calls: Iterator[Call]) -> None:
        account: LocalAccount = self.keys.account(name)
        sender.act(self.ledger.node, account, *calls)


def _terms(lot: Lot) -> tuple[bytes, bytes, int, int, bytes]:
    site = lot.site.encode("ascii").ljust(32, b"\0")
    species = lot.species.code.encode("ascii").ljust(16, b"\0")
    return site, species, lot.year, int(lot.unit), dossier_hash(lot)


def _statement(found: Inspection, nonce: int) -> Statement:
    return Statement(
        lot=found.lot.id,
        stage=found.stage,
        count=found.count,
        inspectedAt=int(found.inspected_at.astimezone(UTC).timestamp()),
        report=dossier_hash(found.lot),  # no report was published; the dossier says so
        supersedes=b"\0" * 32,
        nonce=nonce,
        deadline=_NO_DEADLINE,
    )
