import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { plainJson, plainLines, plainText } from '../../shared/core/plain-text.ts';
import { openDeployment } from '../cli/deployment.ts';
import { fileWords } from '../cli/file-words.ts';
import { coinbooth } from '../cli/program.ts';
import { makeKey } from '../console/guard.ts';
import { consoleListener } from '../console/serve.ts';
import { announceRunning } from './booth/announce-running.ts';
import { buyManifest } from './booth/buy-manifest.ts';
import { buyPicture, type Ended, onEnded } from './booth/buy-picture.ts';
import { claimFolder } from './booth/claim-folder.ts';
import { listPayments } from './booth/list-payments.ts';
import { type Booth, openBooth } from './booth/open-booth.ts';
import { policyFor } from './booth/policy-for.ts';
import { readCommandLine, type StartCommand, usage } from './booth/read-command-line.ts';
import { isWhole, reportManifest } from './booth/report-manifest.ts';
import { describePurchase, reportPurchase } from './booth/report-purchase.ts';
import { walletFunds } from './booth/wallet-funds.ts';
import { lookAtJob, moneyWords, watchJob } from './booth/watch-job.ts';
import { whenRemoved } from './booth/when-removed.ts';
import { interruption } from './interruption.ts';
import { FAULTS } from './seller/faults.ts';

/** `npm start`: the whole product on this machine. Progress goes to stderr, results to stdout. */

const startedAt = performance.now();
const say = (line: string): void =>
  console.error(plainText(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${line}`));

function command(): StartCommand | 'help' | undefined {
  try {
    return readCommandLine(process.argv.slice(2));
  } catch (error) {
    console.error(plainLines(`${usage}\n${(error as Error).message}`));
    return undefined;
  }
}

/** Asked first, since nobody wants to hear it after everything else was started. */
async function claimable(port: number): Promise<void> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening').catch(() => {
    throw new Error(`Port ${port} is taken; give another with --port.`);
  });
  server.close();
  await once(server, 'close');
}

async function open(
  { seller, dataDir, port, faults, rail }: StartCommand,
  apiKey: string | undefined,
): Promise<Booth> {
  const { COINBOOTH_LOCAL_KEY: walletKey } = process.env;
  if (walletKey !== undefined && !/^0x[0-9a-fA-F]{64}$/.test(walletKey))
    throw new Error('COINBOOTH_LOCAL_KEY must be 0x and 64 hex digits.');
  await claimFolder(dataDir);
  await claimable(port);
  const booth = await openBooth({
    port,
    apiKey,
    progress: say,
    ...(rail && { rails: [rail] }),
    ...(walletKey !== undefined && { walletKey }),
    ...(seller && {
      policy: await policyFor(seller),
      dataDir: join(dataDir, 'world'),
      rpcUrl: seller.rpcUrl,
    }),
  });
  for (const fault of faults) {
    booth.sandbox?.seller.faults.set(fault, { times: 1 });
    say(`the sandbox will do this once: ${fault}. ${FAULTS[fault]}`);
  }
  return booth;
}

const curlLines = (origin: string, jobId: string, dataDir: string, key: string | undefined): string => {
  const address = `${origin}/${key === undefined ? '' : `#key=${key}`}`;
  const header = key === undefined ? '' : ` \\\n    -H 'authorization: Bearer ${key}'`;
  return `The console is at ${address}

Try it:

  curl -s ${origin}/api/generate/flux-2-pro/generate${header} \\
    -H 'content-type: application/json' \\
    -d '{"prompt":"a lighthouse at dusk","aspect_ratio":"16:9","resolution":"1 MP","output_format":"webp","output_quality":80,"safety_tolerance":2,"prompt_upsampling":false,"seed":7}'

  curl -s ${origin}/api/jobs/${jobId}${header}

  ${coinbooth} generate "a lighthouse at dusk" --local ${dataDir} --out lighthouse.webp

Ctrl-C ends everything.
`;
};

/**
 * @returns the exit code: 0 when the picture is there, 1 when there is none or the data folder was removed, 130 when it was
 *   interrupted before
 */
async function run(wanted: StartCommand, signal: AbortSignal): Promise<number> {
  const interrupted = new Promise<undefined>((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined));
  });
  const { manifest } = wanted;
  // Before everything else is started: it may not be there.
  const bytes = manifest === undefined ? undefined : await readFile(manifest);
  // With another seller the wallet may hold real money, and everybody on this machine reaches the port.
  const key = wanted.seller && makeKey();
  const booth = await open(wanted, key);
  const takeNoteAway = await announceRunning(booth, wanted.dataDir, { needsKey: key !== undefined });
  let isRemoved = false;
  const unwatchFolder = await whenRemoved(wanted.dataDir, () => {
    isRemoved = true;
    say(`${wanted.dataDir} was removed: nothing more is bought without what was kept there`);
    process.kill(process.pid, 'SIGTERM');
  });
  const interruptedWith = (code: number): number => (isRemoved ? 1 : code);
  try {
    const { world } = booth;
    world.serveBeside(consoleListener(await openDeployment({ local: wanted.dataDir }), { key }));
    say(`ready at ${world.apiOrigin}, wallet ${booth.wallet}`);
    if (key)
      say(`the console is at ${world.apiOrigin}/#key=${key}; the API takes "Authorization: Bearer ${key}"`);
    if (wanted.seller) say(await walletFunds(booth, wanted.seller.rpcUrl));
    const decimals = booth.policy.assets[0]?.decimals ?? 6;
    const rpcUrl = booth.sandbox?.chain.rpcUrl ?? wanted.seller?.rpcUrl;
    const print = async (ended: Ended): Promise<void> => {
      const purchase = await reportPurchase(booth, ended, wanted.dataDir, rpcUrl);
      console.log(
        wanted.json ? plainJson(purchase) : plainLines(`${describePurchase(purchase, decimals)}\n`),
      );
    };

    if (signal.aborted) return interruptedWith(130);
    if (manifest !== undefined && bytes) {
      const whole = await runManifest(booth, manifest, bytes, wanted, interrupted);
      if (whole === undefined) return interruptedWith(130);
      if (wanted.once) return whole ? 0 : 1;
      say(`serving at ${world.apiOrigin}; Ctrl-C ends everything`);
      await interrupted;
      return interruptedWith(0);
    }
    say(`buying "${wanted.prompt}" from ${booth.policy.origin}`);
    let jobId: string | undefined;
    let unwatch = (): void => {};
    const buying = buyPicture(world, { prompt: wanted.prompt }, (accepted) => {
      jobId = accepted;
      unwatch = watchJob(world, accepted, say);
    });
    const ended = await Promise.race([buying, interrupted]).finally(() => unwatch());
    if (ended === undefined) {
      if (jobId !== undefined && !isRemoved) await leaveOpen(booth, jobId, wanted);
      return interruptedWith(130);
    }
    const delivered = ended.detail.status === 'delivered';
    say(delivered ? 'the picture is there' : 'there is no picture');
    await print(ended);
    for (const fault of wanted.faults)
      say(
        `${fault} happened ${booth.sandbox?.seller.faults.used(fault)} times; ${await settled(booth, ended)}`,
      );
    if (wanted.once) return delivered ? 0 : 1;

    const printed = new Set([ended.detail.jobId]);
    const stop = onEnded(world, (later) => {
      if (printed.has(later.detail.jobId)) return;
      print(later).catch((error: Error) =>
        say(`job ${later.detail.jobId} could not be printed: ${error.message}`),
      );
    });
    console.error(curlLines(world.apiOrigin, ended.detail.jobId, wanted.dataDir, key));
    await interrupted;
    stop();
    return interruptedWith(0);
  } finally {
    unwatchFolder();
    say('closing');
    await takeNoteAway();
    await booth.close();
  }
}

