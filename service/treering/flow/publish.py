"""Publish: put the example programme into an empty database and onto an empty ledger.

Everything is done only where it is missing, so a run that was cut short is simply repeated.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
from sqlalchemy import Engine

from treering.chain import roles
from treering.chain.admin import Admin, Inspection
from treering.chain.keys import KeyFolder, minter_name
from treering.domain.exhibit import Told
from treering.domain.instant import SHANGHAI
from treering.domain.issuer_key import IssuerKey
from treering.domain.lot import Lot
from treering.domain.stage import Stage
from treering.flow.certifying.certify import Issuer
from treering.flow.exchanging.rulebook import Rulebook
from treering.flow.inspecting.evidence import Archive
from treering.flow.inspecting.land import Surveyor
from treering.store import example, parties
from treering.store.lots import Lots
from treering.store.programmes import Programmes, add_key
from treering.store.vault import Vault

EXAMPLE_INSPECTOR = "EXAMPLE_INSPECTOR"


@dataclass(frozen=True, slots=True)
class Example:
    """The example programme and its keys."""

    engine: Engine
    vault: Vault
    keys: KeyFolder
    clock: Callable[[], datetime]

    def load(self) -> None:
        """Into the database: tenants with an API key each, parties, species, lots and rules."""
        with self.engine.begin() as connection:
            programmes = Programmes(connection, self.vault)
            for row in example.programmes():
                code = str(row["code"])
                programmes.add(row, self.keys.secret(f"numbers-{code}"))
                add_key(connection, code, self.api_key(code), self.clock())
            example.load(connection)
        Surveyor(self.engine, self.clock, is_told=False).load(example.ground())
        Rulebook(self.engine, self.clock).found(example.conversion_rules())

    def exhibit(self, archive: Archive) -> None:
        """The example's evidence onto the shelf."""
        for lot, content, told in example.exhibits():
            archive.add(lot, content, msgspec.convert(told, Told))

    def publish(self, admin: Admin) -> None:
        """Onto the ledger: programmes, roles, keys, lots, and what inspectors found."""
        with self.engine.connect() as connection:
            tenants = Programmes(connection, self.vault).all()
            lots = Lots(connection).all()
        for tenant in tenants:
            self.keys.notary(tenant.code)
        admin.open_programmes({tenant.number: tenant.code for tenant in tenants})
        admin.grant(_grants({tenant.number: tenant.code for tenant in tenants}, _inspectors(lots)))
        admin.open_lots(lots)
        admin.list_keys({tenant.number: self.issuer_key(tenant.code) for tenant in tenants})
        self._name_inspectors(_inspectors(lots))
        admin.state([_endorsement(lot) for lot in lots])
        admin.state([_acceptance(lot) for lot in lots if lot.inspected_on])

    def _name_inspectors(self, names: list[str]) -> None:
        with self.engine.begin() as connection:
            for name in names:
                parties.name_address(connection, name, self.keys.account(name).address)

    def api_key(self, programme: str) -> str:
        """The programme's key for the API: tr_ and 256 random bits."""
        return "tr_" + self.keys.secret(f"api-{programme}").hex()

    def issuer(self, programme: str) -> Issuer:
        return Issuer(key=self.issuer_key(programme), sign=self.keys.issuer(programme).sign)

    def issuer_key(self, programme: str) -> IssuerKey:
        return IssuerKey(self.keys.issuer(programme).public_key().public_bytes_raw())


def names_of_keys() -> list[str]:
    """The keys that send transactions in the example, by name."""
    minters = [minter_name(str(row["code"])) for row in example.programmes()]
    return ["admin", "registrar", "relayer", "revoker", "registry", "mirror", "pauser", *minters]


def _grants(programmes: dict[int, str], inspectors: list[str]) -> dict[bytes, list[str]]:
    grants = {
        roles.INSPECTOR: inspectors,
        roles.REGISTRY: ["registry"],
        roles.MIRROR: ["mirror"],
        roles.PAUSER: ["pauser"],
    }
    for number, code in programmes.items():
        grants[roles.registrar_of(number)] = ["registrar"]
        grants[roles.minter_of(number)] = [minter_name(code)]
        grants[roles.revoker_of(number)] = ["revoker"]
    return grants


def _inspectors(lots: list[Lot]) -> list[str]:
    stated = {lot.inspector for lot in lots if lot.inspector and lot.inspected_on}
    return [EXAMPLE_INSPECTOR, *sorted(stated)]


def _endorsement(lot: Lot) -> Inspection:
    # No endorsement was published: a made-up body endorses what was planned, as a placeholder.
    new_year = datetime(lot.year, 1, 1, tzinfo=SHANGHAI).astimezone(UTC)
    return Inspection(lot, Stage.ENDORSEMENT, lot.capacity, new_year, EXAMPLE_INSPECTOR)


def _acceptance(lot: Lot) -> Inspection:
    assert lot.inspector, "a lot that was inspected names its inspector"
    assert lot.inspected_on, "only inspected lots are accepted"
    month = datetime.strptime(lot.inspected_on, "%Y-%m").replace(tzinfo=SHANGHAI)
    return Inspection(lot, Stage.ACCEPTANCE, lot.capacity, month, lot.inspector)
