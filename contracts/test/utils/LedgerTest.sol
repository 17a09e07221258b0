// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { TreeLedger } from "../../src/TreeLedger.sol";
import { ITreeLedgerTypes } from "../../src/interfaces/ITreeLedgerTypes.sol";
import { Holders } from "./Holders.sol";
import { Statements } from "./Signing.sol";
import { Test } from "./Test.sol";
import { IAccessControl } from "@openzeppelin/contracts/access/IAccessControl.sol";

/// @notice A ledger with one programme and one holder for every role, on 15 June 2025.
abstract contract LedgerBase is Test {
    address internal constant ADMIN = address(0xA1);
    address internal constant REGISTRAR = address(0xA2);
    address internal constant MINTER = address(0xA3);
    address internal constant REVOKER = address(0xA4);
    address internal constant OFFICE = address(0xA5); // holds REGISTRY
    address internal constant MIRROR = address(0xA6);
    address internal constant PAUSER = address(0xA7);
    address internal constant ANYBODY = address(0xA8);
    uint256 internal constant INSPECTOR_KEY = uint256(keccak256("inspector"));

    uint32 internal constant PROGRAMME = 1;
    uint32 internal constant OTHER_PROGRAMME = 2;
    uint64 internal constant LOT = uint64(PROGRAMME) << 32 | 277;
    uint16 internal constant YEAR = 2025;
    bytes32 internal constant SITE = "150000/277";
    bytes16 internal constant SPECIES = "SAXAUL";

    TreeLedger internal ledger;
    address internal inspector = vm.addr(INSPECTOR_KEY);

    function _begin() internal {
        ledger = new TreeLedger(1 days, ADMIN, address(0));
        vm.startPrank(ADMIN);
        ledger.openProgramme(PROGRAMME, "ANTFOREST");
        ledger.grantRole(ledger.registrarOf(PROGRAMME), REGISTRAR);
        ledger.grantRole(ledger.minterOf(PROGRAMME), MINTER);
        ledger.grantRole(ledger.revokerOf(PROGRAMME), REVOKER);
        ledger.grantRole(ledger.INSPECTOR(), inspector);
        ledger.grantRole(ledger.REGISTRY(), OFFICE);
        ledger.grantRole(ledger.MIRROR(), MIRROR);
        ledger.grantRole(ledger.PAUSER(), PAUSER);
        vm.stopPrank();
    }

    modifier givenLot() {
        _openLot(LOT, ITreeLedgerTypes.Unit.TREE);
        _;
    }

    modifier givenEndorsed(uint32 count) {
        _openLot(LOT, ITreeLedgerTypes.Unit.TREE);
        _state(LOT, ITreeLedgerTypes.Stage.ENDORSEMENT, count);
        _;
    }

    modifier givenMinted(uint32 count) {
        _openLot(LOT, ITreeLedgerTypes.Unit.TREE);
        _state(LOT, ITreeLedgerTypes.Stage.ENDORSEMENT, count);
        _mint(LOT, 0, count);
        _;
    }

    modifier givenPaused() {
        vm.prank(PAUSER);
        ledger.pause();
        _;
    }

    function _terms(ITreeLedgerTypes.Unit unit)
        internal
        pure
        returns (ITreeLedgerTypes.Terms memory)
    {
        return ITreeLedgerTypes.Terms({
            site: SITE, species: SPECIES, year: YEAR, unit: unit, dossier: keccak256("dossier")
        });
    }

    function _openLot(uint64 lot, ITreeLedgerTypes.Unit unit) internal {
        vm.prank(REGISTRAR);
        ledger.openLot(lot, _terms(unit));
    }

    /// @notice A second programme, with the same people in its roles.
    function _openOtherProgramme() internal {
        vm.startPrank(ADMIN);
        ledger.openProgramme(OTHER_PROGRAMME, "GFOREST");
        ledger.grantRole(ledger.registrarOf(OTHER_PROGRAMME), REGISTRAR);
        ledger.grantRole(ledger.minterOf(OTHER_PROGRAMME), MINTER);
        ledger.grantRole(ledger.revokerOf(OTHER_PROGRAMME), REVOKER);
        vm.stopPrank();
    }

    /// @notice A statement that the ledger would take now.
    function _statement(uint64 lot, ITreeLedgerTypes.Stage stage, uint32 count)
        internal
        view
        returns (ITreeLedgerTypes.Statement memory)
    {
        return ITreeLedgerTypes.Statement({
            lot: lot,
            stage: stage,
            count: count,
            inspectedAt: uint64(block.timestamp - 1 hours),
            report: keccak256("report"),
            supersedes: ledger.statementOf(lot, stage),
            nonce: ledger.nonceOf(inspector),
            deadline: uint64(block.timestamp + 1 hours)
        });
    }

    function _digest(ITreeLedgerTypes.Statement memory statement) internal view returns (bytes32) {
        return Statements.digest(statement, block.chainid, address(ledger));
    }

    function _sign(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function _signed(ITreeLedgerTypes.Statement memory statement)
        internal
        view
        returns (bytes memory)
    {
        return _sign(INSPECTOR_KEY, _digest(statement));
    }

    function _state(uint64 lot, ITreeLedgerTypes.Stage stage, uint32 count)
        internal
        returns (bytes32)
    {
        ITreeLedgerTypes.Statement memory statement = _statement(lot, stage, count);
        return ledger.state(statement, inspector, _signed(statement));
    }

    function _mint(uint64 lot, uint32 firstSerial, uint256 count) internal returns (bytes32) {
        vm.prank(MINTER);
        return ledger.mint(lot, firstSerial, Holders.from(bytes32(uint256(lot)), count));
    }

    function _revoke(uint96 treeId) internal {
        vm.prank(REVOKER);
        ledger.revoke(_only(treeId), ITreeLedgerTypes.Reason.ERROR);
    }

    function _claim(bytes32 commitment, uint96 treeId) internal {
        vm.prank(OFFICE);
        ledger.claim(commitment, _only(treeId));
    }

    function _tree(uint64 lot, uint32 serial) internal pure returns (uint96) {
        return uint96(lot) << 32 | serial;
    }

    function _only(uint96 treeId) internal pure returns (uint96[] memory treeIds) {
        treeIds = new uint96[](1);
        treeIds[0] = treeId;
    }

    function _both(uint96 first, uint96 second) internal pure returns (uint96[] memory treeIds) {
        treeIds = new uint96[](2);
        (treeIds[0], treeIds[1]) = (first, second);
    }

    function _expectUnauthorised(address account, bytes32 role) internal {
        vm.expectRevert(
            abi.encodeWithSelector(
                IAccessControl.AccessControlUnauthorizedAccount.selector, account, role
            )
        );
    }
}

/// @notice Each test has such a ledger of its own.
abstract contract LedgerTest is LedgerBase {
    function setUp() public virtual {
        _begin();
    }
}
