// TreeLedger as a stranger reads it: its events and views, typed off the interfaces' words.

import { createPublicClient, http, parseAbi } from "viem";

export const TERMS = "(bytes32 site, bytes16 species, uint16 year, uint8 unit, bytes32 dossier)";

export const abi = parseAbi([
  "event ProgrammeOpened(uint32 indexed programme, bytes32 code)",
  "event LotOpened(uint64 indexed lot, bytes32 indexed site, uint16 indexed year, bytes16 species, uint8 unit, bytes32 dossier)",
  "event LotClosed(uint64 indexed lot)",
  "event Stated(uint64 indexed lot, uint8 indexed stage, address indexed inspector, bytes32 id, uint32 oldCount, uint32 newCount, uint64 inspectedAt, bytes32 report, bytes32 supersedes, uint64 nonce)",
  "event BatchMinted(uint64 indexed lot, uint32 indexed firstSerial, bytes32 indexed root, bytes holders)",
  "event RecordRevoked(uint96 indexed treeId, uint8 reason)",
  "event RecordReplaced(uint96 indexed oldTreeId, uint96 indexed newTreeId)",
  "event RecordClaimed(uint96 indexed treeId, bytes32 indexed commitment)",
  "event ClaimReleased(uint96 indexed treeId, bytes32 indexed commitment)",
  "event FeedAnchored(bytes32 indexed feed, uint64 oldSize, bytes32 oldRoot, uint64 newSize, bytes32 newRoot)",
  "event IssuerKeySet(uint32 indexed programme, bytes32 indexed keyId, bytes publicKey, uint64 from)",
  "event IssuerKeyRetired(uint32 indexed programme, bytes32 indexed keyId, uint64 oldUntil, uint64 newUntil)",
  "event SuccessorNamed(address indexed successor)",
  "event RoleGranted(bytes32 indexed role, address indexed account, address indexed sender)",
  "event RoleRevoked(bytes32 indexed role, address indexed account, address indexed sender)",
  "event Paused(address account)",
  "event Unpaused(address account)",
  "event DefaultAdminTransferScheduled(address indexed newAdmin, uint48 acceptSchedule)",
  "event DefaultAdminTransferCanceled()",
  "event DefaultAdminDelayChangeScheduled(uint48 newDelay, uint48 effectSchedule)",
  "event DefaultAdminDelayChangeCanceled()",
  `function lotOf(uint64) view returns ((${TERMS} terms, uint32 endorsed, uint32 accepted, uint32 surveyed, uint32 minted, uint32 revoked, bool isAccepted, bool isSurveyed, bool isClosed))`,
  "function capOf(uint64) view returns (uint32)",
  "function deficitOf(uint64) view returns (uint32)",
  "function statementOf(uint64, uint8) view returns (bytes32)",
  "function nonceOf(address) view returns (uint64)",
  "function rootOf(uint96) view returns (bytes32)",
  "function status(uint96) view returns ((bool isMinted, uint8 revoked, uint96 replacedBy, uint96 replaces, bytes32 claim))",
  "function programmeCode(uint32) view returns (bytes32)",
  "function totals(uint8) view returns ((uint64 minted, uint64 revoked))",
  "function totalsOfProgramme(uint32, uint8) view returns ((uint64 minted, uint64 revoked))",
  "function totalsOfSite(bytes32, uint16, uint8) view returns ((uint64 minted, uint64 revoked))",
  "function totalsOfSpecies(bytes16, uint8) view returns ((uint64 minted, uint64 revoked))",
  "function totalsOfYear(uint16, uint8) view returns ((uint64 minted, uint64 revoked))",
  "function feedHead(bytes32) view returns (uint64, bytes32)",
  "function issuerKey(uint32, bytes32) view returns ((bytes publicKey, uint64 from, uint64 until))",
  "function hasRole(bytes32, address) view returns (bool)",
  "function defaultAdmin() view returns (address)",
  "function successor() view returns (address)",
  "function paused() view returns (bool)",
]);

export type Hex = `0x${string}`;
export type Values = Record<string, any>;

export interface Log {
  block: number;
  index: number;
  transaction: Hex;
  blockHash: Hex;
  topics: Hex[];
  data: Hex;
}

export type Client = ReturnType<typeof connect>;

export function connect(url: string) {
  return createPublicClient({ transport: http(url, { retryCount: 0, timeout: 60_000 }) });
}

// All logs of the contract up to a block, as raw as the node gives them.
export async function logsUpTo(client: Client, address: Hex, block: bigint): Promise<Log[]> {
  const found: any[] = await client.request({
    method: "eth_getLogs",
    params: [{ address, fromBlock: "0x0", toBlock: `0x${block.toString(16)}` }],
  } as any);
  return found.map((log) => ({
    block: Number(log.blockNumber),
    index: Number(log.logIndex),
    transaction: log.transactionHash,
    blockHash: log.blockHash,
    topics: log.topics,
    data: log.data,
  }));
}
