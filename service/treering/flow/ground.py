"""What all parts of a process stand on."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path

from sqlalchemy import Engine

from treering.chain.feed_heads import FeedHeads
from treering.chain.keys import KeyFolder
from treering.chain.ledger import Ledger
from treering.domain.sign_in import ClaimNames
from treering.domain.view import Network
from treering.errors import DatabaseUnsafe
from treering.flow.admitting.chronicle import Chronicle
from treering.flow.admitting.keybook import Keybook
from treering.flow.admitting.sign_in import Reception
from treering.flow.inspecting.evidence import Archive
from treering.flow.inspecting.inspect import Inspectorate
from treering.flow.inspecting.land import Surveyor
from treering.flow.minting.terms import Terms
from treering.flow.overseeing.doctor.examine import Doctor
from treering.flow.redeeming.tenants import Tenants
from treering.intake.provider import Provider
from treering.registry.feed import Feed
from treering.store import identity
from treering.store.clock import utc_now
from treering.store.condition import condition
from treering.store.shelf import Place, Shelf
from treering.store.vault import Vault


@dataclass(frozen=True)
class Ground:
    """No registry is followed without `feed`, which `second` is held against; no PDF is printed
    without `fonts`; `machine_clock` is for the doctor alone. Evidence lies at `shelf`, beside the
    keys where none is named."""

    engine: Engine
    keys: KeyFolder
    ledger: Ledger
    base_url: str
    feed: Feed | None = None
    second: Feed | None = None
    embedded: bool = False
    terms: Terms = field(default_factory=Terms)
    fonts: Path | None = None
    provider: Provider | None = None
    claim_names: ClaimNames = field(default_factory=ClaimNames)
    shelf: Place | None = None
    clock: Callable[[], datetime] = utc_now
    machine_clock: Callable[[], datetime] | None = None

    @cached_property
    def vault(self) -> Vault:
        return Vault(self.keys.secret("vault"))

    @cached_property
    def archive(self) -> Archive:
        place = self.shelf or Place(str(self.keys.folder.parent / "evidence"))
        return Archive(self.engine, Shelf.at(place), self.clock)

    @cached_property
    def inspectorate(self) -> Inspectorate:
        relayer = partial(self.keys.account, "relayer")
        return Inspectorate(self.engine, self.ledger, lambda: self.network, relayer, self.clock)

    @property
    def surveyor(self) -> Surveyor:
        return Surveyor(self.engine, self.clock)

    @cached_property
    def tenants(self) -> Tenants:
        return Tenants(self.engine, self.vault, clock=self.clock)

    @cached_property
    def chronicle(self) -> Chronicle:
        return Chronicle(self.engine, self.clock)

    @cached_property
    def keybook(self) -> Keybook:
        return Keybook(self.engine, self.chronicle, self.clock)

    @cached_property
    def reception(self) -> Reception:
        return Reception(
            self.engine, self.vault, self.clock, self.base_url, self.provider, self.claim_names
        )

    @property
    def feed_heads(self) -> FeedHeads:
        return FeedHeads(self.ledger, lambda: self.keys.account("mirror"))

    @cached_property
    def network(self) -> Network:
        """As pinned, so that a silent node stops nobody from starting; else as the node says."""
        with self.engine.connect() as connection:
            pinned = identity.pinned(connection)
        chain_id = pinned[0] if pinned else self.ledger.identity().chain_id
        return Network(chain_id=chain_id, contract=self.ledger.contract)

    @cached_property
    def doctor(self) -> Doctor:
        clock = self.machine_clock or self.clock
        log = self.feed.name if self.feed else None
        return Doctor(self.engine, self.keys, self.ledger, clock, self.embedded, log)

    def check_durable(self) -> None:
        """DatabaseUnsafe, unless the database keeps what it has acknowledged."""
        with self.engine.connect() as connection:
            if dangers := condition(connection).dangers:
                raise DatabaseUnsafe(", ".join(dangers))