/** @returns whether every line has its picture; undefined when it was interrupted before */
async function runManifest(
  { world }: Booth,
  file: string,
  bytes: Uint8Array,
  wanted: StartCommand,
  interrupted: Promise<undefined>,
): Promise<boolean | undefined> {
  say(`dropping ${file} into the inbox`);
  const bought = await Promise.race([buyManifest(world, file, bytes, say), interrupted]);
  if (bought === undefined) return undefined;
  say(`${bought.results.length} lines are through`);
  console.log(await reportManifest(world, bought, wanted.dataDir, wanted.json));
  return isWhole(bought);
}

/** What is said of a job that was interrupted: where its money is, and how to go on with it. */
async function leaveOpen({ world }: Booth, jobId: string, wanted: StartCommand): Promise<void> {
  const { status, money } = await lookAtJob(world, jobId);
  say(`job ${jobId} is left ${status}: ${moneyWords[money]}`);
  if (wanted.seller)
    say(`start again with --data-dir ${wanted.dataDir} and the same seller to go on with it`);
  if (wanted.json) console.log(JSON.stringify({ jobId, status, money }));
}

/** How often the chain was paid for one job: the promise, counted. */
async function settled({ sandbox, wallet }: Booth, { detail }: Ended): Promise<string> {
  const all = await listPayments(sandbox, wallet);
  const own = all.filter(({ nonce }) => nonce === detail.payment?.nonce).length;
  return `settlements of this picture on the chain: ${own}`;
}

const wanted = command();
if (wanted === undefined) process.exitCode = 2;
else if (wanted === 'help') console.log(usage);
else {
  process.exitCode = await run(wanted, interruption()).catch((error: Error) => {
    console.error(plainLines(fileWords(error)));
    return 1;
  });
}
