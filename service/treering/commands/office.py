"""The commands of whoever runs the service, each on its own database."""

# ruff: noqa: PLC0415 - only what a command needs is imported
from collections.abc import Iterator, Sequence
from typing import IO, TYPE_CHECKING

from treering.commands.parts import (
    Verb,
    assembled,
    database,
    insist_on_chain,
    no_words,
    words_of,
)
from treering.settings import Settings

if TYPE_CHECKING:
    from treering.intake.formats import Format


def _doctor(argv: Sequence[str], settings: Settings) -> int:
    from treering.cli import doctor

    return doctor.main(argv, assembled(settings).doctor.examine)


def _keys(argv: Sequence[str], settings: Settings) -> int:
    from treering.cli import keys

    parts = assembled(settings)
    return keys.main(argv, keys.Doings(parts.porter.make_keys, parts.keybook))


def _log(argv: Sequence[str], settings: Settings) -> int:
    from treering.cli import log

    chronicle, ledger = (parts := assembled(settings)).chronicle, parts.feed_heads
    doings = log.Doings(
        chronicle.verified,
        lambda: chronicle.held(ledger),
        chronicle.exported,
        lambda: chronicle.anchored(ledger),
    )
    return log.main(argv, doings)


def _migrate(argv: Sequence[str], settings: Settings) -> int:
    from sqlalchemy import create_engine

    from treering.store.migrate import migrate

    _MIGRATING().parse_args(argv)
    migrate(create_engine(database(settings)))
    return 0


def _load(argv: Sequence[str], settings: Settings) -> int:
    from treering.cli import load
    from treering.flow.redeeming.ahead import begun

    def loaded(
        programme: str, key: str, kind: "Format", file: IO[bytes]
    ) -> Iterator[load.Answers]:
        with begun(file) as hand:  # while all else is imported
            yield from assembled(settings).load(programme, key, kind, file, hand)

    insist_on_chain(settings)
    return load.main(argv, loaded)


def _redeem(argv: Sequence[str], settings: Settings) -> int:
    from treering.cli import redeem

    return redeem.main(argv, assembled(settings).redeem)


def _certificate(argv: Sequence[str], settings: Settings) -> int:
    from treering.cli import certificate

    service = assembled(settings).service
    counter = certificate.Counter(service.credential, service.pdf, service.own_copy_now)
    return certificate.main(argv, counter)


def _withdraw(argv: Sequence[str], settings: Settings) -> int:
    from treering.cli import withdraw
    from treering.flow.caring.withdraw import Farewell

    parts = assembled(settings)
    return withdraw.main(argv, Farewell(parts.engine, parts.vault).withdraw)


def _scrub(argv: Sequence[str], settings: Settings) -> int:
    from treering.cli import scrub

    return scrub.main(argv, assembled(settings).scrub.damages)


def _ground(argv: Sequence[str], settings: Settings) -> int:
    from treering.cli import ground

    return ground.main(argv, assembled(settings).surveyor.load)


def _evidence(argv: Sequence[str], settings: Settings) -> int:
    from treering.cli import evidence

    archive = assembled(settings).archive
    doings = evidence.Doings(archive.add, archive.check_all)
    return evidence.main(argv, doings)


def _inspect(argv: Sequence[str], settings: Settings) -> int:
    from treering.cli import inspect

    parts = assembled(settings)
    found = parts.inspectorate
    doings = inspect.Doings(
        lambda finding, name: found.sign(finding, parts.keys.account(name)),
        found.submit,
        found.relay,
        found.state_of,
    )
    return inspect.main(argv, doings)


_MIGRATES = "bring the database to this version"
_MIGRATING = no_words("migrate", _MIGRATES)
VERBS = {
    "doctor": Verb(
        _doctor,
        "what must hold before work begins: exit 0 well, 1 a warning, 2 something fails",
        words_of("doctor"),
    ),
    "keys": Verb(
        _keys, "make | ROLE | list | rotate | revoke: key files, and API keys", words_of("keys")
    ),
    "log": Verb(
        _log, "verify | export | anchor: every administrative act, chained", words_of("log")
    ),
    "migrate": Verb(_migrate, _MIGRATES, _MIGRATING),
    "load": Verb(_load, "redeem from a file: JSON lines, CSV or Parquet", words_of("load")),
    "redeem": Verb(_redeem, "redeem units of a lot for a holder", words_of("redeem")),
    "certificate": Verb(_certificate, "write one to a file: --pdf FILE", words_of("certificate")),
    "ground": Verb(_ground, "load: sites and claims elsewhere, from GeoJSON", words_of("ground")),
    "evidence": Verb(
        _evidence, "add | check: reports and pictures of a lot", words_of("evidence")
    ),
    "inspect": Verb(
        _inspect, "sign | submit: an inspector's statement, by his own key", words_of("inspect")
    ),
    "withdraw": Verb(
        _withdraw,
        "destroy what leads from a holder to his trees, which still count",
        words_of("withdraw"),
    ),
    "scrub": Verb(
        _scrub,
        "read all that was kept once more: exit 0 whole, 1 damaged, 2 could not be made",
        words_of("scrub"),
    ),
}
