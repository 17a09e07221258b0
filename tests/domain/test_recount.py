"""The recount: any history the contract allows adds up, and any one lie in it is found."""

from contextlib import suppress
from dataclasses import fields, replace
from itertools import count

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.fakes.ledger import ADMIN, INSPECTOR, PAUSER, FakeLedger, Refused
from treering.domain.recount import events as told
from treering.domain.recount.difference import Difference
from treering.domain.recount.duties import programme_role
from treering.domain.recount.expectations import expectations
from treering.domain.recount.replay import Recount
from treering.domain.recount.summary import lot_lines, sum_lines

PEOPLE = ["0x" + f"{n:02x}" * 20 for n in range(1, 5)]
LOTS = [programme << 32 | number for programme in (1, 2) for number in (1, 2)]
TREES = [lot << 32 | serial for lot in LOTS for serial in range(6)]
SITES = [b"150000/277".ljust(32, b"\0"), b"130000/805".ljust(32, b"\0")]
SPECIES = [b"SAXAUL".ljust(16, b"\0"), b"ZOSTERA".ljust(16, b"\0")]
WORDS = [bytes([n]) * 32 for n in range(1, 4)]
MID_2019 = 1_561_939_200


# A busy machine is no counterexample.
patiently = settings(
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def roles_of(programme: int) -> tuple[bytes, ...]:
    names = ("registrar", "minter", "revoker")
    return tuple(programme_role(f"treering/{name}", programme) for name in names)


ROLES = [INSPECTOR, *roles_of(1), *roles_of(2)]
ids = st.binary(min_size=32, max_size=32).filter(any)
lots, trees, words, people = (st.sampled_from(many) for many in (LOTS, TREES, WORDS, PEOPLE))
programmes = st.sampled_from([1, 2])
terms = st.tuples(
    st.sampled_from(SITES), st.sampled_from(SPECIES), st.just(2019), st.integers(1, 3), words
)
ACTS = st.one_of(
    st.tuples(st.just("close_lot"), lots),
    st.tuples(
        st.just("state"),
        lots,
        st.integers(1, 3),
        st.integers(0, 20),
        people,
        st.just(MID_2019),
        ids,
    ),
    st.tuples(
        st.just("mint"),
        lots,
        st.integers(1, 6).flatmap(lambda n: st.binary(min_size=20 * n, max_size=20 * n)),
    ),
    st.tuples(st.just("revoke"), trees, st.integers(1, 5)),
    st.tuples(st.just("replace"), trees, trees),
    st.tuples(st.just("claim"), words, trees),
    st.tuples(st.just("release"), trees),
    st.tuples(
        st.just("set_key"),
        programmes,
        words,
        st.binary(min_size=1, max_size=32),
        st.integers(1, 9),
    ),
    st.tuples(st.just("retire_key"), programmes, words, st.integers(1, 9)),
    st.tuples(st.just("name_successor"), people),
    st.tuples(st.just("pause")),
    st.tuples(st.just("unpause")),
    st.tuples(st.just("grant"), st.sampled_from(ROLES), people),
    st.tuples(st.just("revoke_role"), st.sampled_from(ROLES), people),
)


@st.composite
def ledgers(draw) -> FakeLedger:
    """A ledger to which many things have happened, none of them forbidden."""
    ledger = FakeLedger()
    for programme in (1, 2):
        ledger.open_programme(
            programme, f"P{programme}".encode().ljust(32, b"\0"), roles_of(programme)
        )
    ledger.grant(INSPECTOR, PEOPLE[0])
    ledger.grant(PAUSER, ADMIN)
    for lot in draw(st.lists(lots, min_size=1, unique=True)):
        ledger.open_lot(lot, draw(terms))
        ledger.state(lot, 1, draw(st.integers(0, 20)), PEOPLE[0], MID_2019, draw(ids))
        if draw(st.booleans()):
            act(ledger, ("mint", lot, draw(st.binary(min_size=100, max_size=100))))
    for number, feed in enumerate(draw(st.lists(words, max_size=4)), start=1):
        ledger.anchor(feed, number, draw(words))
    for step in draw(st.lists(ACTS, max_size=25)):
        act(ledger, step)
    return ledger


def act(ledger: FakeLedger, step: tuple) -> None:
    with suppress(Refused):
        getattr(ledger, step[0])(*step[1:])


def audited(entries: list[told.Entry], ledger: FakeLedger) -> list[Difference]:
    """What a recount of these entries has to say against this ledger."""
    recount = replayed(entries)
    for expectation in expectations(recount.books):
        for difference in expectation.differences(
            ledger.ask(expectation.view, *expectation.arguments)
        ):
            recount.note(difference)
    return recount.differences


def replayed(entries: list[told.Entry]) -> Recount:
    recount = Recount()
    for entry in entries:
        recount.take(entry)
    return recount


def numbered(events: list[told.Event]) -> list[told.Entry]:
    """The events at places of their own, so that no fault is found by its place alone."""
    places = (told.Place(number, 0, b"") for number in count())
    return [told.Entry(place, event) for place, event in zip(places, events, strict=False)]


@patiently
@given(ledgers())
def test_every_history_that_the_contract_allows_adds_up(ledger):
    assert audited(ledger.entries, ledger) == []


@patiently
@given(ledgers())
def test_the_books_equal_the_ledger_lot_by_lot_and_in_every_sum(ledger):
    books = replayed(ledger.entries).books
    lines = lot_lines(books)

    held = [ledger.lots[lot] for lot in sorted(ledger.lots)]
    assert [line.minted for line in lines] == [lot.minted for lot in held]
    assert books.minted == sum(lot.minted for lot in held)
    assert [line.live for line in lines] == [lot.minted - lot.revoked for lot in held]
    assert [line.deficit for line in lines] == [max(0, lot.minted - lot.cap) for lot in held]
    for by in ("all", "programme", "province", "site", "year", "species"):
        for unit in ("TREE", "PLANT", "M2"):
            summed = [line for line in sum_lines(books) if (line.by, line.unit) == (by, unit)]
            of_unit = [line for line in lines if line.unit == unit]
            assert sum(line.lots for line in summed) == len(of_unit)
            for name in ("endorsed", "minted", "revoked", "live", "deficit"):
                parts = sum(getattr(line, name) for line in summed)
                assert parts == sum(getattr(line, name) for line in of_unit)


def subjects(event: told.Event) -> set[tuple]:
    """What an event is a word about."""
    found: set[tuple] = set()
    for name in ("tree", "old", "new"):
        if (tree := getattr(event, name, None)) is not None:
            found |= {("record", tree), ("lot", tree >> 32)}
    if hasattr(event, "lot"):
        found |= {("lot", event.lot), ("programme", event.lot >> 32)}
    if hasattr(event, "inspector"):
        found.add(("role", INSPECTOR, event.inspector))
    if hasattr(event, "programme"):
        found |= {("programme", event.programme)}
    if hasattr(event, "key_id"):
        found.add(("key", event.programme, event.key_id))
    if hasattr(event, "feed"):
        found.add(("feed", event.feed))
    if hasattr(event, "role"):
        found.add(("role", event.role, event.account))
    return found


def subject(event: told.Event) -> tuple:
    """The one that an event is the first word about."""
    match event:
        case told.ProgrammeOpened(programme):
            return ("programme", programme)
        case told.LotOpened(lot):
            return ("lot", lot)
        case told.RecordClaimed(tree):
            return ("record", tree)
        case told.FeedAnchored(feed):
            return ("feed", feed)
        case told.RoleGranted(role, account):
            return ("role", role, account)
    return ("key", event.programme, event.key_id)


# The contract counts neither claims, nor roles, feeds, keys, empty lots or programmes: the
# only word about one of them can be withheld unseen. Everything else cannot.
_MAY_VANISH = (
    told.ProgrammeOpened,
    told.LotOpened,
    told.RecordClaimed,
    told.FeedAnchored,
    told.IssuerKeySet,
    told.RoleGranted,
)


@patiently
@given(ledgers(), st.data())
def test_an_event_withheld_is_found_unless_it_is_the_only_word_on_its_subject(ledger, data):
    events = [entry.event for entry in ledger.entries]
    gone = events.pop(data.draw(st.integers(0, len(events) - 1)))
    is_admin = isinstance(gone, told.RoleGranted) and not any(gone.role)
    if isinstance(gone, _MAY_VANISH) and not is_admin:
        assume(subject(gone) in set().union(*map(subjects, events)))

    assert audited(numbered(events), ledger)


@patiently
@given(ledgers(), st.data())
def test_an_event_that_is_told_twice_is_found(ledger, data):
    events = [entry.event for entry in ledger.entries]
    at = data.draw(st.integers(0, len(events) - 1))
    events.insert(data.draw(st.integers(at + 1, len(events))), events[at])

    assert audited(numbered(events), ledger)


@patiently
@given(ledgers(), st.data())
def test_two_events_that_are_swapped_are_found(ledger, data):
    entries = list(ledger.entries)
    at = data.draw(st.integers(0, len(entries) - 2))
    entries[at], entries[at + 1] = entries[at + 1], entries[at]

    assert audited(entries, ledger)


# The contract keeps neither of these; the report's hash and the date are part of the signed
# statement, and the signature stands in the transaction.
_UNKEPT = {"sender", "report", "inspected_at"}


@patiently
@given(ledgers(), st.data())
def test_an_event_that_is_altered_is_found(ledger, data):
    events = [entry.event for entry in ledger.entries]
    at = data.draw(st.integers(0, len(events) - 1))
    event = events[at]
    assume(not isinstance(event, told.Paused | told.Unpaused))
    names = [field.name for field in fields(event) if field.name not in _UNKEPT]
    name = data.draw(st.sampled_from(names))
    events[at] = replace(event, **{name: altered(getattr(event, name))})

    assert audited(numbered(events), ledger)


def altered(value):
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return value[:-1] + ("0" if value[-1] != "0" else "1")
    return value[:-1] + bytes([value[-1] ^ 1])
