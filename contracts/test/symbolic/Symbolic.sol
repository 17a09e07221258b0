// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice The cheatcodes of halmos that the proofs use, beside forge's: values that stand for all
/// of their type at once.
interface Svm {
    function createBytes(uint256 length, string calldata name) external pure returns (bytes memory);
    function createBytes32(string calldata name) external pure returns (bytes32);
    function enableSymbolicStorage(address account) external;
}

interface Vm {
    function assume(bool condition) external pure;
    function prank(address sender) external;
    function load(address account, bytes32 slot) external view returns (bytes32);
}

/// @notice What a `check_` function asserts, halmos proves for every value of its arguments.
abstract contract Symbolic {
    Svm internal constant svm = Svm(0xF3993A62377BCd56AE39D773740A5390411E8BC9);
    Vm internal constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);
}
