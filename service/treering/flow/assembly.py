"""The parts of a deployment, from the places that its settings name."""

from pathlib import Path

from treering.chain.keys import KeyFolder
from treering.chain.ledger import Ledger
from treering.chain.nodes import node_at
from treering.domain.registry_head import VerifierKey
from treering.errors import SettingsWrong
from treering.flow.minting.terms import Terms
from treering.flow.parts import Parts
from treering.registry.feed import Feed
from treering.store import engine
from treering.store.clock import DatabaseClock, utc_now


def assemble(  # noqa: PLR0913 - the places of a deployment, each by its name
    *,
    database_url: str,
    rpc_url: str,
    contract: str,
    keys: Path,
    base_url: str,
    registry_url: str | None = None,
    registry_key: str | None = None,
    second_url: str | None = None,
    second_key: str | None = None,
    embedded: bool = False,
    terms: Terms | None = None,
) -> Parts:
    """The parts at these places; SettingsWrong where a registry has no usable key."""
    terms = terms or Terms()
    feed = _feed("TREERING_REGISTRY", registry_url, registry_key)
    second = _feed("TREERING_SECOND_REGISTRY", second_url, second_key or registry_key)
    if feed and second and feed.url == second.url:
        raise SettingsWrong("TREERING_SECOND_REGISTRY_URL: one source is not two")
    opened = engine.engine(database_url)
    return Parts(
        engine=opened,
        keys=KeyFolder(keys),
        ledger=Ledger(node_at(rpc_url), contract, terms.confirmations),
        base_url=base_url,
        feed=feed,
        second=second,
        embedded=embedded,
        clock=DatabaseClock(opened),
        machine_clock=utc_now,
        terms=terms,
    )


def _feed(name: str, url: str | None, key: str | None) -> Feed | None:
    if not url:
        return None
    try:
        return Feed(url, VerifierKey.parse(key or ""))
    except ValueError as error:
        raise SettingsWrong(f"{name}_KEY: {error}") from error
