import type { Mutant } from './mutant.ts';

/** What a seller can talk us into. */
export const sellerErrors: readonly Mutant[] = [
  {
    name: 'M19',
    error: 'no low s: half of all signatures are refused by the token',
    edits: [
      {
        file: 'shared/protocol/ecdsa.ts',
        was: 'const isHigh = s > order / 2n;',
        is: 'const isHigh = s < 0n;',
      },
    ],
    killers: ['test/protocol/ecdsa.test.ts'],
  },
  {
    name: 'M20',
    error: "the domain that is signed comes from the seller's extra",
    edits: [
      {
        file: 'shared/core/selection.ts',
        was: '  if (option.extra?.name !== asset.name || option.extra?.version !== asset.version)',
        is: '  if (option.extra?.name === undefined || option.extra?.version === undefined)',
      },
      {
        file: 'functions/payer/freeze.ts',
        was: '      asset,\n      ...terms,',
        is: `      asset: { ...asset, name: String(selected.extra?.name), version: String(selected.extra?.version) },
      ...terms,`,
      },
    ],
    killers: ['test/core/selection.test.ts'],
  },
  {
    name: 'M21',
    error: 'the first payment option wins, not the cheapest',
    edits: [
      {
        file: 'shared/core/selection.ts',
        was: 'const cheapest = payable.toSorted(',
        is: 'const [cheapest] = payable; payable.toSorted(',
      },
      {
        file: 'shared/core/selection.ts',
        was: 'rank(a.option).localeCompare(rank(b.option)) : a.amount < b.amount ? -1 : 1,\n  )[0];',
        is: 'rank(a.option).localeCompare(rank(b.option)) : a.amount < b.amount ? -1 : 1,\n  );',
      },
    ],
    killers: ['test/core/selection.test.ts'],
  },
  {
    name: 'M22',
    error: 'redirects are followed, with what was signed',
    edits: [
      {
        file: 'shared/seller/exchange.ts',
        was: "  request.on('response', (response) => {",
        is: `  request.on('response', (response) => {
    const { location } = response.headers;
    if (location !== undefined && (response.statusCode ?? 0) >= 300) {
      exchange({ ...input, url: new URL(location, input.url).href }).then(settle);
      return;
    }`,
      },
    ],
    killers: ['test/seller-client/exchange.test.ts', 'test/seller-client/download.test.ts'],
  },
  {
    name: 'M23',
    error:
      'the address of a name is checked, and then the name is connected to: it may lead elsewhere by then',
    edits: [
      {
        file: 'shared/seller/ask-stranger.ts',
        was: '    ...(route.lookup && { lookup: route.lookup }),\n',
        is: '',
      },
    ],
    killers: ['test/seller-client/one-look-up.test.ts'],
  },
  {
    name: 'H01',
    error: 'the pin of results is ignored: a result elsewhere is fetched',
    edits: [
      {
        file: 'shared/seller/result-host.ts',
        was: 'return pin.includes(url.origin) ||',
        is: 'return pin.length > 0 ||',
      },
    ],
    killers: ['test/seller-client/download.test.ts'],
  },
  {
    name: 'H02',
    error: 'a held result ends its job at once',
    edits: [
      {
        file: 'functions/poller/deliver.ts',
        was: "  if ('held' in fetched) return held(deliverer, job, fetched.held);",
        is: "  if ('held' in fetched) return ended(deliverer, job, undefined as never);",
      },
    ],
    killers: ['test/functions/deliver.test.ts'],
  },
  {
    name: 'H03',
    error: 'a reference may name what is in quarantine',
    edits: [
      {
        file: 'functions/references.ts',
        was: 'reference.bucket === library.bucketName && reference.key.startsWith(quarantinePrefix)',
        is: 'reference.bucket === quarantinePrefix',
      },
    ],
    killers: ['test/functions/deliver.test.ts'],
  },
  {
    name: 'H04',
    error: 'the third refusal ends a job',
    edits: [
      {
        file: 'shared/core/job.ts',
        was: '  if (now >= lastMomentOf(job, timings)) return',
        is: '  if (now >= lastMomentOf(job, timings) || job.assetFailures > 2) return',
      },
    ],
    killers: ['test/functions/deliver.test.ts'],
  },
  {
    name: 'H05',
    error: 'a release that another write overtakes is dropped',
    edits: [{ file: 'functions/record.ts', was: "  'released',\n", is: '' }],
    killers: ['test/functions/release.test.ts'],
  },
  {
    name: 'H06',
    error: 'bytes leave the quarantine although their release is not recorded',
    edits: [
      {
        file: 'infra/cli/release-result.ts',
        was: 'if (!isDelivered && after.released?.key !== file.key)',
        is: 'if (!isDelivered && after.released?.key === file.key.slice(1))',
      },
    ],
    killers: ['test/functions/release.test.ts'],
  },
  {
    name: 'H07',
    error: 'a release after the end makes the job a delivered one',
    edits: [
      {
        file: 'shared/core/evolve.ts',
        was: '? { released: event.released }',
        is: "? { status: 'delivered', released: event.released }",
      },
    ],
    killers: ['test/functions/release.test.ts'],
  },
];
