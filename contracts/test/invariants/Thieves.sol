// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ITreeLedgerTypes } from "../../src/interfaces/ITreeLedgerTypes.sol";
import { Office } from "./Office.sol";

/// @notice Those who try what is not theirs: strangers, and the holders of every role with the acts
/// of all the others. Each act is one that would pass from the right hands.
abstract contract Thieves is Office {
    uint64[6] internal _lots =
        [uint64(1) << 32 | 1, 1 << 32 | 2, 1 << 32 | 3, 2 << 32 | 1, 2 << 32 | 2, 2 << 32 | 3];

    /// @dev `role` is whose act it is; NOBODYS where no role makes it right.
    struct Theft {
        bytes32 role;
        bytes call;
    }

    bytes32 internal constant NOBODYS = "nobody's";
    uint256 internal constant THEFTS = 22;

    uint256 public stolen;
    uint256 public repeated;
    uint256 public attempts;
    bytes internal _lastMint;
    bytes internal _lastStatement;

    /// @notice A stranger, or somebody with roles of his own, tries every act that is not his.
    function steal(uint256 which, uint32 serial, uint160 who) external {
        (which, who) = (_any(which), uint160(_any(who)));
        address thief = who % 2 == 0 ? address(who) : everybody()[who % 11];
        (address pending,) = ledger.pendingDefaultAdmin();
        if (thief == pending) return;
        uint64 lot = _lots[which % 6];
        uint96 treeId = _tree(lot, serial % (ledger.lotOf(lot).minted + 1));
        Theft[THEFTS] memory thefts = _thefts(thief, lot, treeId);
        for (uint256 i = 0; i < THEFTS; ++i) {
            if (thefts[i].role != NOBODYS && ledger.hasRole(thefts[i].role, thief)) continue;
            ++attempts;
            if (_as(thief, thefts[i].call)) ++stolen;
        }
        _forge(thief, lot);
    }

    /// @notice What was taken once is sent again, by the same hands.
    function again() external {
        if (_lastMint.length > 0 && _as(MINTER, _lastMint)) ++repeated;
        if (_lastStatement.length > 0 && _as(ANYBODY, _lastStatement)) ++repeated;
    }

    function everybody() public view returns (address[12] memory) {
        return [
            ADMIN,
            REGISTRAR,
            MINTER,
            REVOKER,
            OFFICE,
            MIRROR,
            PAUSER,
            ANYBODY,
            inspector,
            _pool[0],
            _pool[1],
            address(ledger)
        ];
    }

    function _thefts(address thief, uint64 lot, uint96 treeId)
        private
        view
        returns (Theft[THEFTS] memory thefts)
    {
        uint32 programme = uint32(lot >> 32);
        bytes32 registrar = ledger.registrarOf(programme);
        bytes32 revoker = ledger.revokerOf(programme);
        bytes32 minter = ledger.minterOf(programme);
        uint96[] memory one = _only(treeId);
        thefts[0] = Theft(
            minter, abi.encodeCall(ledger.mint, (lot, ledger.lotOf(lot).minted, new bytes(20)))
        );
        thefts[1] =
            Theft(revoker, abi.encodeCall(ledger.revoke, (one, ITreeLedgerTypes.Reason.ERROR)));
        thefts[2] = Theft(revoker, abi.encodeCall(ledger.replace, (treeId, treeId ^ 1)));
        thefts[3] =
            Theft(ledger.REGISTRY(), abi.encodeCall(ledger.claim, (keccak256("mine"), one)));
        thefts[4] = Theft(ledger.REGISTRY(), abi.encodeCall(ledger.release, (one)));
        thefts[5] =
            Theft(ledger.MIRROR(), abi.encodeCall(ledger.anchor, ("registry", 1000, "mine")));
        thefts[6] = Theft(
            registrar,
            abi.encodeCall(ledger.openLot, (lot ^ 8, _terms(ITreeLedgerTypes.Unit.TREE)))
        );
        thefts[7] = Theft(registrar, abi.encodeCall(ledger.closeLot, (lot)));
        thefts[8] = Theft(
            registrar, abi.encodeCall(ledger.setIssuerKey, (programme, "mine", hex"01", 1))
        );
        thefts[9] = Theft(
            registrar, abi.encodeCall(ledger.retireIssuerKey, (programme, bytes32(uint256(1)), 1))
        );
        thefts[10] = Theft(ledger.PAUSER(), abi.encodeCall(ledger.pause, ()));
        thefts[11] = Theft(ledger.PAUSER(), abi.encodeCall(ledger.unpause, ()));
        _theftsOfTheOffice(thefts, thief, minter);
    }

    function _theftsOfTheOffice(Theft[THEFTS] memory thefts, address thief, bytes32 minter)
        private
        view
    {
        thefts[12] = Theft(0, abi.encodeCall(ledger.nameSuccessor, (thief)));
        thefts[13] = Theft(0, abi.encodeCall(ledger.grantRole, (minter, thief)));
        thefts[14] = Theft(0, abi.encodeCall(ledger.revokeRole, (minter, MINTER)));
        thefts[15] = Theft(0, abi.encodeCall(ledger.openProgramme, (9, "MINE")));
        thefts[16] = Theft(0, abi.encodeCall(ledger.beginDefaultAdminTransfer, (thief)));
        thefts[17] = Theft(0, abi.encodeCall(ledger.cancelDefaultAdminTransfer, ()));
        thefts[18] = Theft(0, abi.encodeCall(ledger.changeDefaultAdminDelay, (0)));
        thefts[19] = Theft(0, abi.encodeCall(ledger.rollbackDefaultAdminDelay, ()));
        thefts[20] = Theft(NOBODYS, abi.encodeCall(ledger.acceptDefaultAdminTransfer, ()));
        // Only one's own role is ever renounced.
        address other = thief == OFFICE ? MIRROR : OFFICE;
        thefts[21] =
            Theft(NOBODYS, abi.encodeCall(ledger.renounceRole, (ledger.REGISTRY(), other)));
    }

    /// @notice A thief states what no inspector signed, and pays in.
    function _forge(address thief, uint64 lot) private {
        ITreeLedgerTypes.Statement memory statement =
            _statement(lot, ITreeLedgerTypes.Stage.ENDORSEMENT, 1000);
        bytes memory signature = _sign(uint256(keccak256("thief")), _digest(statement));
        if (_as(thief, abi.encodeCall(ledger.state, (statement, inspector, signature)))) ++stolen;
        vm.deal(thief, 1);
        vm.prank(thief);
        (bool isTaken,) = address(ledger).call{ value: 1 }("");
        if (isTaken) ++stolen;
        attempts += 2;
    }
}
