// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ITreeLedgerTypes } from "../src/interfaces/ITreeLedgerTypes.sol";
import { Holders } from "./utils/Holders.sol";
import { LedgerTest } from "./utils/LedgerTest.sol";

/// @notice Execution gas of each act, kept in snapshots/: a change of it shows in review. What a
/// transaction costs beside, 21,000 and its calldata, is measured in tests/contracts/test_gas.py.
contract GasTest is LedgerTest {
    function test_mint_executesBelowTheFloorOfItsCalldata() public givenEndorsed(20_000) {
        uint32[6] memory sizes = [uint32(1), 64, 256, 1024, 4096, 6500];
        uint32 next = 0;
        for (uint256 i = 0; i < sizes.length; ++i) {
            _mint(LOT, next, sizes[i]);
            string memory name = string.concat(vm.toString(sizes[i]), " records");
            uint256 execution = vm.snapshotGasLastCall("mint", name);
            next += sizes[i];
            // EIP-7623: 40 gas a byte if that is more than 16 gas a byte and the execution.
            uint256 perByte = execution / (20 * uint256(sizes[i]));
            if (sizes[i] > 1000) vm.assertLe(perByte, 40 - 16);
        }
    }

    function test_mint_executesBelowTheFloorEvenAsTheFirstOfAll() public givenEndorsed(4096) {
        _mint(LOT, 0, 4096);
        uint256 execution = vm.snapshotGasLastCall("mint", "4096 records, the first of all");
        vm.assertLe(execution, (40 - 16) * 20 * 4096);
    }

    function test_acts_costTheSameHoweverManyRecordsALotHas() public givenMinted(6500) {
        _state(LOT, ITreeLedgerTypes.Stage.ACCEPTANCE, 6500);
        vm.snapshotGasLastCall("acts", "state");
        _revoke(_tree(LOT, 3000));
        vm.snapshotGasLastCall("acts", "revoke 1");
        uint96[] memory run = new uint96[](64);
        for (uint32 i = 0; i < 64; ++i) {
            run[i] = _tree(LOT, 640 + i);
        }
        vm.prank(REVOKER);
        ledger.revoke(run, ITreeLedgerTypes.Reason.NOT_PLANTED);
        vm.snapshotGasLastCall("acts", "revoke 64 neighbours");
        vm.prank(REVOKER);
        ledger.replace(_tree(LOT, 1), _tree(LOT, 2));
        vm.snapshotGasLastCall("acts", "replace");
        uint96[] memory three = new uint96[](3);
        (three[0], three[1], three[2]) = (_tree(LOT, 7), _tree(LOT, 8), _tree(LOT, 9));
        vm.startPrank(OFFICE);
        ledger.claim(keccak256("claim"), three);
        vm.snapshotGasLastCall("acts", "claim 3");
        ledger.release(three);
        vm.snapshotGasLastCall("acts", "release 3");
    }

    function test_acts_ofALotDoNotGrowWithItsRecords() public {
        _begin(); // both ledgers within the test: what is warm in one is warm in the other
        uint256[6] memory few = _gasOfActs(128);
        _begin();
        uint256[6] memory many = _gasOfActs(6500);
        for (uint256 i = 0; i < 6; ++i) {
            vm.assertEq(few[i], many[i]);
        }
    }

    function _gasOfActs(uint32 records)
        private
        givenEndorsed(7000)
        returns (uint256[6] memory gas)
    {
        _mint(LOT, 0, records);
        gas[0] = _gasOf(MINTER, abi.encodeCall(ledger.mint, (LOT, records, new bytes(20))));
        gas[1] = _gasOf(
            REVOKER,
            abi.encodeCall(ledger.revoke, (_only(_tree(LOT, 9)), ITreeLedgerTypes.Reason.FRAUD))
        );
        gas[2] = _gasOf(REVOKER, abi.encodeCall(ledger.replace, (_tree(LOT, 1), _tree(LOT, 99))));
        gas[3] = _gasOf(OFFICE, abi.encodeCall(ledger.claim, ("claim", _only(_tree(LOT, 127)))));
        gas[4] = _gasOf(OFFICE, abi.encodeCall(ledger.release, (_only(_tree(LOT, 127)))));
        gas[5] = _gasOf(REGISTRAR, abi.encodeCall(ledger.closeLot, (LOT)));
    }

    function _gasOf(address who, bytes memory act) private returns (uint256) {
        vm.prank(who);
        (bool isTaken,) = address(ledger).call(act);
        vm.assertTrue(isTaken);
        return vm.lastCallGas().gasTotalUsed;
    }

    function test_acts_ofTheOfficesCostLittle() public {
        _openLot(LOT, ITreeLedgerTypes.Unit.TREE);
        vm.snapshotGasLastCall("acts", "openLot");
        vm.prank(MIRROR);
        ledger.anchor("registry", 1, "root");
        vm.snapshotGasLastCall("acts", "anchor");
        vm.prank(REGISTRAR);
        ledger.setIssuerKey(PROGRAMME, "key", new bytes(32), 1);
        vm.snapshotGasLastCall("acts", "setIssuerKey");
    }

    function test_verify_costsLittleInTheLargestBatch() public givenEndorsed(6500) {
        bytes memory holders = Holders.from("largest", 6500);
        vm.prank(MINTER);
        ledger.mint(LOT, 0, holders);
        ledger.verify(Holders.word(holders, 9, _tree(LOT, 9)), 0, new bytes32[](13));
        vm.assertLe(vm.snapshotGasLastCall("acts", "verify with 13 siblings"), 40_000);
    }
}
