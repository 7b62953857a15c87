import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { manifestKeys } from '../../../shared/contracts/manifest.ts';
import { formatUsd } from '../../../shared/core/money.ts';
import { plainJson, plainLines } from '../../../shared/core/plain-text.ts';
import type { World } from '../world/world.ts';
import type { BoughtManifest } from './buy-manifest.ts';
import { savePicture } from './buy-picture.ts';

/**
 * Copies the pictures and the results out of the bucket.
 * @param folder where to; the results lie there as they did in the bucket
 * @returns what is printed of it: for people, or one line of JSON
 */
export async function reportManifest(
  world: World,
  bought: BoughtManifest,
  folder: string,
  json: boolean,
): Promise<string> {
  const path = await saveManifest(world, bought, folder);
  const { results: _lines, ...summary } = bought;
  return json ? plainJson({ ...summary, results: path }) : plainLines(describeManifest(bought, path));
}

/** @returns the path of `results.jsonl`, or undefined when there is none */
async function saveManifest(
  world: World,
  { manifestId, results }: BoughtManifest,
  folder: string,
): Promise<string | undefined> {
  for (const result of results) await savePicture(world, result, folder);
  for (const key of [manifestKeys.table(manifestId), manifestKeys.results(manifestId)]) {
    const object = world.object('Pictures', key);
    if (!object) return undefined;
    await mkdir(join(folder, key, '..'), { recursive: true, mode: 0o700 });
    await writeFile(join(folder, key), object.body);
  }
  return resolve(folder, manifestKeys.results(manifestId));
}

/** Whether every line, bad ones included, has what it asked for. */
export const isWhole = ({ results, refused }: BoughtManifest): boolean =>
  refused === undefined && results.every(({ status }) => status === 'delivered');

/** One fact a line. */
function describeManifest({ refused, finished, results }: BoughtManifest, path?: string): string {
  if (refused) return `manifest    refused: ${refused.name}. ${refused.message}`;
  const byStatus = Map.groupBy(results, ({ status }) => status);
  const counts = [...byStatus].map(([status, lines]) => `${lines.length} ${status}`).join(', ');
  const spent = finished && formatUsd(finished.spentAtomic, 6);
  const bad = (byStatus.get('invalid') ?? []).map(
    ({ line, errors = [] }) =>
      `line ${line}: ${errors.map(({ field, message }) => `${field} ${message}`).join('; ')}`,
  );
  const facts = [
    ['manifest', `${results.length} lines: ${counts}`],
    ['spent', spent],
    ['results', path && relative(process.cwd(), path)],
    ...bad.map((line) => ['bad', line]),
  ];
  return facts.flatMap(([name, fact]) => (fact ? [`${name?.padEnd(11)} ${fact}`] : [])).join('\n');
}
