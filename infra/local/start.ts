import { mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { formatUsd } from '../../shared/core/money.ts';
import { buyPicture, type Ended, onEnded, savePicture } from './booth/buy-picture.ts';
import { findSettlement } from './booth/find-settlement.ts';
import { type Booth, openBooth } from './booth/open-booth.ts';
import { policyFor } from './booth/policy-for.ts';
import { readCommandLine, type StartCommand, usage } from './booth/read-command-line.ts';

/** `npm start`: the whole product on this machine. People read stderr; stdout has the result. */

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

async function open(wanted: StartCommand): Promise<Booth> {
  const { COINBOOTH_LOCAL_KEY: walletKey } = process.env;
  if (walletKey !== undefined && !/^0x[0-9a-fA-F]{64}$/.test(walletKey))
    throw new Error('COINBOOTH_LOCAL_KEY must be 0x and 64 hex digits.');
  const { seller, dataDir } = wanted;
  await mkdir(dataDir, { recursive: true });
  const booth = await openBooth({
    port: wanted.port,
    progress: say,
    ...(walletKey !== undefined && { walletKey }),
    ...(seller && { policy: await policyFor(seller), dataDir: join(dataDir, 'world') }),
  });
  for (const fault of wanted.faults) booth.sandbox?.seller.faults.set(fault, { times: 1 });
  return booth;
}

/** One line of the result, for people or as JSON. */
async function report(booth: Booth, { detail, detailType }: Ended, wanted: StartCommand): Promise<object> {
  const rpcUrl = booth.sandbox?.chain.rpcUrl ?? wanted.seller?.rpcUrl;
  const { payment, picture } = detail;
  const settlement = payment && (await findSettlement(payment, rpcUrl));
  const file = await savePicture(booth.world, detail, wanted.dataDir);
  return {
    jobId: detail.jobId,
    status: detail.status,
    money: detail.money,
    ...(picture && {
      file,
      sha256: picture.sha256,
      bytes: picture.bytes,
      width: picture.width,
      height: picture.height,
      format: picture.format,
    }),
    ...(payment && { amountAtomic: payment.amountAtomic }),
    ...(settlement && { transaction: settlement.transaction, transactionSeenBy: settlement.source }),
    ...(detail.reason && { reason: detail.reason }),
    event: { id: detail.id, detailType },
  };
}

function print(result: Record<string, unknown>, decimals: number): void {
  const { event, reason } = result as {
    event: { id: string; detailType: string };
    reason?: { message: string };
  };
  const price =
    typeof result.amountAtomic === 'string' ? formatUsd(result.amountAtomic, decimals) : 'nothing';
  const seen = result.transactionSeenBy === 'chain' ? 'seen on the chain' : 'as the seller says';
  const lines = [
    [
      'picture',
      result.file ? relative(process.cwd(), String(result.file)) : `none: ${reason?.message ?? ''}`,
    ],
    ['size', result.file && `${result.width} × ${result.height} ${result.format}, ${result.bytes} bytes`],
    ['price', `${price}, money ${result.money}`],
    ['settlement', result.transaction && `${result.transaction} (${seen})`],
    ['event', `${event.detailType} ${event.id}`],
  ];
  for (const [name, value] of lines) if (value) console.log(`${String(name).padEnd(11)} ${value}`);
}

const curlLines = (origin: string): string => `
Try it:

  curl -s ${origin}/api/generate/flux-2-pro/generate \\
    -H 'content-type: application/json' \\
    -d '{"prompt":"a lighthouse at dusk","aspect_ratio":"16:9","resolution":"1 MP","output_format":"webp","output_quality":80,"safety_tolerance":2,"prompt_upsampling":false,"seed":7}'

  curl -s ${origin}/api/jobs/JOB_ID

Ctrl-C ends everything.`;

async function main(wanted: StartCommand): Promise<number> {
  let booth: Booth | undefined;
  let closing = false;
  const { promise: interrupted, resolve: interrupt } = Promise.withResolvers<'interrupted'>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupt('interrupted'));
  try {
    const opening = open(wanted);
    opening.catch(() => {});
    const opened = await Promise.race([opening, interrupted]);
    booth = await opening;
    if (opened === 'interrupted') return 130;
    say(`ready: ${booth.world.apiOrigin}, wallet ${booth.wallet}`);
    if (!wanted.json && wanted.seller)
      say(`buying from ${wanted.seller.origin}; the wallet must hold its token`);

    say(`buying "${wanted.prompt}"`);
    const ended = await Promise.race([buyPicture(booth.world, { prompt: wanted.prompt }), interrupted]);
    if (ended === 'interrupted') return 130;
    const result = await report(booth, ended, wanted);
    const decimals = booth.policy.assets[0]?.decimals ?? 6;
    if (wanted.json) console.log(JSON.stringify(result));
    else print(result as Record<string, unknown>, decimals);
    say(ended.detail.status === 'delivered' ? 'the picture is there' : 'there is no picture');
    if (wanted.once) return ended.detail.status === 'delivered' ? 0 : 1;

    const open_ = booth;
    onEnded(open_.world, (later) => {
      if (later.detail.jobId === ended.detail.jobId || closing) return;
      report(open_, later, wanted).then(
        (line) => console.log(wanted.json ? JSON.stringify(line) : ''),
        (error: Error) => say(`a picture could not be saved: ${error.message}`),
      );
      say(`${later.detailType} ${later.detail.jobId}`);
    });
    console.error(curlLines(open_.world.apiOrigin));
    await interrupted;
    return 0;
  } finally {
    closing = true;
    say('closing');
    await booth?.close();
  }
}

const wanted = command();
if (wanted === undefined) process.exitCode = 2;
else if (wanted === 'help') console.log(usage);
else
  process.exitCode = await main(wanted).catch((error: Error) => {
    console.error(error.message);
    return 1;
  });
