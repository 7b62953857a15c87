import type { AddressInfo } from 'node:net';
import { createServer, isIP } from 'node:net';
import { findReference } from '../../../../functions/references.ts';
import { knownOrigins } from '../../../../shared/core/policy.ts';
import { isPublicUrl } from '../../../../shared/core/reference.ts';
import type { Address } from '../../../../shared/seller/route-to.ts';
import type { Tally } from '../tally.ts';
import { fetchPicture } from './fetch-picture.ts';
import { pins } from './pins.ts';
import { lookalikeUrls, privateAddresses, privateUrls } from './private-urls.ts';

/** Listens on every address of this machine; whoever connects has been led astray. */
async function openCanary() {
  let connects = 0;
  const server = createServer((socket) => {
    connects += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    connects: () => connects,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

/** Resolves what is an address already, and this machine's own name. */
async function asWritten(hostname: string): Promise<readonly Address[]> {
  const address = hostname === 'localhost' ? '127.0.0.1' : hostname;
  return isIP(address) === 0 ? [] : [{ address, family: isIP(address) }];
}

const library = {
  ledger: { read: async () => undefined },
  uploads: { read: async () => undefined },
  bucketName: 'pictures',
  referenceBuckets: [],
  knownOrigins: knownOrigins(pins),
};

/** Offers every URL of the corpus as a picture and as a reference: none is fetched, and none is handed on. */
export async function fuzzUrls(tally: Tally): Promise<void> {
  const canary = await openCanary();
  try {
    for (const url of privateUrls(canary.port)) {
      const shown = JSON.stringify(url.slice(0, 200));
      await tally.each(`URL ${shown}`, async () => {
        tally.count('urls');
        if (isPublicUrl(url, [])) tally.breach(`${shown} is taken for a public address`);
        // The origin of the pictures is allowed exactly: what only looks like it is not.
        if (isPublicUrl(url, pins.pictureOrigins)) tally.breach(`${shown} is taken for the pictures' origin`);
        const found = await findReference(library, 'AIDAEXAMPLE', url);
        if ('url' in found) tally.breach(`${shown} is handed to the seller`);
      });
    }
    for (const url of [...privateUrls(canary.port), ...lookalikeUrls]) {
      const shown = JSON.stringify(url.slice(0, 200));
      await tally.each(`picture at ${shown}`, async () => {
        tally.count('fetches');
        const outcome = await fetchPicture(url, pins.pictureOrigins);
        if (outcome !== 'unacceptable' && outcome !== 'held') tally.breach(`${shown} is ${outcome}`);
        // Without a pin every public host may give a result: none of these is one.
        const unpinned = await fetchPicture(url, undefined, asWritten);
        if (unpinned === 'fetched') tally.breach(`${shown} is fetched without a pin`);
      });
    }
    await fuzzNames(tally, canary.port);
    if (canary.connects() > 0) tally.breach(`${canary.connects()} connections reached the listener`);
    // The listener hears what is allowed: silence before was no deafness.
    const heard = canary.connects();
    const allowed = `http://127.0.0.1:${canary.port}`;
    await fetchPicture(`${allowed}/x.png`, [allowed]);
    if (canary.connects() !== heard + 1) tally.breach('the listener is deaf');
  } finally {
    await canary.close();
  }
}

/** Has the allowed name itself lead into a private network, wholly or in part. */
async function fuzzNames(tally: Tally, port: number): Promise<void> {
  const allowed = `https://pictures.test:${port}`;
  for (const address of privateAddresses)
    for (const among of [[address], ['93.184.215.14', address], [address, '93.184.215.14']])
      await tally.each(`a name that leads to ${among.join(' and ')}`, async () => {
        tally.count('names');
        const resolve = async () => among.map((one) => ({ address: one, family: one.includes(':') ? 6 : 4 }));
        const outcome = await fetchPicture(`${allowed}/x.png`, [allowed], resolve);
        const unpinned = await fetchPicture(`${allowed}/x.png`, undefined, resolve);
        if (outcome !== 'unavailable' || unpinned !== 'unavailable')
          tally.breach(
            `a name that leads to ${among.join(' and ')} is ${outcome}, and ${unpinned} without a pin`,
          );
      });
}
