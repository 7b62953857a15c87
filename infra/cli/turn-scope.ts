import { userInfo } from 'node:os';
import { InvalidArgumentError } from 'commander';
import { isAddress } from 'viem';
import { catalogue, offeringOf } from '../../shared/core/catalogue.ts';
import { plainWords } from '../../shared/core/plain-words.ts';
import { scopeSchema } from '../../shared/core/switches.ts';
import { withdrawalOffering } from '../../shared/core/withdrawal.ts';
import type { Settings } from '../cloud/settings.ts';
import type { Deployment } from './deployment.ts';

/** In words for the person who named it. */
export class NoSuchScope extends Error {}

/**
 * Stops or resumes one caller, model or payee. What would stop nothing is refused: whoever stops something relies on it.
 * @returns the scope as it is kept, and whether it was stopped before
 * @throws NoSuchScope where nothing that is asked for or paid is called so
 */
export async function turnScope(
  { control, settings }: Pick<Deployment, 'control' | 'settings'>,
  text: string,
  enabled: boolean,
  reason: string,
): Promise<{ scope: string; wasStopped: boolean }> {
  const scope = scopeOf(text);
  const before = (await control.readSwitches()).find((known) => known.scope === scope);
  const wasStopped = before?.enabled === false;
  if (!enabled) mustBeThere(scope, settings);
  if (!enabled || wasStopped)
    await control.writeSwitch({ scope, enabled, reason, by: userInfo().username, at: Date.now() });
  return { scope, wasStopped };
}

/** The same of an option of the command line. */
export function readScope(text: string): string {
  try {
    return scopeOf(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

/** A scope as it is kept. */
export function scopeOf(text: string): string {
  const { data, error } = scopeSchema.safeParse(text.trim(), { error: plainWords });
  if (data === undefined) throw new NoSuchScope(`It ${error.issues[0]?.message}.`);
  return data;
}

/** @throws NoSuchScope when nothing that is asked for or paid is called so */
export function mustBeThere(
  scope: string,
  { seller, treasury }: Pick<Settings, 'seller' | 'treasury'>,
): void {
  const payees = [...seller.payees, ...(seller.tempo?.payees ?? []), ...Object.values(treasury)];
  const name = scope.slice(scope.indexOf(':') + 1);
  if (scope.startsWith('model:') && !offeringOf(name) && name !== withdrawalOffering) {
    const meant = Object.keys(catalogue).filter((known) => known.startsWith(`${name}/`));
    const rather =
      meant.length > 0 ? `it is one of ${meant.join(', ')}` : '"coinbooth models" lists what there is';
    throw new NoSuchScope(`There is no model "${name}" here; ${rather}.`);
  }
  if (!scope.startsWith('payee:')) return;
  if (!isAddress(name, { strict: false })) throw new NoSuchScope(`"${name}" is no address.`);
  if (!payees.some((payee) => payee.toLowerCase() === name))
    throw new NoSuchScope(`This booth pays nobody at ${name}; its payees are ${payees.join(', ')}.`);
}
