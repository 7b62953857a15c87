/** Everything that the sandbox can be told to do wrong, what it then does, and what `times` counts. */
export const FAULTS = {
  'lost-request': 'The connection of a paid POST is cut before anything is done. Counts paid POSTs.',
  'redirect-paid': 'A paid POST is answered by 307 to another path. Nothing is charged. Counts paid POSTs.',
  'price-change':
    'The price doubles between the quote and the paid POST, and stays doubled until cleared. Happens once.',
  'settlement-failed':
    'Settlement fails three times: 500, an unpaid job that nobody is told about. Counts paid POSTs.',
  'lost-answer': 'The connection is cut after settlement: paid, and no job id. Counts settled POSTs.',
  'error-after-settlement': 'A 500 after settlement: paid, and no job id. Counts settled POSTs.',
  'challenge-after-settlement':
    'A fresh 402 after settlement: paid, and asked to pay again. Counts settled POSTs.',
  'made-up-ids':
    'The answer names a job that is not there, after settlement: paid, and never seen. Counts settled POSTs.',
  'slow-answer': 'The answer comes `seconds` (default 8) after settlement. Counts settled POSTs.',
  'no-acceptable-requirements': 'The challenge offers Solana only. Counts challenges.',
  'over-ceiling': 'The challenge quotes $10 (Seedance: $20) for a good body. Counts challenges.',
  'x402-v1': 'The challenge is an x402 version 1 body without a PAYMENT-REQUIRED header. Counts challenges.',
  'odd-challenge':
    'Before the payable entry stand odd ones: a word, null, version 1, `extra: null`, and 25 more. Counts challenges.',
  'huge-header': 'The PAYMENT-REQUIRED header is 64 KiB long. Counts challenges.',
  'payment-identifier':
    'The challenge requires a payment identifier, and an answer is stored by it for a resend. Counts paid POSTs.',
  'retry-after-date':
    'A paid POST is answered by 503, and a Retry-After date `seconds` (default 3) later. Counts paid POSTs.',
  'odd-sign-in':
    'A sign-in needs a challenge, which has `+00:00` and null in the place of what is optional. Counts challenges.',
  'stuck-job': 'The job stays in `loading` for ever. Counts jobs made.',
  'failed-job': 'The job ends `failed`, after it was paid. Counts jobs made.',
  'numeric-ids': 'The job id is a number wherever it is told. Counts jobs made.',
  'failure-object': "A failed job's error is an object with a message. Counts polls of failed jobs.",
  'not-found-spell': 'A job is answered by 404, to its own wallet. Counts polls.',
  'denied-spell': 'A job is answered by 403, to its own wallet. Counts polls.',
  'gone-spell': 'A job is answered by 410, to its own wallet. Counts polls.',
  'failed-spell': 'A job is called `failed` while it is not. Counts polls.',
  'another-job': 'A job is answered by the record of a failed one with another id. Counts polls.',
  'made-up-status': 'The status is a word that nobody knows. Counts polls.',
  'inline-svg': 'The result is an SVG as text, in the place of a URL. Counts polls of complete jobs.',
  'inline-data-url': 'The result is a `data:` URL. Counts polls of complete jobs.',
  'null-beside': 'null and "" stand beside the result, above it too. Counts polls of complete jobs.',
  'several-results': 'The result is a list, its first entry null. Counts polls of complete jobs.',
  'expired-picture-url':
    "A complete job's result URLs are already dead; a later poll gives fresh ones. Counts polls.",
  'foreign-picture-host':
    'The result URLs point to a host that is not the seller. Counts polls of complete jobs.',
  'result-elsewhere':
    'The result URLs point to another host of the seller, which settings do not list. Counts polls of complete jobs.',
  'svg-picture': 'A picture is an SVG document with a script in it. Counts downloads of pictures.',
  'html-picture': 'A picture is a web page, with status 200. Counts downloads of pictures.',
  'truncated-picture': 'A picture ends in its middle, as if complete. Counts downloads of pictures.',
  'huge-picture': 'A picture streams more than 30 MB, without saying so first. Counts downloads of pictures.',
  'wrong-size-picture': 'A picture is a good one of another size. Counts downloads of pictures.',
  'html-video': 'A video is a web page, with status 200. Counts downloads of videos.',
  'truncated-video': 'A video ends in its middle, as if complete. Counts downloads of videos.',
  'huge-video': 'A video streams more than 600 MB, without saying so first. Counts downloads of videos.',
  'missing-thumbnail': "A video's thumbnail is not there: 404. Counts downloads of thumbnails.",
  'failed-upload-put': 'The blob host answers a PUT with 500 and keeps nothing. Counts PUTs.',
  'expired-upload-token': 'The token of a paid upload is already dead when it is given. Counts uploads.',
} as const;

export type FaultName = keyof typeof FAULTS;

interface FaultSetting {
  /** How often it happens; absent: until cleared. */
  times?: number;
  /** For `slow-answer` and `retry-after-date`. */
  seconds?: number;
}

export interface FaultMenu {
  /** Switches a fault on, or sets it anew. Throws RangeError when `times` is not a whole number above zero. */
  set(name: FaultName, setting?: FaultSetting): void;
  /** Switches one fault off, or all. */
  clear(name?: FaultName): void;
  /** Takes one of the remaining times: the setting when the fault happens now, otherwise undefined. */
  take(name: FaultName): FaultSetting | undefined;
  /** Whether it happens the next time. Takes nothing. */
  isOn(name: FaultName): boolean;
  /** How often it has happened since it was set. */
  used(name: FaultName): number;
  /** The whole menu. `times` is what remains, null stands for no end. */
  list(): { name: FaultName; description: string; on: boolean; times: number | null; used: number }[];
}

/** @returns true when the text names a fault. */
export function isFaultName(text: string): text is FaultName {
  return Object.hasOwn(FAULTS, text);
}

/** A menu with everything off. */
export function createFaultMenu(): FaultMenu {
  const on = new Map<FaultName, { setting: FaultSetting; used: number }>();
  const remaining = (name: FaultName): number => {
    const entry = on.get(name);
    return entry === undefined ? 0 : (entry.setting.times ?? Number.POSITIVE_INFINITY) - entry.used;
  };
  return {
    set(name, setting = {}) {
      const { times } = setting;
      if (times !== undefined && !(Number.isSafeInteger(times) && times > 0)) {
        throw new RangeError(`times must be a whole number above zero, not ${times}`);
      }
      on.set(name, { setting, used: 0 });
    },
    clear(name) {
      if (name === undefined) on.clear();
      else on.delete(name);
    },
    take(name) {
      const entry = on.get(name);
      if (entry === undefined || remaining(name) < 1) return undefined;
      entry.used += 1;
      return entry.setting;
    },
    isOn: (name) => remaining(name) > 0,
    used: (name) => on.get(name)?.used ?? 0,
    list: () =>
      (Object.keys(FAULTS) as FaultName[]).map((name) => ({
        name,
        description: FAULTS[name],
        on: remaining(name) > 0,
        times: Number.isFinite(remaining(name)) ? remaining(name) : null,
        used: on.get(name)?.used ?? 0,
      })),
  };
}
