import type { Mutant } from './mutant.ts';

const send = 'functions/payer/send.ts';
const early = (type: string): Mutant['edits'] => [
  {
    file: send,
    was: '  const granted = await record(',
    is: `  const pay = () => payer.seller.pay(offeringPath(job.offering), bodyToSend(job), header, milliseconds);
  const early = type === '${type}' ? await pay() : undefined;
  const granted = await record(`,
  },
  {
    file: send,
    was: '  const answer = await payer.seller.pay(path, bodyToSend(job), header, milliseconds, rail);',
    is: '  const answer = early ?? (await pay());',
  },
];

/** What is signed, and when it leaves. */
export const signingErrors: readonly Mutant[] = [
  {
    name: 'M01',
    error: 're-sign on 402: a retry is signed anew, under a new nonce',
    edits: [
      {
        file: send,
        was: "  if (header !== undefined) return grantAndSend(payer, job, run, 'sending', header);",
        is: `  const stored = await payer.ledger.readAuthorization(job);
  if (header === undefined || !stored || stored.authorization.rail === 'tempo') return job;
  const payment = JSON.parse(Buffer.from(header, 'base64').toString());
  const nonce = \`0x\${stored.authorization.nonce.slice(2).split('').reverse().join('')}\`;
  const signature = await payer.wallet.signTypedData(typedDataOf({ ...stored.authorization, nonce }));
  payment.payload = { authorization: { ...payment.payload.authorization, nonce }, signature };
  const anew = Buffer.from(JSON.stringify(payment)).toString('base64');
  if (anew) return grantAndSend(payer, job, run, 'sending', anew);`,
      },
    ],
    killers: ['test/functions/pay.test.ts'],
  },
  {
    name: 'M02',
    error: 'random nonce: two workers, or a restored backup, sign for one purchase twice',
    edits: [
      {
        file: 'functions/payer/freeze.ts',
        was: '    deployment: payer.deployment,',
        is: '    deployment: payer.deployment + String(Math.random()),',
      },
    ],
    killers: ['test/functions/nonce.test.ts'],
  },
  {
    name: 'M03',
    error: 'nonce without generation: a second authorization cannot be told from the first',
    edits: [
      {
        file: 'shared/protocol/eip3009.ts',
        was: '        BigInt(purchase.generation),',
        is: '        0n,',
      },
    ],
    killers: ['test/protocol/x402.test.ts'],
  },
  {
    name: 'M04',
    error: 'send before the signature is stored',
    edits: early('authorized'),
    killers: ['test/functions/pay.test.ts'],
  },
  {
    name: 'M05',
    error: 'send again before the permission is written',
    edits: early('sending'),
    killers: ['test/functions/budget.test.ts', 'test/functions/crashes.test.ts'],
    title: 'flipped before any effect',
  },
];
