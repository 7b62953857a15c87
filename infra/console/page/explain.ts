import type { JobAnswer } from '../../../shared/contracts/http.ts';

export type FailedJob = Extract<JobAnswer, { status: 'failed' }>;

/** A failure, for the person whose money it is. */
export interface Explanation {
  readonly title: string;
  readonly happened: string;
  readonly money: string;
  readonly again: string;
  /** Nothing was lost: it is quiet. */
  readonly isHarmless: boolean;
}

const titles: Readonly<Record<string, string>> = {
  refused: 'Refused before paying',
  unpaid: 'Never paid',
  undelivered: 'Paid, and no picture',
  unresolved: 'Not known in time',
};

const reasons: Readonly<Record<string, string>> = {
  Cancelled: 'It was cancelled before anything was signed.',
  ChallengeUnsupported: 'The seller asks to be paid in a way that this booth does not pay.',
  PaymentRefused: 'The booth may not pay this.',
  PaymentUnsettled: 'The payment was never settled, and its time is over.',
  SettlementUnknown: 'The payment was sent, and no answer came back.',
  SellerUnavailable: 'The seller did not answer.',
  SignerUnavailable: 'The key that signs could not be reached.',
  GenerationFailed: 'The seller took the payment, and then its own job failed.',
  AssetInvalid: 'What the seller delivered is damaged or unsafe, and was not kept.',
  DeadlinePassed: 'It took longer than it may.',
  ChainDisagrees: 'The nodes of the chain tell different things.',
};

/** Their messages say the same in other words. */
const wholeReasons: ReadonlySet<string> = new Set(['Cancelled', 'GenerationFailed']);

/** Says of a failed job what happened, where the money is, and whether asking again can help. */
export function explain(job: FailedJob): Explanation {
  const { outcome, reason, money, cost, retryCanHelp, sellerSays } = job;
  const amount = cost?.usd ?? 'The price';
  const said = sellerSays === undefined ? '' : ` The seller says: “${sellerSays}”`;
  return {
    title: reason.name === 'Cancelled' ? 'Cancelled' : (titles[outcome] ?? 'Failed'),
    happened: `${happenedWords(reason)}${said}`,
    money: {
      none: 'Nothing was spent.',
      open: `${amount} is signed for and not known to be settled. The chain will tell, at the latest when its window has closed; it cannot be taken twice.`,
      spent: `${amount} was paid. A claim on the seller is recorded, with the transaction as its evidence.`,
    }[money],
    again: againWords(job, retryCanHelp),
    isHarmless: money === 'none',
  };
}

/** What the reason means, and what it adds to that. */
function happenedWords({ name, message }: FailedJob['reason']): string {
  const meaning = reasons[name];
  if (meaning === undefined) return message;
  return wholeReasons.has(name) ? meaning : `${meaning} ${message}`.trim();
}

function againWords({ money, reason }: FailedJob, retryCanHelp: boolean): string {
  if (retryCanHelp) return 'Asking again can help, and buys it once.';
  if (money === 'open') return 'Do not ask again yet: it could be bought twice.';
  if (money === 'spent') return 'Asking again buys another one, for its full price.';
  return reason.name === 'PaymentRefused' || reason.name === 'ChallengeUnsupported'
    ? 'Asking again is refused again, until the price, the limit or the budget is another one.'
    : 'Asking for the same again will not help.';
}
