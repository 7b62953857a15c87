import { parseArgs } from 'node:util';
import { type Rail, railNames } from '../../../shared/core/policy.ts';
import { FAULTS, type FaultName, isFaultName } from '../seller/faults.ts';

/** Whom to buy from in the place of the sandbox. */
export interface OtherSeller {
  readonly origin: string;
  readonly payee: string;
  /** CAIP-2, EVM. */
  readonly network: string;
  readonly asset: string;
  readonly rpcUrl?: string;
}

export interface StartCommand {
  readonly prompt: string;
  /** A file of many requests, to be bought in the place of the one picture. */
  readonly manifest?: string;
  readonly once: boolean;
  readonly json: boolean;
  readonly port: number;
  readonly dataDir: string;
  readonly seller?: OtherSeller;
  readonly faults: readonly FaultName[];
  /** How the sandbox is paid. */
  readonly rail?: Rail;
}

export const samplePrompt = 'a red kite over snow';

export const usage = `Usage: npm start -- [options] ["prompt"]

Runs Coinbooth on this machine, buys one picture, prints what came of it, and serves the API until Ctrl-C.

  --once                 buy one picture (or one manifest) and end
  --manifest FILE        buy every line of a .jsonl or .csv file; with --once the exit code
                         is 0 when every line has its picture
  --json                 the last line on stdout is one JSON object
  --port NUMBER          of the HTTP API on loopback (default 4402, with --once any that is free)
  --data-dir FOLDER      where pictures go, and what must survive (default .coinbooth)
  --fault NAME           have the sandbox seller do this wrong once; may be repeated
  --rail NAME            pay the sandbox by x402 (default), or by tempo: a local chain of that kind
                         is started beside the first, and every 402 offers both
  --help                 this text

To buy from another x402 seller instead of the sandbox, all four of:

  --seller ORIGIN        such as http://127.0.0.1:4020
  --payee ADDRESS        whom to pay, and nobody else
  --network CAIP2        such as eip155:8453
  --asset ADDRESS        the token to pay with
  --rpc URL              a node of that chain, to look the transaction up (optional)

The wallet of another seller is kept in the data folder; COINBOOTH_LOCAL_KEY=0x… imports a funded one.

Faults (npm run seller -- --help explains them): ${Object.keys(FAULTS).join(' ')}
`;

/**
 * @param args what follows the script's name
 * @returns what to do, or `help`
 * @throws Error with a sentence for the user when an option is unknown or its value cannot be used
 */
export function readCommandLine(args: readonly string[]): StartCommand | 'help' {
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    allowPositionals: true,
    tokens: true,
    options: {
      once: { type: 'boolean', default: false },
      manifest: { type: 'string' },
      json: { type: 'boolean', default: false },
      port: { type: 'string' },
      'data-dir': { type: 'string', default: '.coinbooth' },
      seller: { type: 'string' },
      payee: { type: 'string' },
      network: { type: 'string' },
      asset: { type: 'string' },
      rpc: { type: 'string' },
      fault: { type: 'string', multiple: true, default: [] },
      rail: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const given = tokens.flatMap((token) =>
    token.kind === 'option' && token.value !== undefined && token.name !== 'fault' ? [token.name] : [],
  );
  const twice = given.find((name, index) => given.indexOf(name) < index);
  if (twice !== undefined) throw new Error(`--${twice} is given twice.`);
  if (positionals.length > 1) throw new Error('Put the prompt in quotes: it is one argument.');
  if (positionals[0]?.trim() === '') throw new Error('The prompt must not be empty.');
  if (values.manifest === '') throw new Error('--manifest takes a file.');
  if (values.manifest !== undefined && positionals.length > 0)
    throw new Error('A prompt or --manifest, not both: the manifest has prompts of its own.');
  const port = Number(values.port ?? (values.once ? 0 : 4402));
  if (values.port === '' || !Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`--port takes a number from 0 to 65535, not "${values.port}".`);
  if (values['data-dir'] === '') throw new Error('--data-dir takes a folder.');
  const faults = values.fault.map((name) => {
    if (!isFaultName(name)) throw new Error(`--fault: there is no "${name}".`);
    return name;
  });
  const seller = otherSeller(values);
  if (seller && faults.length > 0) throw new Error('--fault is for the sandbox seller, not for --seller.');
  const rail = railNames.find((name) => name === values.rail);
  if (values.rail !== undefined && !rail)
    throw new Error(`--rail takes ${railNames.join(' or ')}, not "${values.rail}".`);
  if (seller && rail) throw new Error('--rail is for the sandbox seller; --seller is paid by x402.');
  return {
    prompt: positionals[0] ?? samplePrompt,
    once: values.once,
    json: values.json,
    port,
    dataDir: values['data-dir'],
    faults,
    ...(values.manifest !== undefined && { manifest: values.manifest }),
    ...(seller && { seller }),
    ...(rail && { rail }),
  };
}

type SellerOption = 'seller' | 'payee' | 'network' | 'asset' | 'rpc';

function otherSeller(values: Partial<Record<SellerOption, string>>): OtherSeller | undefined {
  const { seller, payee, network, asset, rpc } = values;
  if ([seller, payee, network, asset, rpc].every((value) => value === undefined)) return undefined;
  if (seller === undefined || payee === undefined || network === undefined || asset === undefined)
    throw new Error('--seller, --payee, --network and --asset go together, and --rpc with them.');
  if (URL.parse(seller)?.origin !== seller || !/^https?:/.test(seller))
    throw new Error(`--seller takes an origin such as https://seller.example, not "${seller}".`);
  for (const [option, value] of Object.entries({ payee, asset }))
    if (!/^0x[0-9a-fA-F]{40}$/.test(value)) throw new Error(`--${option} takes an address, not "${value}".`);
  if (!/^eip155:[1-9][0-9]{0,15}$/.test(network))
    throw new Error(`--network takes a CAIP-2 name such as eip155:8453, not "${network}".`);
  if (rpc !== undefined && !URL.canParse(rpc)) throw new Error(`--rpc takes a URL, not "${rpc}".`);
  return { origin: seller, payee, network, asset, ...(rpc !== undefined && { rpcUrl: rpc }) };
}
