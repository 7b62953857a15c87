import { parseAbi } from 'viem';

/** What the sandbox's dollar calls itself: the EIP-712 domain of USDC on Base mainnet. */
export const TOKEN = { name: 'USD Coin', symbol: 'USDC', version: '2', decimals: 6 } as const;

/** The part of FiatTokenV2_2 that the local chain calls and reads. */
export const TOKEN_ABI = parseAbi([
  'function initialize(string tokenName, string tokenSymbol, string tokenCurrency, uint8 tokenDecimals, address newMasterMinter, address newPauser, address newBlacklister, address newOwner)',
  'function initializeV2(string newName)',
  'function initializeV2_1(address lostAndFound)',
  'function initializeV2_2(address[] accountsToBlacklist, string newSymbol)',
  'function configureMinter(address minter, uint256 minterAllowedAmount) returns (bool)',
  'function mint(address to, uint256 amount) returns (bool)',
  'function balanceOf(address account) view returns (uint256)',
  'event AuthorizationUsed(address indexed authorizer, bytes32 indexed nonce)',
  'event Transfer(address indexed from, address indexed to, uint256 value)',
]);
