// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ITreeLedgerTypes } from "../interfaces/ITreeLedgerTypes.sol";

/// @title ReasonMap
/// @notice Why each record was revoked, four bits a record: a bitmap that also keeps the reason.
/// 64 neighbours share one storage slot, so revoking a run of serials costs one write in 64.
library ReasonMap {
    struct Map {
        mapping(uint256 bucket => uint256 reasons) buckets;
    }

    /// @notice NONE while the record is not revoked.
    function get(Map storage map, uint96 treeId) internal view returns (ITreeLedgerTypes.Reason) {
        return ITreeLedgerTypes.Reason((map.buckets[treeId >> 6] >> _shift(treeId)) & 0xf);
    }

    /// @notice Set the reason of a record that has none: bits are added, never cleared.
    function set(Map storage map, uint96 treeId, ITreeLedgerTypes.Reason reason) internal {
        map.buckets[treeId >> 6] |= uint256(reason) << _shift(treeId);
    }

    function _shift(uint96 treeId) private pure returns (uint256) {
        return (treeId & 63) * 4;
    }
}
