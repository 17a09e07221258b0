// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Season
/// @notice When a planting year begins and ends: a calendar year in Asia/Shanghai, which is UTC+8
/// on every New Year since 1970.
library Season {
    uint16 internal constant FIRST_YEAR = 1981;
    uint16 internal constant LAST_YEAR = 9998;

    /// @notice Whether a lot may bear this planting year.
    function isPlantingYear(uint16 year) internal pure returns (bool) {
        return year >= FIRST_YEAR && year <= LAST_YEAR;
    }

    /// @notice Unix seconds of the year's first moment.
    /// @param year FIRST_YEAR to LAST_YEAR + 1
    function startOf(uint256 year) internal pure returns (uint256) {
        uint256 leapDays = (year - 1969) / 4 - (year - 1901) / 100 + (year - 1601) / 400;
        return ((year - 1970) * 365 + leapDays) * 1 days - 8 hours;
    }

    /// @notice Unix seconds of the first moment that is no longer the year's.
    function endOf(uint256 year) internal pure returns (uint256) {
        return startOf(year + 1);
    }
}
