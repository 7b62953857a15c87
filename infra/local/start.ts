import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { buyPicture, type Ended, onEnded } from './booth/buy-picture.ts';
import { type Booth, openBooth } from './booth/open-booth.ts';
import { policyFor } from './booth/policy-for.ts';
import { readCommandLine, type StartCommand, usage } from './booth/read-command-line.ts';
import { describePurchase, reportPurchase } from './booth/report-purchase.ts';

/** `npm start`: the whole product on this machine. Progress goes to stderr, results to stdout. */

const startedAt = performance.now();
const say = (line: string): void =>
  console.error(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${line}`);

function command(): StartCommand | 'help' | undefined {
  try {
    return readCommandLine(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
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

async function open({ seller, dataDir, port, faults }: StartCommand): Promise<Booth> {
  const { COINBOOTH_LOCAL_KEY: walletKey } = process.env;
  if (walletKey !== undefined && !/^0x[0-9a-fA-F]{64}$/.test(walletKey))
    throw new Error('COINBOOTH_LOCAL_KEY must be 0x and 64 hex digits.');
  await mkdir(dataDir, { recursive: true });
  await claimable(port);
  const booth = await openBooth({
    port,
    progress: say,
    ...(walletKey !== undefined && { walletKey }),
    ...(seller && { policy: await policyFor(seller), dataDir: join(dataDir, 'world') }),
  });
  for (const fault of faults) booth.sandbox?.seller.faults.set(fault, { times: 1 });
  return booth;
}

const curlLines = (origin: string): string => `
Try it:

  curl -s ${origin}/api/generate/flux-2-pro/generate \\
    -H 'content-type: application/json' \\
    -d '{"prompt":"a lighthouse at dusk","aspect_ratio":"16:9","resolution":"1 MP","output_format":"webp","output_quality":80,"safety_tolerance":2,"prompt_upsampling":false,"seed":7}'

  curl -s ${origin}/api/jobs/JOB_ID

Ctrl-C ends everything.
`;

/** @returns the exit code: 0 when the picture is there, 1 when there is none, 130 when it was interrupted before */
async function run(wanted: StartCommand, signal: AbortSignal): Promise<number> {
  const interrupted = new Promise<undefined>((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined));
  });
  const booth = await open(wanted);
  try {
    const { world } = booth;
    say(`ready at ${world.apiOrigin}, wallet ${booth.wallet}`);
    const decimals = booth.policy.assets[0]?.decimals ?? 6;
    const rpcUrl = booth.sandbox?.chain.rpcUrl ?? wanted.seller?.rpcUrl;
    const print = async (ended: Ended): Promise<void> => {
      const purchase = await reportPurchase(booth, ended, wanted.dataDir, rpcUrl);
      console.log(wanted.json ? JSON.stringify(purchase) : `${describePurchase(purchase, decimals)}\n`);
    };

    if (signal.aborted) return 130;
    say(`buying "${wanted.prompt}" from ${booth.policy.origin}`);
    const ended = await Promise.race([buyPicture(world, { prompt: wanted.prompt }), interrupted]);
    if (ended === undefined) return 130;
    const delivered = ended.detail.status === 'delivered';
    say(delivered ? 'the picture is there' : 'there is no picture');
    await print(ended);
    if (wanted.once) return delivered ? 0 : 1;

    const printed = new Set([ended.detail.jobId]);
    const stop = onEnded(world, (later) => {
      if (printed.has(later.detail.jobId)) return;
      print(later).catch((error: Error) =>
        say(`job ${later.detail.jobId} could not be printed: ${error.message}`),
      );
    });
    console.error(curlLines(world.apiOrigin));
    await interrupted;
    stop();
    return 0;
  } finally {
    say('closing');
    await booth.close();
  }
}

const wanted = command();
if (wanted === undefined) process.exitCode = 2;
else if (wanted === 'help') console.log(usage);
else {
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupt.abort());
  process.exitCode = await run(wanted, interrupt.signal).catch((error: Error) => {
    console.error(error.message);
    return 1;
  });
}
