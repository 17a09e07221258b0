// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ITreeLedgerTypes } from "../../src/interfaces/ITreeLedgerTypes.sol";
import { ReasonMap } from "../../src/libraries/ReasonMap.sol";
import { Symbolic } from "./Symbolic.sol";

/// @notice A map of which nothing is known.
contract AnyMap {
    using ReasonMap for ReasonMap.Map;

    ReasonMap.Map internal _map;

    function get(uint96 treeId) external view returns (ITreeLedgerTypes.Reason) {
        return _map.get(treeId);
    }

    function set(uint96 treeId, ITreeLedgerTypes.Reason reason) external {
        _map.set(treeId, reason);
    }

    function bucketOf(uint96 treeId) external view returns (uint256) {
        return _map.buckets[treeId >> 6];
    }
}

contract ReasonMapSymbolic is Symbolic {
    AnyMap internal map = new AnyMap();

    function setUp() public {
        svm.enableSymbolicStorage(address(map));
    }

    function check_set_givesTheRecordItsReason(uint96 treeId, uint8 reason) public {
        vm.assume(0 < reason && reason <= uint8(type(ITreeLedgerTypes.Reason).max));
        vm.assume(map.get(treeId) == ITreeLedgerTypes.Reason.NONE);
        map.set(treeId, ITreeLedgerTypes.Reason(reason));
        assert(uint8(map.get(treeId)) == reason);
    }

    function check_set_changesNoOtherRecord(uint96 treeId, uint96 other, uint8 reason) public {
        vm.assume(treeId != other && reason <= uint8(type(ITreeLedgerTypes.Reason).max));
        ITreeLedgerTypes.Reason before = map.get(other);
        map.set(treeId, ITreeLedgerTypes.Reason(reason));
        assert(map.get(other) == before);
    }

    function check_set_changesFourBitsAtMostAndClearsNone(uint96 treeId, uint8 reason) public {
        vm.assume(reason <= uint8(type(ITreeLedgerTypes.Reason).max));
        uint256 before = map.bucketOf(treeId);
        map.set(treeId, ITreeLedgerTypes.Reason(reason));
        uint256 after_ = map.bucketOf(treeId);
        assert(before & after_ == before);
        assert((before ^ after_) & ~(uint256(0xf) << (treeId % 64 * 4)) == 0);
    }
}
