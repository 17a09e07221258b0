// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { TreeLedger } from "../../src/TreeLedger.sol";
import { ITreeLedgerTypes } from "../../src/interfaces/ITreeLedgerTypes.sol";
import { Symbolic } from "./Symbolic.sol";

/// @notice A ledger of which nothing is known: any lot, any counts, any roles, any caller.
contract MintSymbolic is Symbolic {
    TreeLedger internal ledger = new TreeLedger(1 days, address(0xA1), address(0));

    function setUp() public {
        svm.enableSymbolicStorage(address(ledger));
    }

    function check_mint_staysWithinTheCapAndCountsEachOf1(uint64 lot, uint32 serial) public {
        _mints(lot, serial, 1);
    }

    function check_mint_staysWithinTheCapAndCountsEachOf2(uint64 lot, uint32 serial) public {
        _mints(lot, serial, 2);
    }

    function check_mint_revertsForAnyoneButTheMinter(address caller, uint64 lot, uint32 serial)
        public
    {
        vm.assume(!ledger.hasRole(ledger.minterOf(uint32(lot >> 32)), caller));
        bytes memory holders = svm.createBytes(20, "holder");
        vm.prank(caller);
        (bool isTaken,) = address(ledger).call(abi.encodeCall(ledger.mint, (lot, serial, holders)));
        assert(!isTaken);
    }

    function _mints(uint64 id, uint32 serial, uint256 size) private {
        ITreeLedgerTypes.Lot memory before = ledger.lotOf(id);
        uint64 total = ledger.totals(before.terms.unit).minted;
        ledger.mint(id, serial, svm.createBytes(20 * size, "holders")); // or it reverts

        ITreeLedgerTypes.Lot memory lot = ledger.lotOf(id);
        uint256 minted = lot.minted;
        assert(before.minted == serial);
        assert(minted == uint256(serial) + size);
        assert(minted <= (before.isAccepted ? before.accepted : before.endorsed));
        assert(ledger.totals(before.terms.unit).minted == uint256(total) + size);
        assert(!before.isClosed);
        lot.minted = before.minted;
        assert(keccak256(abi.encode(lot)) == keccak256(abi.encode(before)));
    }
}
