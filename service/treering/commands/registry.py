"""The commands that face the national registry, and its synthetic twin."""

# ruff: noqa: PLC0415 - only what a command needs is imported
from collections.abc import Sequence

from treering.commands.parts import Verb, assembled, needed, words_of
from treering.settings import Settings


def _mirror(argv: Sequence[str], settings: Settings) -> int:
    from treering.cli import mirror

    return mirror.main(
        argv,
        lambda: assembled(settings).mirror_desk,
        lambda registry: assembled(settings).keeper(registry),
    )


def _exchange(argv: Sequence[str], settings: Settings) -> int:
    from treering.cli import exchange

    parts = assembled(settings)
    url = needed(settings.registry_url, "TREERING_REGISTRY_URL")
    submit_key = needed(settings.submit_key, "TREERING_SUBMIT_KEY")
    return exchange.main(argv, parts.counter(url, submit_key).exchange)


def _rules(argv: Sequence[str], settings: Settings) -> int:
    from treering.cli import rules

    book = assembled(settings).rulebook
    doings = rules.Book(book.load, lambda: book.standing(book.today()), book.replay)
    return rules.main(argv, doings)


def _reconcile(argv: Sequence[str], settings: Settings) -> int:
    from treering.cli import reconcile

    parts = assembled(settings)
    reconciler, registrar = parts.reconciler(settings.reconcile_patience), parts.registrar
    return reconcile.main(argv, reconciler.run, registrar.open_now, registrar.export_open)


def _twin(argv: Sequence[str], _: Settings) -> int:
    from treering.cli import twin

    return twin.main(argv)


VERBS = {
    "mirror": Verb(_mirror, "sync | status | contradictions | drop …: follow the registry's log"),
    "exchange": Verb(
        _exchange,
        "three certificates of a holder and year for a fulfilment certificate",
        words_of("exchange"),
    ),
    "rules": Verb(
        _rules, "load | list | replay: what counts for how much, and since when", words_of("rules")
    ),
    "reconcile": Verb(
        _reconcile, "hold chain, registry, counts and database together", words_of("reconcile")
    ),
    "twin": Verb(_twin, "the synthetic twin of the registry"),
}
