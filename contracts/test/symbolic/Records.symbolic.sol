// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { TreeLedger } from "../../src/TreeLedger.sol";
import { ITreeLedgerTypes } from "../../src/interfaces/ITreeLedgerTypes.sol";
import { Symbolic } from "./Symbolic.sol";

/// @notice A ledger of which nothing is known: what taking back and using up a record changes.
contract RecordsSymbolic is Symbolic {
    TreeLedger internal ledger = new TreeLedger(1 days, address(0xA1), address(0));

    function setUp() public {
        svm.enableSymbolicStorage(address(ledger));
    }

    function check_revoke_takesOneLiveRecordAndCountsIt(uint96 treeId, uint8 reason) public {
        vm.assume(reason <= uint8(type(ITreeLedgerTypes.Reason).max));
        ITreeLedgerTypes.RecordStatus memory before = ledger.status(treeId);
        ITreeLedgerTypes.Lot memory lot = ledger.lotOf(uint64(treeId >> 32));
        ledger.revoke(_only(treeId), ITreeLedgerTypes.Reason(reason)); // or it reverts

        assert(before.isMinted && before.revoked == ITreeLedgerTypes.Reason.NONE);
        assert(uint8(ledger.status(treeId).revoked) == reason && reason != 0);
        ITreeLedgerTypes.Lot memory after_ = ledger.lotOf(uint64(treeId >> 32));
        assert(after_.revoked == uint256(lot.revoked) + 1);
        assert(after_.minted == lot.minted); // so no room is opened
        assert(
            ledger.capOf(uint64(treeId >> 32)) == (lot.isAccepted ? lot.accepted : lot.endorsed)
        );
    }

    function check_revoke_changesNoOtherRecord(uint96 treeId, uint96 other) public {
        vm.assume(treeId != other);
        bytes32 before = keccak256(abi.encode(ledger.status(other)));
        ledger.revoke(_only(treeId), ITreeLedgerTypes.Reason.FRAUD);
        assert(keccak256(abi.encode(ledger.status(other))) == before);
    }

    function check_claim_takesALiveTreeOnce(uint96 treeId, bytes32 commitment) public {
        ITreeLedgerTypes.RecordStatus memory before = ledger.status(treeId);
        ITreeLedgerTypes.Lot memory lot = ledger.lotOf(uint64(treeId >> 32));
        ledger.claim(commitment, _only(treeId));
        assert(before.isMinted && before.revoked == ITreeLedgerTypes.Reason.NONE);
        assert(before.claim == 0 && lot.terms.unit == ITreeLedgerTypes.Unit.TREE);
        assert(commitment != 0 && ledger.status(treeId).claim == commitment);
    }

    function _only(uint96 treeId) private pure returns (uint96[] memory treeIds) {
        treeIds = new uint96[](1);
        treeIds[0] = treeId;
    }
}
