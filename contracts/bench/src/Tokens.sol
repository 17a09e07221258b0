// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ERC721 } from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import { ERC721A } from "erc721a/contracts/ERC721A.sol";
import { ERC721 as LeanERC721 } from "solady/src/tokens/ERC721.sol";

/// @notice Each token with the least that issuing needs: one minter, fixed for good, and ids in a
/// row. Roles, caps and pauses would only add to what is measured.
abstract contract OneMinter {
    address private immutable MINTER = msg.sender;

    error NotTheMinter();

    modifier onlyMinter() {
        if (msg.sender != MINTER) revert NotTheMinter();
        _;
    }
}

/// @notice OpenZeppelin's ERC-721.
contract OpenZeppelinToken is ERC721("Tree", "TREE"), OneMinter {
    uint256 private _next;

    function mint(address holder) external onlyMinter {
        _mint(holder, _next++);
    }

    function mintAll(address[] calldata holders) external onlyMinter {
        uint256 next = _next;
        for (uint256 i = 0; i < holders.length; ++i) {
            _mint(holders[i], next++);
        }
        _next = next;
    }
}

/// @notice ERC721A, which writes an owner once for a run of tokens.
contract RunToken is ERC721A("Tree", "TREE"), OneMinter {
    function mintRun(address holder, uint256 count) external onlyMinter {
        _mint(holder, count);
    }

    function mintAll(address[] calldata holders) external onlyMinter {
        for (uint256 i = 0; i < holders.length; ++i) {
            _mint(holders[i], 1);
        }
    }
}

/// @notice Solady's ERC-721.
contract LeanToken is LeanERC721, OneMinter {
    uint256 private _next;

    function mint(address holder) external onlyMinter {
        _mint(holder, _next++);
    }

    function mintAll(address[] calldata holders) external onlyMinter {
        uint256 next = _next;
        for (uint256 i = 0; i < holders.length; ++i) {
            _mint(holders[i], next++);
        }
        _next = next;
    }

    function name() public pure override returns (string memory) {
        return "Tree";
    }

    function symbol() public pure override returns (string memory) {
        return "TREE";
    }

    function tokenURI(uint256) public pure override returns (string memory) {
        return "";
    }
}
