"""Minting and proving."""

from tests.contracts.mutation.mutant import Mutant, breaking

_FILE = "parts/Records.sol"

MUTANTS = [
    *breaking(
        _FILE,
        ("minted while paused", "        whenNotPaused\n", ""),
        (
            "minted into an unknown lot",
            "Lot storage lot = _known(lotId);\n        _checkRole(minterOf",
            "Lot storage lot = _lots[lotId];\n        _checkRole(minterOf",
        ),
        ("anybody mints", "_checkRole(minterOf(lotId.programmeOf()));", ""),
        ("minted into a closed lot", "if (lot.isClosed) revert LotIsClosed(lotId);", ""),
        (
            "a batch is minted again",
            "if (firstSerial != lot.minted)",
            "if (false)",
        ),
        ("a serial is skipped", "if (firstSerial != lot.minted)", "if (firstSerial < lot.minted)"),
        (
            "a serial is repeated",
            "if (firstSerial != lot.minted)",
            "if (firstSerial > lot.minted)",
        ),
        (
            "the holders' length is unchecked",
            "= BatchRoot.sizeOf(holders);",
            "= holders.length / 20;",
        ),
        (
            "minted above the cap",
            "if (minted > _cap(lot)) revert CapExceeded(lotId, _cap(lot), minted);",
            "",
        ),
        ("the lot is never filled", "if (minted > _cap(lot))", "if (minted >= _cap(lot))"),
        (
            "one more than the cap is minted",
            "if (minted > _cap(lot))",
            "if (minted > uint256(_cap(lot)) + 1)",
        ),
        ("each batch may have the cap's size", "if (minted > _cap(lot))", "if (size > _cap(lot))"),
        (
            "revoking opens room",
            "if (minted > _cap(lot))",
            "if (minted - lot.revoked > _cap(lot))",
        ),
        ("the cap is the endorsed count", "if (minted > _cap(lot))", "if (minted > lot.endorsed)"),
        ("the lot's minted count stands still", "lot.minted = uint32(minted);", ""),
        (
            "the totals' minted counts stand still",
            "_tallies.addMinted(lotId.programmeOf(), lot.terms, uint64(size));",
            "",
        ),
        ("the totals count batches", "lot.terms, uint64(size));", "lot.terms, 1);"),
        (
            "the root is of the lot's first serials",
            "BatchRoot.over(firstTreeId, holders)",
            "BatchRoot.over(lotId.treeAt(0), holders)",
        ),
        ("the root is not kept", "rootOf[firstTreeId] = root;", ""),
        (
            "the root is kept under the lot",
            "rootOf[firstTreeId] = root;",
            "rootOf[lotId.treeAt(0)] = root;",
        ),
        ("the batch is not told of", "emit BatchMinted(lotId, firstSerial, root, holders);", ""),
        (
            "the batch is told without its root",
            "BatchMinted(lotId, firstSerial, root, holders)",
            "BatchMinted(lotId, firstSerial, 0, holders)",
        ),
        (
            "the batch is told without its serial",
            "BatchMinted(lotId, firstSerial, root, holders)",
            "BatchMinted(lotId, 0, root, holders)",
        ),
        ("a node proves itself", "root, keccak256(abi.encode(word))", "root, word"),
        (
            "a word is proved in its lot's first batch",
            "rootOf[lotId.treeAt(firstSerial)]",
            "rootOf[lotId.treeAt(0)]",
        ),
        (
            "everything is proved",
            "return root != 0 && proof.verifyCalldata",
            "return root != 0 || proof.verifyCalldata",
        ),
        (
            "a record is minted before its turn",
            "treeId.serialOf() < lot.minted",
            "treeId.serialOf() <= lot.minted",
        ),
    ),
    Mutant(
        "a batch that does not exist is asked",
        _FILE,
        "return root != 0 && proof",
        "return proof",
        same="no word hashes to zero, so no proof ends at the root of no batch; the check says so "
        "without leaning on the hash",
    ),
]
