// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { World } from "./invariants/World.sol";
import { Test } from "./utils/Test.sol";

contract WorldTest is Test {
    World internal world = new World();

    event log(string text);
    event log_named_uint(string name, uint256 number);

    /// @notice Invariants of a world where nothing happens would hold: here all of it does.
    function test_everyActSucceedsOftenInARandomWorld() public {
        for (uint256 i = 0; i < 3000; ++i) {
            _anything(uint256(keccak256(abi.encode("world", i))));
        }
        string[18] memory acts = [
            "openLot",
            "closeLot",
            "state",
            "mint",
            "revoke",
            "replace",
            "claim",
            "release",
            "anchor",
            "setIssuerKey",
            "retireIssuerKey",
            "pause",
            "unpause",
            "openProgramme",
            "changeAdmin",
            "changeDelay",
            "grantRole",
            "revokeRole"
        ];
        for (uint256 i = 0; i < acts.length; ++i) {
            vm.assertGt(world.taken(acts[i]), 1, acts[i]);
        }
        vm.assertEq(world.taken("nameSuccessor"), 1);
        vm.assertEq(world.surprises() + world.stolen() + world.repeated(), 0);
        vm.assertEq(world.REPLAY().faults() + world.REPLAY().claimedAgain(), 0);
        emit log(string.concat("taken: ", world.counts()));
        emit log_named_uint("thefts tried and refused", world.attempts());
    }

    function _anything(uint256 dice) private {
        uint256 which = dice >> 8;
        uint32 serial = uint32(dice >> 16);
        uint8 luck = uint8(dice >> 48);
        uint256 act = dice % 19;
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
        if (act == 10) world.openProgramme(uint8(which), bytes32(dice), luck);
        if (act == 11) world.nameSuccessor(address(uint160(dice)), luck);
        if (act == 12) world.changeAdmin(luck);
        if (act == 13) world.changeDelay(uint48(dice >> 64), luck);
        if (act > 13) _anythingElse(act, dice, which, luck);
    }

    function _anythingElse(uint256 act, uint256 dice, uint256 which, uint8 luck) private {
        if (act == 14) world.setIssuerKey(luck, abi.encode(dice), uint64(dice >> 64));
        if (act == 15) world.retireIssuerKey(luck, uint64(dice >> 64));
        if (act == 16) world.grant(luck, uint8(dice >> 56), dice >> 64 & 1 == 0);
        if (act == 17) world.steal(which, uint32(dice >> 16), uint160(dice >> 64));
        if (act == 18) world.again();
    }
}
