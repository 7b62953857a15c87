import { getAddress } from 'viem';
import { generatePrivateKey, privateKeyToAddress } from 'viem/accounts';
import { startChain } from '../chain/start-chain.ts';
import { interruption } from '../interruption.ts';
import { readCommandLine, type SellerCommand, USAGE } from './read-command-line.ts';
import { startSeller } from './start-seller.ts';

/** Always the same, so that it can be written into a buyer's list of payees. Nobody has its key. */
const PAYEE = getAddress('0x5e11e500000000000000000000000000000c01b0');
const TEST_FUNDS_ATOMIC = 100_000_000n;

/** `npm run seller`: chain and seller alone, until Ctrl-C. People read stderr, programs the one line on stdout. */
async function main({ faults, ...options }: SellerCommand): Promise<void> {
  const log = (line: string): void => console.error(line);
  const chain = await startChain({ log });
  const seller = await startSeller({ chain, payTo: PAYEE, log, ...options }).catch(async (cause: unknown) => {
    await chain.close();
    throw cause;
  });
  interruption().addEventListener('abort', async () => {
    log('closing');
    await seller.close();
    await chain.close();
    process.exit(0);
  });

  for (const { name, times } of faults) {
    seller.faults.set(name, times === undefined ? {} : { times });
    log(`fault on: ${name}${times === undefined ? '' : `, ${times} times`}`);
  }
  const testKey = generatePrivateKey();
  await chain.fund(privateKeyToAddress(testKey), TEST_FUNDS_ATOMIC);
  log(`a key with $${TEST_FUNDS_ATOMIC / 1_000_000n} of play money follows on stdout; Ctrl-C ends it all`);
  const { origin, blobOrigin, payTo, network, asset } = seller;
  console.log(JSON.stringify({ origin, blobOrigin, payTo, network, asset, rpc: chain.rpcUrl, testKey }));
}

function command(): SellerCommand | 'help' | undefined {
  try {
    return readCommandLine(process.argv.slice(2));
  } catch (cause) {
    console.error(`${USAGE}\n${cause instanceof Error ? cause.message : cause}`);
    return undefined;
  }
}

const wanted = command();
if (wanted === undefined) process.exitCode = 2;
else if (wanted === 'help') console.log(USAGE);
else {
  await main(wanted).catch((cause: unknown) => {
    console.error(cause instanceof Error ? cause.message : cause);
    process.exitCode = 1;
  });
}
