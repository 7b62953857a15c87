import type { Mutant } from './mutant.ts';

/** What a seller's odd words can cost. */
export const wireErrors: readonly Mutant[] = [
  {
    name: 'X01',
    error: 'an option that cannot be read voids the payable one beside it',
    edits: [
      {
        file: 'shared/protocol/x402.ts',
        was: "    accepts: options.filter((option) => typeof option !== 'string'),",
        is: "    accepts: passedOver.length > 0 ? [] : options.filter((option) => typeof option !== 'string'),",
      },
    ],
    killers: ['test/protocol/x402.test.ts'],
  },
  {
    name: 'X02',
    error: 'null is a value: a sign-in whose statement is null cannot be made',
    edits: [
      {
        file: 'shared/protocol/absent.ts',
        was: "value === undefined || value === null || value === '';",
        is: "value === undefined || value === '';",
      },
    ],
    killers: ['test/protocol/siwx.test.ts'],
  },
  {
    name: 'X03',
    error: 'nobody rehearses the sign-in: what is paid for cannot be fetched',
    edits: [
      {
        file: 'functions/payer/send.ts',
        was: '  if (whyNot !== undefined) return refuse(payer, job, whyNot);\n',
        is: '  if (whyNot?.name === undefined && whyNot) return refuse(payer, job, whyNot);\n',
      },
    ],
    killers: ['test/functions/rehearsal.test.ts'],
  },
  {
    name: 'X04',
    error: 'the identifier of a payment is another one when it is signed anew after a crash',
    edits: [
      {
        file: 'shared/protocol/payment-identifier.ts',
        was: "nonce.replace(/^0x/, '').slice(0, 40)",
        is: "String(nonce && Math.random()).slice(2).padEnd(40, '0')",
      },
    ],
    killers: ['test/protocol/payment-identifier.test.ts'],
  },
  {
    name: 'X05',
    error: 'a malformed payment challenge voids the one behind it',
    edits: [
      {
        file: 'shared/protocol/mpp.ts',
        was: 'const swallowed = isRead ? -1 : text.search(boundary);',
        is: "const swallowed = isRead || boundary.test('') ? -1 : -1;",
      },
    ],
    killers: ['test/protocol/mpp.test.ts'],
  },
  {
    name: 'X06',
    error: 'a pause that is told as a date is not kept',
    edits: [
      {
        file: 'shared/seller/retry-after.ts',
        was: '  return Number.isNaN(at) ? undefined : at;',
        is: '  return at > 0 ? undefined : at;',
      },
    ],
    killers: ['test/seller-client/retry-after.test.ts'],
  },
  {
    name: 'X07',
    error: 'a paid request is sent again before the pause that the seller asks for is over',
    edits: [
      {
        file: 'shared/core/evolve.ts',
        was: '        ? Math.max(event.at + resendSeconds * 1000, retryAt)',
        is: '        ? event.at + resendSeconds * 1000',
      },
      {
        file: 'shared/core/job.ts',
        was: '!final && now >= retryAt && ',
        is: '!final && now + retryAt >= retryAt && ',
      },
    ],
    killers: ['test/functions/paused-resend.test.ts'],
  },
  {
    name: 'X08',
    error: "a seller's words may hold what a terminal obeys or hides",
    edits: [
      {
        file: 'shared/core/end.ts',
        was: 'message: plainText(reason.message)',
        is: 'message: reason.message',
      },
      {
        file: 'shared/core/evolve.ts',
        was: 'evidence: plainText(event.evidence)',
        is: 'evidence: event.evidence',
      },
    ],
    killers: ['test/functions/plain-words.test.ts'],
  },
];
