// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ITreeLedger } from "../interfaces/ITreeLedger.sol";
import {
    AccessControlDefaultAdminRules
} from "@openzeppelin/contracts/access/extensions/AccessControlDefaultAdminRules.sol";

/// @title Duties
/// @notice Who may do what. An address that inspects never registers or mints, one that registers
/// never mints, over all programmes and in any order of granting.
abstract contract Duties is ITreeLedger, AccessControlDefaultAdminRules {
    /// @dev A role whose duty is UNKNOWN is granted to nobody.
    enum Duty {
        UNKNOWN,
        OTHER,
        INSPECT,
        REGISTER,
        MINT
    }

    /// @dev The one exclusive duty that an address holds, and by how many roles.
    struct Holding {
        Duty duty;
        uint248 roles;
    }

    /// @notice May sign statements on lots, of any programme.
    bytes32 public constant INSPECTOR = keccak256("treering/inspector");

    /// @notice May claim and release records.
    bytes32 public constant REGISTRY = keccak256("treering/registry");

    /// @notice May anchor feeds.
    bytes32 public constant MIRROR = keccak256("treering/mirror");

    /// @notice May pause minting and let it go on.
    bytes32 public constant PAUSER = keccak256("treering/pauser");

    mapping(bytes32 role => Duty duty) private _dutyOf;
    mapping(address account => Holding holding) private _holdings;

    constructor(uint48 adminDelay, address admin)
        AccessControlDefaultAdminRules(adminDelay, admin)
    {
        _dutyOf[INSPECTOR] = Duty.INSPECT;
        _dutyOf[REGISTRY] = Duty.OTHER;
        _dutyOf[MIRROR] = Duty.OTHER;
        _dutyOf[PAUSER] = Duty.OTHER;
    }

    /// @inheritdoc ITreeLedger
    function registrarOf(uint32 programme) public pure returns (bytes32 role) {
        return keccak256(abi.encode("treering/registrar", programme));
    }

    /// @inheritdoc ITreeLedger
    function minterOf(uint32 programme) public pure returns (bytes32 role) {
        return keccak256(abi.encode("treering/minter", programme));
    }

    /// @inheritdoc ITreeLedger
    function revokerOf(uint32 programme) public pure returns (bytes32 role) {
        return keccak256(abi.encode("treering/revoker", programme));
    }

    /// @dev From now on the programme's roles may be granted.
    function _openRoles(uint32 programme) internal {
        _dutyOf[registrarOf(programme)] = Duty.REGISTER;
        _dutyOf[minterOf(programme)] = Duty.MINT;
        _dutyOf[revokerOf(programme)] = Duty.OTHER;
    }

    function _grantRole(bytes32 role, address account) internal override returns (bool granted) {
        Duty duty = _dutyOf[role];
        if (duty == Duty.UNKNOWN && role != DEFAULT_ADMIN_ROLE) revert RoleUnknown(role);
        if (account == address(0)) revert ZeroValue();
        granted = super._grantRole(role, account);
        if (granted && _isExclusive(duty)) _take(duty, account);
    }

    function _revokeRole(bytes32 role, address account) internal override returns (bool revoked) {
        revoked = super._revokeRole(role, account);
        if (revoked && _isExclusive(_dutyOf[role])) --_holdings[account].roles;
    }

    function _take(Duty duty, address account) private {
        Holding storage holding = _holdings[account];
        if (holding.roles != 0 && holding.duty != duty) revert DutiesConflict(account);
        holding.duty = duty;
        ++holding.roles;
    }

    function _isExclusive(Duty duty) private pure returns (bool) {
        return duty >= Duty.INSPECT;
    }
}
