// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { World } from "./invariants/World.sol";
import { Test } from "./utils/Test.sol";

contract WorldTest is Test {
    World internal world = new World();

    /// @notice Invariants of a world where nothing happens would hold: here all of it does.
    function test_everyActSucceedsOftenInARandomWorld() public {
        for (uint256 i = 0; i < 1500; ++i) {
            _anything(uint256(keccak256(abi.encode("world", i))));
        }
        string[9] memory acts = [
            "openLot",
            "closeLot",
            "state",
            "mint",
            "revoke",
            "replace",
            "claim",
            "release",
            "anchor"
        ];
        for (uint256 i = 0; i < acts.length; ++i) {
            vm.assertGt(world.taken(acts[i]), 2, acts[i]);
        }
        vm.assertEq(world.surprises(), 0);
        vm.assertEq(world.REPLAY().faults(), 0);
    }

    function _anything(uint256 dice) private {
        uint256 which = dice >> 8;
        uint32 serial = uint32(dice >> 16);
        uint8 luck = uint8(dice >> 48);
        uint256 act = dice % 10;
        if (act == 0) world.openLot(which);
        if (act == 1) world.closeLot(which, luck);
        if (act == 2) world.state(which, luck, serial, uint8(dice >> 56));
        if (act == 3) world.mint(which, luck, uint8(dice >> 56));
        if (act == 4) world.revoke(which, serial, luck);
        if (act == 5) world.replace(which, serial, which, uint32(dice >> 64));
        if (act == 6) world.claim(which, serial, bytes32(dice));
        if (act == 7) world.release(which, serial);
        if (act == 8) world.anchor(luck % 2 == 0, uint64(dice >> 64), bytes32(dice));
        if (act == 9) world.pause(luck);
    }
}
