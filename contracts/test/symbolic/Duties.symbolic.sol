// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { TreeLedger } from "../../src/TreeLedger.sol";
import { Symbolic } from "./Symbolic.sol";

/// @notice A ledger of which nothing is known, and one grant, withdrawal or renunciation in it. What
/// is proven is the step of an induction: an address's holding says its one duty and counts the
/// roles of that duty which it holds, and so it never holds roles of two duties.
contract DutiesSymbolic is Symbolic {
    uint256 internal constant DUTY_OF = 3; // slots, by `forge inspect TreeLedger storageLayout`
    uint256 internal constant HOLDINGS = 4;
    uint256 internal constant INSPECT = 2; // the first duty that excludes the others

    TreeLedger internal ledger = new TreeLedger(1 days, address(0xA1), address(0));

    struct Held {
        bool isHeld;
        uint256 duty;
        uint256 roles;
    }

    function setUp() public {
        svm.enableSymbolicStorage(address(ledger));
    }

    /// @notice A new role of a duty is counted, and only where there is no role of another duty.
    function check_grantRole_takesADutyOnlyWhereThereIsNoOther(bytes32 role, address account)
        public
    {
        uint256 duty = _dutyOf(role);
        Held memory before = _held(role, account);
        ledger.grantRole(role, account); // or it reverts

        Held memory after_ = _held(role, account);
        assert(after_.isHeld);
        if (before.isHeld || duty < INSPECT) {
            assert(after_.roles == before.roles && after_.duty == before.duty);
        } else {
            assert(before.roles == 0 || before.duty == duty);
            assert(after_.roles == before.roles + 1 && after_.duty == duty);
        }
    }

    /// @notice A role taken away is counted back, and the duty is the same as long as there is one.
    function check_revokeRole_countsBack(bytes32 role, address account) public {
        uint256 duty = _dutyOf(role);
        Held memory before = _held(role, account);
        ledger.revokeRole(role, account);
        _isCountedBack(role, account, duty, before);
    }

    function check_renounceRole_countsBack(bytes32 role, address account) public {
        uint256 duty = _dutyOf(role);
        vm.assume(role != 0); // the admin's own has its delay
        Held memory before = _held(role, account);
        vm.prank(account);
        ledger.renounceRole(role, account);
        _isCountedBack(role, account, duty, before);
    }

    /// @notice Nothing changes for any other role or any other address.
    function check_grantRole_changesNobodyElse(
        bytes32 role,
        address account,
        bytes32 other,
        address somebody
    ) public {
        vm.assume(somebody != account);
        bytes32 before = keccak256(abi.encode(_held(other, somebody)));
        ledger.grantRole(role, account);
        assert(keccak256(abi.encode(_held(other, somebody))) == before);
    }

    function check_grantRole_changesNoOtherRole(bytes32 role, address account, bytes32 other)
        public
    {
        vm.assume(other != role);
        bool before = ledger.hasRole(other, account);
        uint256 duty = _dutyOf(other);
        ledger.grantRole(role, account);
        assert(ledger.hasRole(other, account) == before && _dutyOf(other) == duty);
    }

    function check_grantRole_revertsForAnyoneButTheAdmin(
        address caller,
        bytes32 role,
        address account
    ) public {
        vm.assume(!ledger.hasRole(ledger.getRoleAdmin(role), caller));
        vm.prank(caller);
        (bool isTaken,) = address(ledger).call(abi.encodeCall(ledger.grantRole, (role, account)));
        assert(!isTaken);
    }

    function _isCountedBack(bytes32 role, address account, uint256 duty, Held memory before)
        private
        view
    {
        Held memory after_ = _held(role, account);
        bool isCounted = before.isHeld && duty >= INSPECT;
        assert(!after_.isHeld);
        assert(after_.duty == before.duty);
        assert(after_.roles == (isCounted ? before.roles - 1 : before.roles));
    }

    function _held(bytes32 role, address account) private view returns (Held memory) {
        uint256 holding = uint256(_at(keccak256(abi.encode(account, HOLDINGS))));
        return Held(ledger.hasRole(role, account), holding & 0xff, holding >> 8);
    }

    function _dutyOf(bytes32 role) private view returns (uint256) {
        return uint256(_at(keccak256(abi.encode(role, DUTY_OF)))) & 0xff;
    }

    function _at(bytes32 slot) private view returns (bytes32) {
        return vm.load(address(ledger), slot);
    }
}
