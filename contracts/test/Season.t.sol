// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Season } from "../src/libraries/Season.sol";
import { Test } from "./utils/Test.sol";

contract SeasonTest is Test {
    function test_startOf_isTheOneThatPythonGives() public view {
        string memory seasons = vm.readFile("../tests/vectors/seasons.json");
        for (uint256 i = 0; vm.keyExistsJson(seasons, _key(i, "")); ++i) {
            uint256 year = vm.parseJsonUint(seasons, _key(i, ".year"));
            vm.assertEq(Season.startOf(year), vm.parseJsonUint(seasons, _key(i, ".start")));
        }
    }

    function testFuzz_aYearHas365DaysOr366(uint256 year) public pure {
        year = bound(year, Season.FIRST_YEAR, Season.LAST_YEAR);
        bool isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        uint256 length = isLeap ? 366 days : 365 days;
        vm.assertEq(Season.endOf(year) - Season.startOf(year), length);
    }

    function testFuzz_isPlantingYear_from1981To9998(uint16 year) public pure {
        vm.assertTrue(Season.isPlantingYear(year) == (year > 1980 && year < 9999));
    }

    function test_isPlantingYear_hasItsEdges() public pure {
        vm.assertFalse(Season.isPlantingYear(0));
        vm.assertFalse(Season.isPlantingYear(1980));
        vm.assertTrue(Season.isPlantingYear(1981));
        vm.assertTrue(Season.isPlantingYear(9998));
        vm.assertFalse(Season.isPlantingYear(9999));
    }

    function _key(uint256 index, string memory name) private pure returns (string memory) {
        return string.concat("$[", vm.toString(index), "]", name);
    }
}
