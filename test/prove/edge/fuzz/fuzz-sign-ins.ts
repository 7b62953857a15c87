import { parseSIWxHeader, verifySIWxSignature } from '@x402/extensions/sign-in-with-x';
import { parseSiweMessage } from 'viem/siwe';
import { signInFor } from '../../../../shared/protocol/siwx.ts';
import { decodeExtension } from '../../../../shared/protocol/x402.ts';
import { wallet } from '../../../functions/jobs.ts';
import type { Proving } from '../../suite.ts';
import { chanceFrom } from '../chance.ts';
import { countKinds, type Tally } from '../tally.ts';
import { drawSignIn, networks, now, oddSignIns, pages } from './draw-sign-in.ts';
import { judgeSignIn } from './sign-in-oracle.ts';
import { watchResources } from './watch-resources.ts';

const headerOf = (extension: unknown, page: string): string =>
  Buffer.from(
    JSON.stringify({
      x402Version: 2,
      resource: { url: page },
      accepts: [],
      extensions: { 'sign-in-with-x': extension },
    }),
  ).toString('base64');

/** What two other readers make of the text and the header: viem's, and the reference server's. */
async function wrongReading(message: string, header: string, page: string): Promise<string | undefined> {
  const { host, hostname, href, port, protocol } = new URL(page);
  const usual = port === '' ? [`${hostname}:${protocol === 'https:' ? 443 : 80}`] : [];
  const named = [...usual, host, hostname].find((name) => message.startsWith(`${name} `));
  // The reader of viem knows no host of one label, no underscore and no IPv6 address.
  const read = parseSiweMessage(named === undefined ? message : message.replace(named, 'host.test'));
  if (named === undefined || read.domain !== 'host.test') return `names the domain ${read.domain}`;
  if (read.uri !== href) return `names the page ${read.uri}`;
  if (read.address !== wallet.address) return `names the wallet ${read.address}`;
  if (!networks.includes(`eip155:${read.chainId}` as (typeof networks)[number]))
    return `is for ${read.chainId}`;
  if (read.resources !== undefined || read.requestId !== undefined || read.notBefore !== undefined)
    return 'says more than it should';
  const payload = parseSIWxHeader(header);
  if (payload.nonce !== read.nonce || payload.domain !== named || payload.uri !== read.uri)
    return 'is another text than the header says';
  const { isValid } = (await verifySIWxSignature(payload)) as { isValid: boolean };
  return isValid ? undefined : 'is not what the reference server reads';
}

/** Gives so many sign-in challenges to the code that signs, from the header on, and compares with the oracle. */
export async function fuzzSignIns(
  { seed, progress }: Omit<Proving, 'size'>,
  tally: Tally,
  signIns: number,
): Promise<void> {
  const watch = watchResources(tally);
  const hosts = pages.map((page) => new URL(page).host);
  const kinds = countKinds(tally, 'sign-in signed', [...Object.keys(oddSignIns), ...new Set(hosts)]);
  for (let index = 0; index < signIns; index += 1) {
    const name = `sign-in ${index} of seed ${seed}`;
    await tally.each(name, async () => {
      const { page, extension, kinds: drawn } = drawSignIn(chanceFrom(seed, 'sign-in', index));
      const shown = JSON.stringify(extension).slice(0, 400);
      const header = headerOf(extension, page);
      const expected = { url: page, address: wallet.address, networks, now };
      const made = watch.timed(name, () => signInFor(decodeExtension(header, 'sign-in-with-x'), expected));
      // What is larger than any challenge may be is not read at all.
      const verdict = header.length > 64 * 1024 ? {} : judgeSignIn(extension, page, wallet.address);
      tally.count('signIns');
      if ('refused' in made) {
        tally.count('signInsRefused');
        if (verdict.text !== undefined && !verdict.loose)
          tally.breach(`${name}: refused (${made.refused}): ${shown}`);
        return;
      }
      tally.count('signInsSigned');
      for (const kind of [...drawn, new URL(page).host]) kinds.hit(kind);
      if (made.message !== verdict.text)
        tally.breach(`${name}: signed ${JSON.stringify(made.message)}: ${shown}`);
      const signature = await wallet.signMessage({ message: made.message });
      const wrong = await wrongReading(made.message, made.headerWith(signature), page);
      if (wrong) tally.breach(`${name}: ${wrong}: ${shown}`);
    });
    if (index % 250 === 0) {
      watch.memory();
      progress(index, signIns);
    }
  }
  kinds.expectEach(signIns);
}
