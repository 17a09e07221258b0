"""What slither says of the sources, and why it may stand: (detector, where) and the reason."""

ACCEPTED = {
    ("missing-zero-check", "TreeLedger.constructor(uint48,address,address).previous"): (
        "the first ledger has no predecessor, and zero says so"
    ),
    ("timestamp", "Statements._checkDates(ITreeLedgerTypes.Statement,uint16)"): (
        "an inspection is dated to the day and a deadline lies days ahead: the seconds by which a "
        "block's time may be off decide nothing"
    ),
    ("timestamp", "Duties._grantRole(bytes32,address)"): (
        "the address is compared with zero, not with a time: slither follows it back to the admin "
        "to come, who takes over once his delay has passed"
    ),
    ("assembly", "BatchRoot.over(uint96,bytes)"): (
        "the one clever place: plain code costs three times as much. Fuzzed against a plain twin "
        "for 1 to 6,500 records, and proven equal to it for 1 to 4"
    ),
    ("costly-loop", "Records.release(uint96[])"): (
        "each claim is a slot of its own; the caller names how many and pays"
    ),
    ("naming-convention", "TreeLedger.PREDECESSOR"): (
        "immutable values are written like constants here, as Solidity's style guide and forge's "
        "lint ask"
    ),
    ("unimplemented-functions", "TreeLedger"): (
        "slither does not see that the public mapping `Statements.statementOf` is that function; "
        "the compiler does, or it would not deploy"
    ),
}
