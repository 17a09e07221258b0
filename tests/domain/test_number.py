"""The certificate number: what people type is read as meant or refused, and never guessed."""

import random
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from treering.domain.number import CertificateNumber, is_issued, issue, parse
from treering.domain.record import TreeId, lot_id, tree_id
from treering.errors import NumberMistyped

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
KEY, OTHER_KEY = bytes(32), b"\x01" * 32
FIRST = issue(tree_id(lot_id(1, 277), 0), KEY)
NUMBERS = [FIRST, CertificateNumber(TreeId(0), 0), issue(TreeId(2**96 - 1), OTHER_KEY)]


def characters(number: CertificateNumber) -> str:
    return str(number).removeprefix("TR").replace("-", "")


def test_a_number_is_written_as_it_always_was():
    """Computed apart from the code: printed numbers must lead to their record for ever."""
    assert str(FIRST) == "TR-0000-0080-000H-A000-0001-K98G-A59E"


@given(st.integers(0, 2**96 - 1).map(TreeId), st.integers(0, 2**39 - 1))
def test_a_number_reads_back_to_its_record(tree, mac):
    number = CertificateNumber(tree, mac)
    assert parse(str(number)) == number
    assert len(str(number)) == 37


@pytest.mark.parametrize("number", NUMBERS, ids=str)
def test_every_single_wrong_character_is_found(number):
    right = characters(number)
    for place in range(28):
        for other in set(ALPHABET) - {right[place]}:
            with pytest.raises(NumberMistyped, match="wrong, or two are swapped"):
                parse(right[:place] + other + right[place + 1 :])


@pytest.mark.parametrize("number", NUMBERS, ids=str)
def test_every_swap_of_two_characters_is_found(number):
    right = characters(number)
    for i, j in combinations(range(28), 2):
        typed = list(right)
        typed[i], typed[j] = typed[j], typed[i]
        if typed[i] != typed[j]:
            with pytest.raises(NumberMistyped, match="wrong, or two are swapped"):
                parse("".join(typed))


@pytest.mark.parametrize("number", NUMBERS, ids=str)
def test_a_missing_or_doubled_character_is_found(number):
    right = characters(number)
    for place in range(28):
        with pytest.raises(NumberMistyped, match="this has 27"):
            parse("TR" + right[:place] + right[place + 1 :])
        with pytest.raises(NumberMistyped, match="this has 29"):
            parse("TR" + right[:place] + right[place] + right[place:])


@pytest.mark.parametrize(
    "typed",
    [
        "tr-0000-0080-000h-a000-0001-k98g-a59e",
        "Tr-0000-0080-000h-a000-0001-k98g-a59e",
        "tR-0000-0080-000h-a000-0001-k98g-a59e",
        str(FIRST).center(112),
        "TROOOOoo8oOO0HAO00ooo1K98GA59E",
        "TR-0000-0080-000H-A000-000I-K98G-A59E",
        "tr-0000-0080-000h-a000-000l-k98g-a59e",
        "tr 0000 0080 000h a000 000i k98g a59e",
        "  TR–0000–0080–000H–A000–000L–K98G–A59E\n",
        "00000080000HA0000001K98GA59E",
        "0000-0080-000h-a000-0001-k98g-a59e",
        "TR-0000\u30000080\t000H A000-0001-K98G-A59E",
    ],
)
def test_what_people_type_is_read_as_meant(typed):
    assert parse(typed) == FIRST


def test_a_number_that_begins_with_tr_itself_needs_no_prefix():
    number = next(
        found
        for i in range(32**2)
        if characters(found := CertificateNumber(TreeId(i << 86), 0)).startswith("TR")
    )
    assert parse(characters(number)) == number
    assert parse(str(number)) == number
    assert parse(str(number).lower()) == number


@pytest.mark.parametrize(
    "hostile",
    [
        "",
        " ",
        "TR",
        "TR-",
        "-" * 112,
        "🌳",
        "🌳" * 28,
        "A" * 10_000,
        "\x00",
        str(FIRST) + "\x00",
        str(FIRST)[:-1] + "\x00",
        str(FIRST).replace("0", "０"),
        str(FIRST).replace("TR", "ＴＲ"),
        "TR-" + "U" * 28,
        "TR-" + "-1" * 28,
        "TR-0000-0080-000H-A000-0001-K98G-A59é",
        "\u202e" + str(FIRST),
        "\ud800" * 28,
        "=HYPERLINK(1)",
        "<script>alert(1)</script>",
    ],
)
def test_whatever_is_typed_is_refused_in_words(hostile):
    with pytest.raises(NumberMistyped) as refused:
        parse(hostile)
    assert 0 < len(str(refused.value)) < 100


def test_what_is_wrong_with_it_is_told():
    with pytest.raises(NumberMistyped, match="'U' does not stand in any number"):
        parse("U" * 28)
    with pytest.raises(NumberMistyped, match="'０' does not stand in any number"):
        parse(str(FIRST).replace("0", "０"))
    with pytest.raises(NumberMistyped, match="far too long"):
        parse(str(FIRST).center(113))
    with pytest.raises(NumberMistyped, match="28 characters after TR, this has 0"):
        parse("")


def test_letters_that_only_look_right_in_upper_case_are_refused():
    """ſ and ß turn into S and SS, ı into I."""
    number = next(
        found for i in range(10**6) if "SS" in (found := characters(issue(TreeId(i), KEY)))
    )
    for typed in (number.replace("S", "ſ", 1), number.replace("SS", "ß", 1)):
        with pytest.raises(NumberMistyped):
            parse(typed)
    with pytest.raises(NumberMistyped):
        parse(str(FIRST).replace("1", "ı"))


@given(st.text() | st.text(ALPHABET + "OILoil-", min_size=28, max_size=40))
def test_any_text_is_a_number_or_mistyped(typed):
    try:
        number = parse(typed)
    except NumberMistyped:
        return
    assert parse(str(number)) == number


def test_a_number_is_issued_under_its_own_key_only():
    assert is_issued(FIRST, KEY)
    assert not is_issued(FIRST, OTHER_KEY)
    assert is_issued(parse(str(FIRST)), KEY)


def test_a_number_of_another_record_is_not_issued():
    assert not is_issued(CertificateNumber(TreeId(FIRST.tree + 1), FIRST.mac), KEY)
    for bit in range(39):
        assert not is_issued(CertificateNumber(FIRST.tree, FIRST.mac ^ 1 << bit), KEY)


def test_numbers_cannot_be_walked():
    """A million well-formed guesses over a lot's records: each hits with a chance of 2^-39."""
    chance = random.Random(277)
    lot = lot_id(1, 277)
    guesses = (
        CertificateNumber(tree_id(lot, chance.randrange(150_000)), chance.getrandbits(39))
        for _ in range(1_000_000)
    )
    assert not any(is_issued(guess, KEY) for guess in guesses)


def test_macs_of_neighbours_share_nothing():
    macs = {issue(TreeId(i), KEY).mac for i in range(1000)}
    assert len(macs) == 1000
    assert max(macs) > 2**38 > min(macs)
    assert max(macs) < 2**39
