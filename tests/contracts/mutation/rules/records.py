"""Revoking, replacing, claiming, releasing."""

from tests.contracts.mutation.mutant import breaking

_FILE = "parts/Records.sol"

MUTANTS = [
    *breaking(
        _FILE,
        ("revoked for no reason", "reason == Reason.NONE || ", ""),
        ("revoked as replaced by nothing", " || reason == Reason.REPLACED", ""),
        (
            "nothing is revoked",
            "if (treeIds.length == 0) revert ZeroValue();\n        uint32 run",
            "uint32 run",
        ),
        ("revoking is not told of", "emit RecordRevoked(treeIds[i], reason);", ""),
        ("revoked ones are not counted", "            ++run;\n", ""),
        ("the first lot's count goes on in the second", "                run = 0;\n", ""),
        ("only the last lot is counted", " || treeIds[i + 1].lotOf() != lotId", ""),
        (
            "the last lot is not counted",
            "i + 1 == treeIds.length || treeIds[i + 1]",
            "i + 1 < treeIds.length && treeIds[i + 1]",
        ),
        (
            "the replaced one is not counted",
            "_countRevoked(oldTreeId.lotOf(), 1);",
            "",
        ),
        ("the replaced one is not revoked", "_takeBack(oldTreeId, Reason.REPLACED);", ""),
        ("replaced by another programme's", "revert OtherProgramme(newTreeId);", ""),
        ("replaced by a dead one", "_checkLive(newTreeId);\n", "\n"),
        (
            "replaced by another's successor",
            "if (links.replaces != 0) revert RecordIsSuccessor(newTreeId);",
            "",
        ),
        ("the successor is not linked back", "links.replaces = oldTreeId + 1;", ""),
        ("the old one is not linked", "_links[oldTreeId].replacedBy = newTreeId + 1;", ""),
        (
            "the first record is no predecessor",
            "links.replaces = oldTreeId + 1;",
            "links.replaces = oldTreeId;",
        ),
        ("replacing is not told of", "emit RecordReplaced(oldTreeId, newTreeId);", ""),
        (
            "anybody claims",
            "claim(bytes32 commitment, uint96[] calldata treeIds) external onlyRole(REGISTRY)",
            "claim(bytes32 commitment, uint96[] calldata treeIds) external",
        ),
        ("claimed for nothing", "commitment == 0 || ", ""),
        ("nothing is claimed", "commitment == 0 || treeIds.length == 0", "commitment == 0"),
        (
            "claimed though dead",
            "_checkLive(treeId).terms.unit",
            "_lots[treeId.lotOf()].terms.unit",
        ),
        (
            "square metres are claimed",
            "if (_checkLive(treeId).terms.unit != Unit.TREE) revert NotATree(treeId);",
            "_checkLive(treeId);",
        ),
        ("plants are claimed", "terms.unit != Unit.TREE", "terms.unit == Unit.M2"),
        ("claimed twice", "if (_claims[treeId] != 0) revert RecordIsClaimed(treeId);", ""),
        ("the claim is not kept", "_claims[treeId] = commitment;", ""),
        ("the claim is not told of", "emit RecordClaimed(treeId, commitment);", ""),
        (
            "anybody releases",
            "release(uint96[] calldata treeIds) external onlyRole(REGISTRY)",
            "release(uint96[] calldata treeIds) external",
        ),
        (
            "nothing is released",
            "if (treeIds.length == 0) revert ZeroValue();\n        for",
            "for",
        ),
        ("released without a claim", "if (commitment == 0) revert RecordNotClaimed(treeId);", ""),
        ("the claim stays after its release", "delete _claims[treeId];", ""),
        ("the release is not told of", "emit ClaimReleased(treeId, commitment);", ""),
        (
            "the status does not say minted",
            "isMinted: _isMinted(treeId, _lots[treeId.lotOf()])",
            "isMinted: true",
        ),
        (
            "the status does not say revoked",
            "revoked: _reasons.get(treeId)",
            "revoked: Reason.NONE",
        ),
        (
            "the status does not name the successor",
            "replacedBy: links.replacedBy",
            "replacedBy: 0",
        ),
        ("the status does not name the predecessor", "replaces: links.replaces", "replaces: 0"),
        ("the status does not tell the claim", "claim: _claims[treeId]", "claim: 0"),
        ("anybody revokes", "_checkRole(revokerOf(treeId.lotOf().programmeOf()));", ""),
        ("a dead one is revoked", "_checkLive(treeId);\n        _reasons", "_reasons"),
        ("the reason is not kept", "_reasons.set(treeId, reason);", ""),
        ("the lot's revoked count stands still", "lot.revoked += units;", ""),
        (
            "the lot's revoked count is the last call's",
            "lot.revoked += units;",
            "lot.revoked = units;",
        ),
        (
            "the totals' revoked counts stand still",
            "_tallies.addRevoked(lotId.programmeOf(), lot.terms, units);",
            "",
        ),
        (
            "one never minted is live",
            "if (!_isMinted(treeId, lot)) revert RecordUnknown(treeId);",
            "",
        ),
        (
            "a revoked one is live",
            "if (_reasons.get(treeId) != Reason.NONE) revert RecordIsRevoked(treeId);",
            "",
        ),
    )
]
