/**
 * What public nodes answer where they do not answer, word for word: HTTP status, JSON-RPC code and message of Alchemy,
 * Infura, QuickNode, Ankr, publicnode, dRPC, Blast, Chainstack, Base's own node and the clients behind them.
 */
export interface OddAnswer {
  readonly provider: string;
  readonly status: number;
  /** Of a JSON-RPC error; absent in plain text. */
  readonly code?: number;
  readonly message: string;
  readonly data?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A span of blocks is longer, or holds more, than is answered for. */
export const tooWide: readonly OddAnswer[] = [
  {
    provider: 'Alchemy, free',
    status: 400,
    code: -32_600,
    message:
      'Under the Free tier plan, you can make eth_getLogs requests with up to a 10 block range. Based on your parameters, this block range should work: [0x1, 0xa]. Upgrade to PAYG for expanded block range.',
  },
  {
    provider: 'Alchemy',
    status: 200,
    code: -32_602,
    message:
      'Log response size exceeded. You can make eth_getLogs requests with up to a 2K block range and no limit on the response size, or you can request any block range with a cap of 10K logs in the response.',
  },
  { provider: 'Infura', status: 200, code: -32_005, message: 'query returned more than 10000 results' },
  { provider: 'Infura', status: 200, code: -32_602, message: 'range 1000000 exceeds limit of 10000' },
  { provider: 'QuickNode', status: 413, code: -32_614, message: 'eth_getLogs is limited to a 10,000 range' },
  {
    provider: 'QuickNode, trial',
    status: 413,
    code: -32_615,
    message: 'eth_getLogs is limited to a 5 range',
  },
  { provider: 'Ankr', status: 200, code: -32_600, message: 'block range is too wide' },
  { provider: 'publicnode', status: 200, code: -32_701, message: 'exceed maximum block range: 50000' },
  {
    provider: 'dRPC, free',
    status: 400,
    code: 35,
    message: 'ranges over 10000 blocks are not supported on freetier',
  },
  {
    provider: 'dRPC, free',
    status: 408,
    code: 30,
    message: 'Request timeout on the free tier, please upgrade your tier to the paid one',
  },
  {
    provider: 'Blast',
    status: 200,
    code: -32_600,
    message: 'eth_getLogs is limited to 0 - 10000 blocks range',
  },
  { provider: 'Chainstack', status: 200, code: -32_602, message: 'Block range limit exceeded.' },
  { provider: 'LlamaRPC', status: 200, code: -32_000, message: 'block range is too large' },
  { provider: 'Base', status: 413, code: -32_614, message: 'eth_getLogs is limited to a 1,000 range' },
  { provider: 'Base', status: 200, code: -32_020, message: 'backend response too large' },
  {
    provider: 'Tenderly',
    status: 200,
    code: -32_602,
    message: 'invalid params',
    data: { payload: 'range 9009594 is bigger than range limit 2000' },
  },
  { provider: 'reth', status: 200, code: -32_602, message: 'query exceeds max block range 5000' },
  {
    provider: 'BSC',
    status: 200,
    code: -32_005,
    message: 'limit exceeded',
  },
  { provider: 'a proxy', status: 413, message: 'Payload Too Large' },
  { provider: 'a proxy', status: 400, message: 'Bad Request: the range is too large' },
  { provider: 'a firewall', status: 403, message: '<html><body>403 Forbidden</body></html>' },
  { provider: 'a load balancer', status: 504, message: 'upstream request timeout' },
];

/** Asked too often. */
export const tooOften: readonly OddAnswer[] = [
  {
    provider: 'Alchemy',
    status: 429,
    code: 429,
    message:
      'Your app has exceeded its compute units per second capacity. If you have retries enabled, you can safely ignore this message.',
    headers: { 'retry-after': '1' },
  },
  {
    provider: 'Alchemy, in a batch',
    status: 200,
    code: 429,
    message: 'Your app has exceeded its compute units per second capacity.',
  },
  {
    provider: 'Infura',
    status: 429,
    code: -32_005,
    message: 'daily request count exceeded, request rate limited',
    data: { rate: { allowed_rps: 1, backoff_seconds: 2, current_rps: 1.4 } },
  },
  { provider: 'Infura', status: 200, code: -32_005, message: 'project ID request rate exceeded' },
  {
    provider: 'QuickNode',
    status: 429,
    code: -32_007,
    message:
      '50/second request limit reached - reduce calls per second or upgrade your account at quicknode.com',
  },
  { provider: 'Ankr', status: 200, code: -32_029, message: 'Too many requests' },
  {
    provider: 'Ankr',
    status: 429,
    code: -32_090,
    message: 'Too many requests, reason: call rate limit exhausted, retry in 10s',
  },
  { provider: 'Base', status: 429, code: -32_016, message: 'over rate limit' },
  {
    provider: 'a node behind Base',
    status: 200,
    code: -32_000,
    message:
      '429 Too Many Requests: {"jsonrpc":"2.0","error":{"code":-32016,"message":"over rate limit"},"id":1}',
  },
  { provider: 'Blast', status: 200, code: -32_097, message: 'Rate limit reached' },
  {
    provider: 'Chainstack',
    status: 429,
    code: -32_005,
    message: "You've exceeded the RPS limit available on the current plan.",
    data: { trace_id: 'c0ffee', try_again_in: '250.5ms' },
  },
  { provider: 'dRPC', status: 429, code: 15, message: 'Too many request, try again later' },
  { provider: 'LlamaRPC', status: 429, message: 'error code: 1015', headers: { 'retry-after': '3' } },
  { provider: 'Base', status: 503, message: 'no backend is currently healthy to serve traffic' },
  { provider: 'a proxy', status: 503, message: '' },
];

/** State or logs that are kept no longer. */
export const tooOld: readonly OddAnswer[] = [
  {
    provider: 'geth',
    status: 200,
    code: -32_000,
    message:
      'missing trie node c6ebfa185e24077a555f06caaf4b78d9e0ae9dcb7a693ec753e856f49f55c85c (path ) state 0xc6ebfa185e24077a555f06caaf4b78d9e0ae9dcb7a693ec753e856f49f55c85c is not available, not found',
  },
  {
    provider: 'geth',
    status: 200,
    code: -32_000,
    message: 'required historical state unavailable (reexec=128)',
  },
  { provider: 'geth', status: 200, code: -32_000, message: 'historical state 0xabc is not available' },
  { provider: 'reth', status: 200, code: -32_000, message: 'state at block #9000000 is pruned' },
  {
    provider: 'reth',
    status: 200,
    code: -32_602,
    message: 'distance to target block exceeds maximum proof window',
  },
  { provider: 'Nethermind', status: 200, code: -32_002, message: 'No state available for block 0xabc' },
  { provider: 'Besu', status: 200, code: -32_000, message: 'World state unavailable' },
  { provider: 'Erigon', status: 200, code: -32_000, message: 'old data not available due to pruning' },
  {
    provider: 'publicnode',
    status: 403,
    code: -32_602,
    message: 'Archive requests require a personal token. Get one at: https://www.allnodes.com/publicnode',
  },
];

/** A block that is not there. */
export const noBlock: readonly OddAnswer[] = [
  { provider: 'geth', status: 200, code: -32_000, message: 'header not found' },
  { provider: 'geth', status: 200, code: -39_001, message: 'Unknown block' },
  {
    provider: 'Nethermind',
    status: 200,
    code: -32_001,
    message: 'Block 1234 could not be found, header not found',
  },
  {
    provider: 'Erigon',
    status: 200,
    code: -32_000,
    message: 'block range extends beyond current head block',
  },
];

/** The tag `finalized` is not known. */
export const noFinality: readonly OddAnswer[] = [
  { provider: 'geth', status: 200, code: -39_001, message: 'finalized block not found' },
  {
    provider: 'geth, before the merge',
    status: 200,
    code: -32_000,
    message: "'finalized' tag not supported on pre-merge network",
  },
  {
    provider: 'an older node',
    status: 200,
    code: -32_602,
    message: 'invalid argument 0: hex string without 0x prefix',
  },
];

/** Nobody is let in. */
export const notAllowed: readonly OddAnswer[] = [
  { provider: 'Alchemy', status: 401, code: -32_600, message: 'Must be authenticated!' },
  {
    provider: 'Ankr',
    status: 403,
    message: 'Unauthorized: You must authenticate your request with an API key',
  },
  { provider: 'QuickNode', status: 404, message: 'No endpoint found' },
  {
    provider: 'any',
    status: 200,
    code: -32_601,
    message: 'the method eth_getLogs does not exist/is not available',
  },
];

/** As a node sends it. */
export const bodyOf = ({ code, message, data }: OddAnswer, id: unknown): string =>
  code === undefined
    ? message
    : JSON.stringify({ jsonrpc: '2.0', id, error: { code, message, ...(data !== undefined && { data }) } });
